import { VirtualGateway, type GatewayEvent, type GatewayOptions } from '../gateway/virtual-gateway.ts'
import type { LineOptions } from '../line/line-options.ts'
import { Rs485Line } from '../line/line.ts'
import { halfHourOfYear, readLoadProfile, shippedLoadsPath, type LoadProfile } from '../load/load-profile.ts'
import { modelOf, type MeterModel, type MeterOptions, type OwnOptions } from '../meter/meter-options.ts'
import { RegisterBank } from '../meter/register-bank.ts'
import type { Surroundings } from '../meter/state.ts'
import { VirtualMeter } from '../meter/virtual-meter.ts'
import { seededRandom } from '../random.ts'
import type { Clock } from '../time/clock.ts'
import { zoneOf } from '../time/local-time.ts'
import { generatedGateway, generatedMeter } from './generate.ts'
import { readState, writeState, type VillageState } from './state-file.ts'
import type { Village, VillageGateway } from './village.ts'

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
  /** By the address with which they began. */
  meters: ReadonlyMap<string, VirtualMeter>
  meter(address: string): VirtualMeter | undefined
  gateway(id: string): VirtualGateway | undefined
  /** The gateway behind which a meter is. */
  gatewayOf(address: string): VirtualGateway | undefined
  /** Changes what a gateway's line is like, for this connection and those to come. */
  changeLine(id: string, options: Partial<LineOptions>): boolean
  stop(): Promise<void>
}>

const saveEveryMs = 1_000
/** Saving takes at most one part in so many of the time. */
const saveShare = 10
/** So many gateways are started together: listening sockets are opened one by one by the system anyway. */
const startTogether = 64

type Populated = Readonly<{
  gateway: VirtualGateway
  meters: readonly VirtualMeter[]
  change(options: Partial<LineOptions>): void
}>

/** Brings a village to life: its meters, their lines, and the gateways in front of them. */
export const startVillage = async (options: VillageOptions): Promise<RunningVillage> => {
  const { village, clock, headend, statePath, onEvent = () => undefined } = options
  const profile = await readLoadProfile(options.loadsPath ?? shippedLoadsPath)
  checkHouseholds(village, profile)
  const state = statePath === undefined ? null : await readState(statePath)
  const random = seededRandom(village.seed)
  const zone = zoneOf(village.timeZone)
  const timetable = village.ratePeriods.map(({ from, rate }) => ({ fromMinute: minuteOf(from), rate }))
  const around: Surroundings = { clock, random, zone, halfHour: halfHourOfYear(zone), timetable }
  const models = sharedModels()

  const populate = (
    gatewayOptions: GatewayOptions,
    line: LineOptions,
    count: number,
    meterOptions: (index: number) => OwnOptions,
    modelFor: (index: number) => MeterModel,
  ): Populated => {
    const bank = new RegisterBank(count)
    const meters: VirtualMeter[] = []
    for (let row = 0; row < count; row += 1) {
      const meter = meterOptions(row)
      const made = new VirtualMeter(meter, { around, profile, bank, row, model: modelFor(row) })
      const remembered = state?.meters[meter.address]
      if (remembered !== undefined) made.load(remembered)
      meters.push(made)
    }
    let lineOptions = line
    const lineFor = (deliver: (bytes: Uint8Array) => void): Rs485Line =>
      new Rs485Line(lineOptions, { meters, clock, random, deliver })
    const gateway = new VirtualGateway(gatewayOptions, { clock, random, headend, lineFor, onEvent })
    return {
      gateway,
      meters,
      change(changed) {
        lineOptions = { ...lineOptions, ...changed }
        gateway.changeLine(changed)
      },
    }
  }

  const populated = village.gateways.map((gateway) =>
    populate(
      gatewayOptionsOf(gateway),
      gateway.line,
      gateway.meters.length,
      (index) => gateway.meters[index] as MeterOptions,
      (index) => models(gateway.meters[index] as MeterOptions),
    ),
  )
  const { generate } = village
  if (generate !== null)
    for (let number = 0; number < generate.gateways; number += 1)
      populated.push(
        populate(
          generatedGateway(generate, number),
          generate.line,
          generate.metersPerGateway,
          (index) => generatedMeter(generate, number * generate.metersPerGateway + index, profile.households),
          () => generate.meter,
        ),
      )

  const meters = new Map<string, VirtualMeter>()
  const gateways = new Map<string, Populated>()
  for (const home of populated) {
    gateways.set(home.gateway.options.id, home)
    for (const meter of home.meters) {
      if (meters.has(meter.address)) throw new Error(`the address ${meter.address} is generated and listed`)
      meters.set(meter.address, meter)
    }
  }
  const stopping = new AbortController()
  const save = async (): Promise<void> => {
    if (statePath === undefined) return
    const saved: VillageState['meters'] = Object.fromEntries(
      [...meters].map(([address, meter]) => [address, meter.save()]),
    )
    await writeState(statePath, { version: 2, meters: saved })
  }
  const saving = keepSaving(save, clock, stopping.signal)
  const all = populated.map(({ gateway }) => gateway)
  const stop = async (): Promise<void> => {
    stopping.abort()
    await Promise.all(all.map(async (gateway) => gateway.stop()))
    await saving
    await save()
  }
  try {
    for (let from = 0; from < all.length; from += startTogether)
      await Promise.all(all.slice(from, from + startTogether).map(async (gateway) => gateway.start()))
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
    gateways: all,
    meters,
    meter: meterOf,
    gateway: (id) => gateways.get(id)?.gateway,
    gatewayOf(address) {
      const meter = meterOf(address)
      return meter === undefined ? undefined : populated.find((home) => home.meters.includes(meter))?.gateway
    },
    changeLine(id, changed) {
      const home = gateways.get(id)
      home?.change(changed)
      return home !== undefined
    },
    stop,
  }
}

/** Meters with the same options share them: only a village that says nothing twice pays for each. */
const sharedModels = (): ((meter: MeterOptions) => MeterModel) => {
  const known = new Map<string, MeterModel>()
  return (meter) => {
    const model = modelOf(meter)
    const key = JSON.stringify(model)
    const same = known.get(key)
    if (same !== undefined) return same
    known.set(key, model)
    return model
  }
}

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

const gatewayOptionsOf = (gateway: VillageGateway): GatewayOptions => {
  const { id, faults } = gateway
  if (gateway.mode === 'dialled') return { id, faults, mode: gateway.mode, port: gateway.port }
  const { mode, registration, heartbeat, reconnectMs } = gateway
  return { id, faults, mode, registration, heartbeat, reconnectMs }
}

const checkHouseholds = (village: Village, profile: LoadProfile): void => {
  for (const { meters } of village.gateways)
    for (const { load, name } of meters)
      if (load !== null && !profile.households.includes(load.household))
        throw new Error(`${name}: no load of household ${load.household}; there are ${profile.households.join(', ')}`)
}

const minuteOf = (text: string): number => Number(text.slice(0, 2)) * 60 + Number(text.slice(3))
