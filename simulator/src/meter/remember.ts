import { z } from 'zod'
import type { EventLog } from './event-memory.ts'
import type { DemandRegister } from './duty/demand.ts'
import { memoriesOf, type Memories } from './duty/memories.ts'
import { parameterBytes } from './parameters.ts'
import { timetableOf } from './duty/quarter-hour.ts'
import type { Meter } from './state.ts'
import type { Purchase, Wallet } from './wallet.ts'

const position = z.enum(['closed', 'open'])
const bytes = z
  .string()
  .regex(/^([0-9a-f]{2})*$/u)
  .transform((hex) => Uint8Array.from(hex.match(/../gu) ?? [], (pair) => Number.parseInt(pair, 16)))
const maximum = z.object({ milliwatts: z.number(), at: z.number() })
const rows = z.array(z.array(z.number()))
const waiting = z.enum(['delay-over', 'move', 'restore-close', 'restore-permit', 'reclose', 'run-over', 'overload'])
const action = z.enum([
  'trip',
  'permit-close',
  'direct-close',
  'trip-then-close',
  'trip-then-permit',
  'alarm-on',
  'alarm-off',
  'keep-power-on',
  'keep-power-off',
])

/** All that a meter remembers over a stop of the program; bytes as hex. */
export const rememberedMeterSchema = z.object({
  address: z.string(),
  registers: z.string().regex(/^(\d+:\d+ ?)+$/u),
  relay: z.object({
    commanded: position,
    actual: position,
    cause: z.enum(['remote', 'balance', 'warning', 'overload', 'malignant-load', 'time', 'run-over']).nullable(),
    waiting: z.array(z.object({ inMs: z.number(), what: waiting })),
    operator: z.number(),
    overloadTrips: z.number(),
    malignantTrips: z.number(),
    reclosingsLeft: z.number(),
  }),
  keepPower: z.boolean(),
  alarm: z.boolean(),
  clockOffsetMs: z.number(),
  clockMovedOn: z.number(),
  baudRate: z.number().nullable(),
  obeyed: z.array(z.object({ at: z.number(), action })),
  wallet: z
    .object({
      opened: z.boolean(),
      balance: z.number(),
      purchases: z.number(),
      accumulatedFen: z.number(),
      customerNumber: z.string(),
      warned: z.boolean(),
      records: z.array(
        z.object({
          time: bytes,
          purchases: z.number(),
          fen: z.number(),
          beforeFen: z.number(),
          afterFen: z.number(),
          accumulatedFen: z.number(),
        }),
      ),
    })
    .nullable(),
  demand: z
    .object({
      from: z.object({ forward: z.number(), reverse: z.number(), reactive: z.number() }),
      last: z.object({ active: z.number(), reactive: z.number() }),
      forward: maximum,
      reverse: maximum,
    })
    .nullable(),
  events: z.array(z.object({ kind: z.number(), count: z.number(), minutes: z.number(), records: z.array(bytes) })),
  memories: z
    .object({ daily: rows, hourly: rows, instant: rows, timed: rows, settlement: rows, profile: rows })
    .nullable(),
  parameters: z.array(z.object({ identifier: z.number(), data: bytes })),
  forced: z.enum(['open', 'closed']).nullable(),
  timedFreeze: z
    .discriminatedUnion('every', [
      z.object({ every: z.literal('hour'), minute: z.number() }),
      z.object({ every: z.literal('day'), hour: z.number(), minute: z.number() }),
      z.object({ every: z.literal('month'), day: z.number(), hour: z.number(), minute: z.number() }),
      z.object({
        every: z.literal('year'),
        month: z.number(),
        day: z.number(),
        hour: z.number(),
        minute: z.number(),
      }),
    ])
    .nullable(),
})
export type RememberedMeter = z.input<typeof rememberedMeterSchema>

const hex = (data: Uint8Array): string => Array.from(data, (byte) => byte.toString(16).padStart(2, '0')).join('')
const kinds = ['daily', 'hourly', 'instant', 'timed', 'settlement', 'profile'] as const

