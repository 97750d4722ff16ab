// A virtual line with real byte timing in a process of its own, and the true length of an exchange on it.
import { spawn } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { systemClock } from '../../server/dist/app/system-clock.js'

const program = fileURLToPath(new URL('../../simulator/bin/xianfu-simulator.js', import.meta.url))

/** The simulator puts four wake-up bytes in front of every DL/T 645 answer, as we do in front of every question. */
export const wakeUpBytes = 4

export const modbusModel = 'acrel-dtsy1352'

export const clock = systemClock()

export const byteMs = ({ baudRate, parity }) => ((parity === 'none' ? 10 : 11) * 1000) / baudRate

export const addressOf = (index) => String(index + 1).padStart(12, '0')

/** One gateway that is dialled, with meters that hesitate exactly `turnaroundMs`. */
export const startField = async ({ line, meters, turnaroundMs, language = 'dlt645' }) => {
  const folder = await mkdtemp(join(tmpdir(), 'xianfu-lines-'))
  const file = join(folder, 'village.yaml')
  const village = {
    name: 'bench',
    timeZone: 'Asia/Shanghai',
    gateways: [
      {
        id: 'g1',
        mode: 'dialled',
        line: { ...line, timing: 'real' },
        meters: Array.from({ length: meters }, (_, index) => ({
          address: addressOf(index),
          name: `meter ${index + 1}`,
          constantWatts: 1000,
          ...(language === 'dlt645' ? {} : { modbus: { unit: index + 1, model: modbusModel } }),
          answerDelayMs: { min: turnaroundMs, max: turnaroundMs },
          memory: { daily: false, settlement: false },
        })),
      },
    ],
  }
  await writeFile(file, JSON.stringify(village))
  const child = spawn(process.execPath, [program, `--village=${file}`, '--with-parent'], {
    stdio: ['pipe', 'pipe', 'ignore'],
  })
  const ready = await new Promise((resolve, reject) => {
    createInterface(child.stdout).once('line', (text) => resolve(JSON.parse(text)))
    child.once('close', () => reject(new Error('the simulator did not start')))
  })
  return {
    port: ready.gateways[0].port,
    close: async () => {
      const closed = new Promise((resolve) => child.once('close', resolve))
      child.stdin.end()
      await closed
      await rm(folder, { recursive: true, force: true })
    },
  }
}
