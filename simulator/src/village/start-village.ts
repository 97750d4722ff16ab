import type { GatewayEvent, VirtualGateway } from '../gateway/virtual-gateway.ts'
import type { LineOptions } from '../line/line-options.ts'
import { halfHourOfYear, readLoadProfile, shippedLoadsPath, type LoadProfile } from '../load/load-profile.ts'
import type { RememberedMeter } from '../meter/remember.ts'
import type { VirtualMeter } from '../meter/virtual-meter.ts'
import { seededRandom, seedFor } from '../random.ts'
import type { Clock } from '../time/clock.ts'
import { zoneOf } from '../time/local-time.ts'
import { makeHome, type Home } from './home.ts'
import { plansOf } from './plans.ts'
import { readState, writeState } from './state-file.ts'
import type { Village } from './village.ts'

export type VillageEvent = GatewayEvent

export type VillageOptions = Readonly<{
  village: Village
  clock: Clock
  /** Where gateways dial in; without it those stay away. */
  headend?: Readonly<{ host: string; port: number }>
  /** Several of them: each gateway begins at another one, and goes on to the next when its connection ends. */
  headends?: readonly Readonly<{ host: string; port: number }>[]
  /** What meters remember is kept here from run to run. */
  statePath?: string
  /** Half-hourly loads in place of the shipped ones. */
  loadsPath?: string
  onEvent?: (event: VillageEvent) => void
}>

export type RunningVillage = Readonly<{
  gateways: readonly VirtualGateway[]
  /** By the address with which they began. */
  meters: ReadonlyMap<string, VirtualMeter>
  meter(address: string): VirtualMeter | undefined
  gateway(id: string): VirtualGateway | undefined
  /** The gateway behind which a meter is. */
  gatewayOf(address: string): VirtualGateway | undefined
  /** Changes what a gateway's line is like, for this connection and those to come; false when there is none. */
  changeLine(id: string, options: Partial<LineOptions>): boolean
  stop(): Promise<void>
}>

const saveEveryMs = 1_000
/** Saving takes at most one part in so many of the time. */
const saveShare = 10
/** So many gateways are started together: listening sockets are opened one by one by the system anyway. */
const startTogether = 64

/**
 * Brings a village to life: its meters, their lines, and the gateways in front of them.
 *
 * @example
 * const running = await startVillage({ village: await readVillage('street.yaml'), clock: systemClock() })
 * running.gateways.map(({ port }) => port)
 */
export const startVillage = async (options: VillageOptions): Promise<RunningVillage> => {
  const { clock, statePath } = options
  const homes = await settle(options)
  const meters = byAddress(homes)
  const byId = new Map(homes.map((home) => [home.gateway.options.id, home]))
  const gateways = homes.map(({ gateway }) => gateway)
  const stopping = new AbortController()
  const save = async (): Promise<void> => {
    if (statePath !== undefined) await writeState(statePath, { version: 2, meters: memoriesOf(meters) })
  }
  const saving = keepSaving(save, clock, stopping.signal)
  const stop = async (): Promise<void> => {
    stopping.abort()
    await Promise.all(gateways.map(async (gateway) => gateway.stop()))
    await saving
    await save()
  }
  try {
    for (let from = 0; from < gateways.length; from += startTogether)
      await Promise.all(gateways.slice(from, from + startTogether).map(async (gateway) => gateway.start()))
  } catch (error) {
    await stop()
    throw error
  }
  const meterOf = (address: string): VirtualMeter | undefined => {
    const known = meters.get(address)
    if (known?.address === address) return known
    for (const meter of meters.values()) if (meter.address === address) return meter
    return undefined
  }
  return {
    gateways,
    meters,
    meter: meterOf,
    gateway: (id) => byId.get(id)?.gateway,
    gatewayOf(address) {
      const meter = meterOf(address)
      return meter === undefined ? undefined : homes.find((home) => home.meters.includes(meter))?.gateway
    },
    changeLine(id, changed) {
      const home = byId.get(id)
      home?.changeLine(changed)
      return home !== undefined
    },
    stop,
  }
}

/** Everybody is there, nothing is connected yet. */
const settle = async (options: VillageOptions): Promise<Home[]> => {
  const { village, clock, headend, statePath, onEvent = () => undefined } = options
  const profile = await readLoadProfile(options.loadsPath ?? shippedLoadsPath)
  checkHouseholds(village, profile)
  const state = statePath === undefined ? null : await readState(statePath)
  const zone = zoneOf(village.timeZone)
  const timetable = village.ratePeriods.map(({ from, rate }) => ({ fromMinute: minuteOf(from), rate }))
  const common = { clock, zone, halfHour: halfHourOfYear(zone), timetable }
  return plansOf(village, profile.households).map((plan, number) => {
    // Chance of its own for each gateway: what happens on one line does not depend on when another is used.
    const around = { ...common, random: seededRandom(seedFor(village.seed, number)) }
    const headends = rotated(options.headends ?? (headend === undefined ? [] : [headend]), number)
    return makeHome(plan, { around, profile, headends, onEvent, remembered: (address) => state?.meters[address] })
  })
}

const rotated = <T>(items: readonly T[], by: number): readonly T[] =>
  items.map((_, index) => items[(index + by) % items.length] as T)

const byAddress = (homes: readonly Home[]): Map<string, VirtualMeter> => {
  const meters = new Map<string, VirtualMeter>()
  for (const { meters: own } of homes)
    for (const meter of own) {
      if (meters.has(meter.address)) throw new Error(`the address ${meter.address} is generated and listed`)
      meters.set(meter.address, meter)
    }
  return meters
}

const memoriesOf = (meters: ReadonlyMap<string, VirtualMeter>): Record<string, RememberedMeter> =>
  Object.fromEntries([...meters].map(([address, meter]) => [address, meter.save()]))

const keepSaving = async (save: () => Promise<void>, clock: Clock, signal: AbortSignal): Promise<void> => {
  let pauseMs = saveEveryMs
  while (!signal.aborted) {
    await clock.delay(pauseMs, signal)
    if (signal.aborted) return
    const startedMs = clock.elapsedMs()
    await save()
    pauseMs = Math.max(saveEveryMs, (clock.elapsedMs() - startedMs) * saveShare)
  }
}

const checkHouseholds = (village: Village, profile: LoadProfile): void => {
  for (const { meters } of village.gateways)
    for (const { load, name } of meters)
      if (load !== null && !profile.households.includes(load.household))
        throw new Error(`${name}: no load of household ${load.household}; there are ${profile.households.join(', ')}`)
}

const minuteOf = (text: string): number => Number(text.slice(0, 2)) * 60 + Number(text.slice(3))