export const remember = (meter: Meter): RememberedMeter => ({
  address: meter.address,
  registers: meter.bank.save(meter.row),
  relay: {
    commanded: meter.relay.commanded,
    actual: meter.relay.actual,
    cause: meter.relay.cause,
    waiting: meter.relay.waiting.map(({ at, what }) => ({ inMs: at - meter.livedTo, what })),
    operator: meter.relay.operator,
    overloadTrips: meter.relay.overloadTrips,
    malignantTrips: meter.relay.malignantTrips,
    reclosingsLeft: meter.relay.reclosingsLeft,
  },
  keepPower: meter.keepPower,
  alarm: meter.alarm,
  clockOffsetMs: meter.clockOffsetMs,
  clockMovedOn: meter.clockMovedOn,
  baudRate: meter.baudRate,
  obeyed: [...meter.obeyed],
  wallet: meter.wallet === null ? null : rememberWallet(meter.wallet),
  demand: meter.demand,
  events: [...(meter.events ?? [])].map(([kind, { count, minutes, records }]) => ({
    kind,
    count,
    minutes,
    records: records.map(hex),
  })),
  memories: meter.memories === null ? null : rememberMemories(meter.memories),
  parameters: [...(meter.parameters ?? [])].map(([identifier, data]) => ({ identifier, data: hex(data) })),
  forced: meter.forced,
  timedFreeze: meter.timedFreeze,
})

const rememberWallet = ({ records, ...purse }: Wallet): NonNullable<RememberedMeter['wallet']> => ({
  ...purse,
  records: records.map(({ time, ...bought }) => ({ ...bought, time: hex(time) })),
})

const rememberMemories = (memories: Memories): NonNullable<RememberedMeter['memories']> => {
  const all = (kind: (typeof kinds)[number]): number[][] => memories[kind].all().map((row) => [...row])
  return {
    daily: all('daily'),
    hourly: all('hourly'),
    instant: all('instant'),
    timed: all('timed'),
    settlement: all('settlement'),
    profile: all('profile'),
  }
}

/** Puts a meter where it was. The time between was not lived: nobody is billed for the night a village was switched off. */
export const restore = (meter: Meter, remembered: RememberedMeter): void => {
  const state = rememberedMeterSchema.parse(remembered)
  meter.address = state.address
  meter.bank.load(meter.row, state.registers)
  Object.assign(meter.relay, {
    ...state.relay,
    waiting: state.relay.waiting.map(({ inMs, what }) => ({ at: meter.livedTo + inMs, what })),
  })
  meter.keepPower = state.keepPower
  meter.alarm = state.alarm
  meter.clockOffsetMs = state.clockOffsetMs
  meter.clockMovedOn = state.clockMovedOn
  meter.baudRate = state.baudRate
  meter.obeyed = state.obeyed
  if (meter.wallet !== null && state.wallet !== null)
    Object.assign(meter.wallet, { ...state.wallet, records: state.wallet.records satisfies Purchase[] })
  meter.forced = state.forced
  meter.timedFreeze = state.timedFreeze
  meter.demand = state.demand satisfies DemandRegister | null
  meter.events = state.events.length === 0 ? null : new Map(state.events.map((entry) => [entry.kind, logOf(entry)]))
  meter.parameters =
    state.parameters.length === 0 ? null : new Map(state.parameters.map(({ identifier, data }) => [identifier, data]))
  const table = meter.parameters?.has(0x0401_0001) === true ? parameterBytes(meter, 0x0401_0001) : null
  if (table !== null) meter.timetable = timetableOf(table)
  meter.memories = null
  if (state.memories !== null)
    for (const kind of kinds) for (const row of state.memories[kind]) memoriesOf(meter)[kind].push(row)
}

const logOf = ({ count, minutes, records }: Omit<EventLog, 'began'>): EventLog => ({
  count,
  minutes,
  records,
  began: null,
})
