import {
  decodeValue,
  identifiers,
  type ControlAction,
  type MeterErrors,
  type MeterTime,
  type Reply,
  type StatusWord3,
} from '@xianfu/protocols'
import { localTime } from '../../domain/calendar.ts'
import { wallAfter } from '../../domain/clock.ts'
import type { ControlRequest } from '../headend.ts'
import type { Turn } from '../line/line.ts'
import type { CannotSay, ControlLanguage, Ordered, StateRead } from './control-meter.ts'
import { ask } from './dlt645-ask.ts'
import { readIdentifier } from './dlt645-read.ts'
import { askerFor, type FieldMeter } from './field-meter.ts'

/** Function 1CH, proven by status word 3. */
export const dlt645Control = (meter: FieldMeter, request: ControlRequest): ControlLanguage | CannotSay => {
  const { action } = request
  if (action === 'release') return { cannot: 'a DL/T 645 relay is never forced, so there is nothing to release' }
  return {
    order: async (turn) => order(turn, meter, action, request),
    readState: async (turn, freshSinceMs) => readState(turn, meter, action, freshSinceMs, request),
  }
}

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
  const asked = await ask(
    turn,
    askerFor(meter),
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
  const errors = refusalIn(asked.reply)
  return errors === null
    ? { kind: 'acknowledged', exchange: asked.exchange }
    : { kind: 'refused', errors, exchange: asked.exchange }
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
    askerFor(meter),
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

/** The meter's own clock runs on local time, so the deadline is told in it. */
const deadline = (meter: FieldMeter, validForMs: number): MeterTime => {
  const { weekday: _, ...time } = localTime(wallAfter(meter.clock, validForMs), meter.config.timeZone)
  return time
}

/** Newer meters acknowledge with two bytes, lowest first, whose top bit says that they refuse. */
const refusalIn = (reply: Reply): MeterErrors | null => {
  if (reply.kind === 'error') return reply.errors
  if (reply.kind !== 'control' || reply.result.length < 2) return null
  const raw = (reply.result[0] ?? 0) | ((reply.result[1] ?? 0) << 8)
  if ((raw & 0x8000) === 0) return null
  return { raw, reasons: [(raw & 0x0004) === 0 ? 'other' : 'wrong-password'] }
}

const stillWords = (status: StatusWord3): string =>
  `the status word says relay ${status.relay}, relay command ${status.relayCommand}` +
  `${status.keepPower ? ', keep power' : ''}${status.preTripAlarm ? ', alarm' : ''}`
