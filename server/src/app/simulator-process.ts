import { spawn, type ChildProcess } from 'node:child_process'
import { createRequire } from 'node:module'
import { createInterface } from 'node:readline'
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Clock } from '../domain/clock.ts'
import type { Say } from './say.ts'
import type { ClockAnchor } from './system-clock.ts'

export type SimulatorOptions = Readonly<{
  village: object
  /** Folder for the village file and the meters' state. */
  folder: string
  headend: Readonly<{ host: string; port: number }>
  anchor: ClockAnchor
  clock: Clock
  say: Say
}>

export type SimulatorProcess = Readonly<{
  /** Port of the experimenters' door. */ controlPort(): number | null
  stop(): Promise<void>
}>

const firstPauseMs = 500
const longestPauseMs = 10_000
/** A village that lived so long has not failed at the start; the pause begins anew. */
const healthyAfterMs = 30_000
const stopWithinMs = 5_000

const programPath = (): string =>
  join(dirname(createRequire(import.meta.url).resolve('@xianfu/simulator/package.json')), 'bin', 'xianfu-simulator.js')

/** Runs the virtual field as a process of its own, and again when it ends by itself. It ends when we do, however we end. */
export const startSimulator = async (options: SimulatorOptions): Promise<SimulatorProcess> => {
  const { village, folder, headend, anchor, clock, say } = options
  await mkdir(folder, { recursive: true })
  const villagePath = join(folder, 'village.json')
  await writeFile(villagePath, JSON.stringify(village, null, 2))
  const argumentsOfProgram = [
    programPath(),
    `--village=${villagePath}`,
    `--headend=${headend.host}:${String(headend.port)}`,
    `--clock=${String(anchor.virtualMs)},${String(anchor.realMs)},${String(anchor.rate)}`,
    `--state=${join(folder, 'village-state.json')}`,
    '--control-port=0',
    '--with-parent',
  ]
  const stopping = new AbortController()
  let child: ChildProcess | null = null
  let controlPort: number | null = null

  const runOnce = async (): Promise<void> =>
    new Promise((resolve) => {
      const running = spawn(process.execPath, argumentsOfProgram, { stdio: ['pipe', 'pipe', 'pipe'] })
      child = running
      running.stdin.on('error', () => undefined)
      createInterface(running.stdout).on('line', (line) => {
        controlPort = controlPortOf(line)
        say.log('debug', 'virtual village ready', line)
      })
      let lastWords = ''
      createInterface(running.stderr).on('line', (line) => {
        lastWords = line
        say.log('debug', 'virtual village', line)
      })
      running.on('error', (error) => say.log('error', 'the virtual village could not be started', error))
      running.on('close', (code) => {
        child = null
        controlPort = null
        if (!stopping.signal.aborted)
          say.log(
            'warn',
            'the virtual village has ended and will be started again',
            `${lastWords} (exit code ${String(code)})`.trim(),
          )
        resolve()
      })
    })

  const keepRunning = async (): Promise<void> => {
    let pauseMs = firstPauseMs
    while (!stopping.signal.aborted) {
      const startedMs = clock.elapsedMs()
      await runOnce()
      if (clock.elapsedMs() - startedMs > healthyAfterMs) pauseMs = firstPauseMs
      await clock.delay(pauseMs, stopping.signal).catch(() => undefined)
      pauseMs = Math.min(longestPauseMs, pauseMs * 2)
    }
  }
  const kept = keepRunning()

  return {
    controlPort: () => controlPort,
    async stop() {
      stopping.abort()
      const running = child
      running?.stdin?.end()
      const killer = setTimeout(() => running?.kill('SIGKILL'), stopWithinMs)
      await kept
      clearTimeout(killer)
    },
  }
}

const controlPortOf = (line: string): number | null => {
  try {
    const said: unknown = JSON.parse(line)
    return typeof said === 'object' && said !== null && 'controlPort' in said && typeof said.controlPort === 'number'
      ? said.controlPort
      : null
  } catch {
    return null
  }
}
