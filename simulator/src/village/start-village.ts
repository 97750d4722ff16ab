import type { Clock } from '../clock.ts'
import { VirtualGateway, type GatewayEvent, type GatewayOptions } from '../gateway/virtual-gateway.ts'
import { Rs485Line } from '../line/line.ts'
import { readLoadProfile, shippedLoadsPath, type LoadProfile } from '../load/load-profile.ts'
import { stateFromWh, type RegisterState } from '../meter/energy-registers.ts'
import type { RateTimetable } from '../meter/rate-timetable.ts'
import { VirtualMeter, type MeterState } from '../meter/virtual-meter.ts'
import { seededRandom, type Random } from '../random.ts'
import { readState, writeState } from './state-file.ts'
import type { Village, VillageGateway, VillageMeter } from './village.ts'

export type VillageEvent = GatewayEvent

export type VillageOptions = Readonly<{
  village: Village
  clock: Clock
  /** Where gateways dial in; without it those stay away. */
  headend?: Readonly<{ host: string; port: number }>
  statePath?: string
  loadsPath?: string
  onEvent?: (event: VillageEvent) => void
}>

export type RunningVillage = Readonly<{
  gateways: readonly VirtualGateway[]
  meters: ReadonlyMap<string, VirtualMeter>
  meter(address: string): VirtualMeter | undefined
  gateway(id: string): VirtualGateway | undefined
  stop(): Promise<void>
}>

const saveEveryMs = 1_000

/** Brings a village to life: its meters, their lines, and the gateways in front of them. */
export const startVillage = async (options: VillageOptions): Promise<RunningVillage> => {
  const { village, clock, headend, statePath, onEvent = () => undefined } = options
  const profile = await readLoadProfile(options.loadsPath ?? shippedLoadsPath)
  checkHouseholds(village, profile)
  const state = statePath === undefined ? null : await readState(statePath)
  const random = seededRandom(village.seed)
  const timetable = village.ratePeriods.map(({ from, rate }) => ({ fromMinute: minuteOf(from), rate }))
  const meters = new Map<string, VirtualMeter>()
  const gateways = village.gateways.map((gateway) => {
    const own = gateway.meters.map((meter) =>
      makeMeter(meter, {
        timetable,
        timeZone: village.timeZone,
        clock,
        profile,
        random,
        state: state?.meters[meter.address],
      }),
    )
    for (const meter of own) meters.set(meter.options.address, meter)
    const lineFor = (deliver: (bytes: Uint8Array) => void): Rs485Line =>
      new Rs485Line(gateway.line, { meters: own, clock, random, deliver })
    return new VirtualGateway(gatewayOptions(gateway), { clock, headend, lineFor, onEvent })
  })
  const stopping = new AbortController()
  const save = async (): Promise<void> => {
    if (statePath === undefined) return
    await writeState(statePath, {
      meters: Object.fromEntries([...meters].map(([address, meter]) => [address, meter.save()])),
    })
  }
  const saving = keepSaving(save, clock, stopping.signal)
  const stop = async (): Promise<void> => {
    stopping.abort()
    await Promise.all(gateways.map(async (gateway) => gateway.stop()))
    await saving
    await save()
  }
  try {
    for (const gateway of gateways) await gateway.start()
  } catch (error) {
    await stop()
    throw error
  }
  return {
    gateways,
    meters,
    meter: (address) => meters.get(address),
    gateway: (id) => gateways.find((gateway) => gateway.options.id === id),
    stop,
  }
}

const keepSaving = async (save: () => Promise<void>, clock: Clock, signal: AbortSignal): Promise<void> => {
  while (!signal.aborted) {
    await clock.delay(saveEveryMs, signal).catch(() => undefined)
    if (!signal.aborted) await save()
  }
}

type MeterSurroundings = Readonly<{
  timetable: RateTimetable
  timeZone: string
  clock: Clock
  profile: LoadProfile
  random: Random
  state: MeterState | undefined
}>

const makeMeter = (
  meter: VillageMeter,
  { timetable, timeZone, clock, profile, random, state }: MeterSurroundings,
): VirtualMeter => {
  const registers = state === undefined ? stateFromWh(meter.startWh) : registersOf(state)
  return new VirtualMeter(
    { ...meter, timetable, timeZone },
    { clock, profile, random, registers, ...(state && { state }) },
  )
}

const registersOf = ({ registers }: MeterState): RegisterState => {
  const [a = '0', b = '0', c = '0', d = '0'] = registers
  return [BigInt(a), BigInt(b), BigInt(c), BigInt(d)]
}

const gatewayOptions = (gateway: VillageGateway): GatewayOptions => {
  if (gateway.mode === 'dialled') return { id: gateway.id, mode: gateway.mode, port: gateway.port }
  const { id, mode, registration, heartbeat, reconnectMs } = gateway
  return { id, mode, registration, heartbeat, reconnectMs }
}

const checkHouseholds = (village: Village, profile: LoadProfile): void => {
  for (const { meters } of village.gateways)
    for (const { load, name } of meters)
      if (load !== null && !profile.households.includes(load.household))
        throw new Error(`${name}: no load of household ${load.household}; there are ${profile.households.join(', ')}`)
}

const minuteOf = (text: string): number => Number(text.slice(0, 2)) * 60 + Number(text.slice(3))
