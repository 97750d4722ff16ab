import {
  controlResult,
  decodeValue,
  identifiers,
  type ControlAction,
  type MeterErrors,
  type MeterTime,
  type StatusWord3,
} from '@xianfu/protocols'
import { localTime, zoneOffsetMs } from '../../domain/calendar.ts'
import { wallAfter } from '../../domain/clock.ts'
import type { ControlRequest } from '../headend.ts'
import type { Turn } from '../line/line.ts'
import type { CannotSay, ControlLanguage, Ordered, StateRead } from './control-meter.ts'
import { ask } from './dlt645-ask.ts'
import { readIdentifier } from './dlt645-read.ts'
import { type FieldMeter } from './field-meter.ts'

/** Function 1CH, proven by status word 3. */
export const dlt645Control = (meter: FieldMeter, request: ControlRequest): ControlLanguage | CannotSay => {
  const { action } = request
  if (action === 'release') return { cannot: 'a DL/T 645 relay is never forced, so there is nothing to release' }
  return {
    order: async (turn) => order(turn, meter, action, request),
    readState: async (turn, freshSinceMs) => readState(turn, meter, action, freshSinceMs, request),
    readClock: async (turn, errors) =>
      errors.reasons.some((reason) => clockReasons.has(reason)) ? measureClock(turn, meter, request) : null,
  }
}

/** Older meters have one bit for whatever has no bit of its own, a deadline in their past included. */
const clockReasons: ReadonlySet<MeterErrors['reasons'][number]> = new Set(['deadline-invalid', 'other'])

/** What the status word must show for an action. A permitted closing may wait for the customer's button. */
const wanted: Readonly<Record<ControlAction, (status: StatusWord3) => boolean>> = {
  trip: ({ relay, relayCommand }) => relay === 'open' && relayCommand === 'open',
  'direct-close': ({ relay, relayCommand }) => relay === 'closed' && relayCommand === 'closed',
  'permit-close': ({ relayCommand }) => relayCommand === 'closed',
  'alarm-on': ({ preTripAlarm }) => preTripAlarm,
  'alarm-off': ({ preTripAlarm }) => !preTripAlarm,
  'keep-power-on': ({ keepPower }) => keepPower,
  'keep-power-off': ({ keepPower }) => !keepPower,
}

const order = async (
  turn: Turn,
  meter: FieldMeter,
  action: ControlAction,
  request: ControlRequest,
): Promise<Ordered> => {
  // A clock that was wrong may have been set meanwhile.
  if (meter.learnt.clockAheadMs !== null) await measureClock(turn, meter, request)
  const asked = await ask(
    turn,
    meter,
    {
      kind: 'control',
      address: meter.config.address,
      action,
      credentials: meter.config.credentials,
      validUntil: deadline(meter, request.validForMs),
    },
    `control ${action}`,
    request.signal,
  )
  if (asked.kind !== 'reply') return asked
  const { reply, exchange } = asked
  if (reply.kind === 'error') return { kind: 'refused', errors: reply.errors, exchange }
  // Newer meters may say in a normal answer that they refuse, or that they have not done it yet.
  const result = reply.kind === 'control' ? controlResult(reply.result) : ({ kind: 'none' } as const)
  if (result.kind === 'refused') return { kind: 'refused', errors: result.errors, exchange }
  const heldBack = result.kind === 'done' ? result.states.filter((state) => state.startsWith('trip-delayed')) : []
  return { kind: 'acknowledged', ...(heldBack.length === 0 ? {} : { said: heldBack.join(', ') }), exchange }
}

const readState = async (
  turn: Turn,
  meter: FieldMeter,
  action: ControlAction,
  freshSinceMs: number,
  request: ControlRequest,
): Promise<StateRead> => {
  const read = await readIdentifier(
    turn,
    meter,
    { address: meter.config.address, identifier: identifiers.statusWord3.id },
    { maxFollowUpFrames: 0, signal: request.signal, freshSinceMs },
  )
  const { exchanges } = read
  const last = exchanges.at(-1)
  const decoded = read.ok ? decodeValue('statusWord3', read.data) : null
  if (decoded?.ok === true && last !== undefined) {
    const status = decoded.value
    const shows = wanted[action](status)
    return { ok: true, status, shows, words: stillWords(status), exchange: last }
  }
  if (read.ok)
    return {
      ok: false,
      code: 'bad-answer',
      detail: `the status word cannot be read: ${decoded?.ok === false ? decoded.detail : ''}`,
      exchanges,
    }
  const code = read.code === 'refused-by-meter' ? 'bad-answer' : read.code
  return { ok: false, code, detail: read.detail, exchanges }
}

/** The meter judges the deadline by its own clock, which runs on local time and may be known to be wrong. */
const deadline = ({ clock, config, learnt }: FieldMeter, validForMs: number): MeterTime => {
  const { weekday: _, ...time } = localTime(wallAfter(clock, validForMs) + (learnt.clockAheadMs ?? 0), config.timeZone)
  return time
}

/**
 * Reads the meter's clock and remembers how far it is ahead; null when it is right, or is not told. The date is read
 * again when midnight may have passed between it and the time.
 */
const measureClock = async (turn: Turn, meter: FieldMeter, request: ControlRequest): Promise<number | null> => {
  const { clock, limits, config, learnt } = meter
  const read = async (identifier: 'dateAndWeekday' | 'time') => {
    const target = { address: config.address, identifier: identifiers[identifier].id }
    const item = await readIdentifier(turn, meter, target, { maxFollowUpFrames: 0, signal: request.signal })
    for (const exchange of item.exchanges) request.onStep({ kind: 'exchange', exchange })
    return item
  }
  const dateOf = async () => {
    const date = await read('dateAndWeekday')
    const decoded = date.ok ? decodeValue('dateAndWeekday', date.data) : null
    return decoded?.ok === true ? decoded.value : null
  }
  let date = await dateOf()
  const time = date === null ? null : await read('time')
  const decoded = time?.ok === true ? decodeValue('time', time.data) : null
  if (date === null || time?.ok !== true || decoded?.ok !== true) return null
  const { hour, minute, second } = decoded.value
  if (hour === 0 && minute === 0) date = (await dateOf()) ?? date
  const shown = Date.UTC(date.year, date.month - 1, date.day, hour, minute, second)
  const aheadMs = shown - (time.at + zoneOffsetMs(time.at, config.timeZone))
  learnt.clockAheadMs = Math.abs(aheadMs) > limits.clockOffMs * clock.rate ? aheadMs : null
  return learnt.clockAheadMs
}

const stillWords = (status: StatusWord3): string =>
  `the status word says relay ${status.relay}, relay command ${status.relayCommand}` +
  `${status.keepPower ? ', keep power' : ''}${status.preTripAlarm ? ', alarm' : ''}`
