import { startControlServer } from '../control/control-server.ts'
import { anchoredClock, systemClock, type Clock, type ClockAnchor } from '../time/clock.ts'
import { readVillage } from '../village/read-village.ts'
import { startVillage, type RunningVillage } from '../village/start-village.ts'
import { parseVillage, type Village } from '../village/village.ts'
import type { Surface } from './surface.ts'

export type RunOptions = Readonly<{
  village?: string
  generate?: Readonly<{ gateways: number; metersPerGateway: number }>
  headend?: readonly Readonly<{ host: string; port: number }>[]
  controlPort?: number
  clock?: ClockAnchor
  speed?: number
  seed?: number
  state?: string
  check?: boolean
  withParent?: boolean
}>

/** Runs a village until it is told to end. The first line it prints says how to reach it, and the seed it runs from. */
export const runVillage = async (options: RunOptions, surface: Surface): Promise<void> => {
  const village = await villageOf(options)
  if (options.check === true) {
    surface.out(`${village.name}: ${String(countOf(village))} meters, no problems\n`)
    return
  }
  const running = await startVillage({
    village,
    clock: clockOf(options),
    ...(options.headend && { headends: options.headend }),
    ...(options.state !== undefined && { statePath: options.state }),
    onEvent: ({ gateway, kind, detail }) => surface.err(`${gateway} ${kind} ${detail}\n`),
  })
  let stop = (): void => undefined
  const toldToStop = new Promise<void>((resolve) => {
    stop = resolve
  })
  const control = await openDoor(running, options, () => stop())
  const gateways = running.gateways.map(({ options: { id, mode }, port }) => ({ id, mode, port }))
  const ready = { event: 'ready', controlPort: control?.port ?? null, seed: village.seed, meters: running.meters.size }
  surface.out(`${JSON.stringify({ ...ready, gateways })}\n`)
  await Promise.race([toldToStop, surface.stopped(options.withParent === true)])
  control?.close()
  await running.stop()
}

/** A door that cannot be opened ends the village too: nobody shall look for it in vain. */
const openDoor = async (
  running: RunningVillage,
  { controlPort }: RunOptions,
  onStop: () => void,
): Promise<Awaited<ReturnType<typeof startControlServer>> | null> => {
  if (controlPort === undefined) return null
  try {
    return await startControlServer(running, controlPort, onStop)
  } catch (error) {
    await running.stop()
    throw error
  }
}

const clockOf = ({ clock, speed }: RunOptions): Clock => {
  if (clock !== undefined) return anchoredClock(clock)
  if (speed === undefined) return systemClock()
  const now = Date.now()
  return anchoredClock({ virtualMs: now, realMs: now, rate: speed })
}

const villageOf = async ({ village, generate, seed }: RunOptions): Promise<Village> => {
  const read = village === undefined ? generated(generate) : await readVillage(village)
  return seed === undefined ? read : { ...read, seed }
}

const generated = (generate: RunOptions['generate']): Village => {
  if (generate === undefined) throw new Error('say --village FILE or --generate GATEWAYSxMETERS')
  const parsed = parseVillage({
    name: 'generated',
    timeZone: 'Asia/Shanghai',
    generate: { mode: 'dialled', ...generate },
  })
  if (!parsed.ok) throw new Error(parsed.problems.join('; '))
  return parsed.value
}

const countOf = ({ gateways, generate }: Village): number =>
  gateways.reduce((sum, { meters }) => sum + meters.length, 0) +
  (generate === null ? 0 : generate.gateways * generate.metersPerGateway)
