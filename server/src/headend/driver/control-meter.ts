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
import type { ControlOutcome, ControlRequest, Exchange } from '../headend.ts'
import type { Turn } from '../line/line.ts'
import { ask } from './dlt645-ask.ts'
import { failureOf, readIdentifier } from './dlt645-read.ts'
import { askerFor, noteAnswer, type FieldMeter } from './field-meter.ts'
import { turnFailureWords } from './read-meter.ts'

/**
 * Sends one control command at most once, and believes it only when the status word shows it. The line is held for the
 * whole sequence: state (before a repetition), confirmation, command, acknowledgement, proof.
 */
export const controlMeter = async (meter: FieldMeter, request: ControlRequest): Promise<ControlOutcome> => {
  const turn = await meter.line.run({ priority: 'relay', signal: request.signal }, async (turn) =>
    sequence(turn, meter, request),
  )
  return turn.ok ? turn.value : { kind: 'not-sent', code: turn.code, detail: turnFailureWords[turn.code] }
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

const shows = (action: ControlAction, status: StatusWord3): boolean => wanted[action](status)

const sequence = async (turn: Turn, meter: FieldMeter, request: ControlRequest): Promise<ControlOutcome> => {
  if (request.readStateFirst) {
    const before = await stateBefore(turn, meter, request)
    if (before !== null) return before
  }
  if (request.signal?.aborted === true) return { kind: 'not-sent', code: 'cancelled', detail: 'the work was given up' }
  const confirmation = await request.confirm()
  if (!confirmation.go) return { kind: 'withdrawn', reason: confirmation.reason }

  const asked = await ask(
    turn,
    askerFor(meter),
    {
      kind: 'control',
      address: meter.config.address,
      action: request.action,
      credentials: meter.config.credentials,
      validUntil: deadline(meter, request.validForMs),
    },
    `control ${request.action}`,
    request.signal,
  )
  if (asked.kind === 'not-sent') return { kind: 'not-sent', ...failureOf(asked) }
  if (asked.kind !== 'reply') {
    request.onStep({ kind: 'exchange', exchange: asked.exchange })
    if (asked.kind === 'silence') noteAnswer(meter, false)
    return { kind: 'unanswered', detail: failureOf(asked).detail }
  }
  noteAnswer(meter, true)
  const errors = refusalIn(asked.reply)
  if (errors !== null) {
    request.onStep({ kind: 'exchange', exchange: asked.exchange })
    return { kind: 'refused', errors }
  }
  request.onStep({ kind: 'acknowledged', exchange: asked.exchange })
  return prove(turn, meter, request)
}

/** Null when the command has to be sent. */
const stateBefore = async (turn: Turn, meter: FieldMeter, request: ControlRequest): Promise<ControlOutcome | null> => {
  let failure: Extract<StateRead, { ok: false }> | null = null
  for (let attempt = 0; attempt < meter.limits.readAttempts.state; attempt += 1) {
    const state = await readState(turn, meter, request)
    if (state.ok)
      return shows(request.action, state.status) ? { kind: 'verified', already: true, ...proofOf(state) } : null
    failure = state
    if (state.code !== 'no-answer') break
  }
  if (failure?.code === 'no-answer') noteAnswer(meter, false)
  return { kind: 'not-sent', code: failure?.code ?? 'no-answer', detail: failure?.detail ?? '' }
}

/** Looks at the status word at its set moments after the acknowledgement, until it shows what is wanted. */
const prove = async (turn: Turn, meter: FieldMeter, request: ControlRequest): Promise<ControlOutcome> => {
  const { clock, limits } = meter
  const acknowledgedAtMs = clock.elapsedMs()
  let status: StatusWord3 | null = null
  let detail = 'the status word was not read'
  for (const lookAtMs of limits.proofAtMs) {
    const waitMs = acknowledgedAtMs + lookAtMs - clock.elapsedMs()
    if (waitMs > 0) await clock.delay(waitMs, request.signal).catch(() => undefined)
    const state = await readState(turn, meter, request)
    if (state.ok) {
      if (shows(request.action, state.status)) return { kind: 'verified', already: false, ...proofOf(state) }
      status = state.status
      detail = stillWords(state.status)
      continue
    }
    detail = state.detail
    if (state.code === 'gateway-offline' || state.code === 'cancelled') break
  }
  return { kind: 'unverified', status, detail }
}

type StateRead = Readonly<
  | { ok: true; status: StatusWord3; exchange: Exchange }
  | { ok: false; code: 'no-answer' | 'bad-answer' | 'gateway-offline' | 'cancelled'; detail: string }
>

const readState = async (turn: Turn, meter: FieldMeter, request: ControlRequest): Promise<StateRead> => {
  const read = await readIdentifier(
    turn,
    askerFor(meter),
    { address: meter.config.address, identifier: identifiers.statusWord3.id },
    { maxFollowUpFrames: 0, signal: request.signal },
  )
  const last = read.exchanges.at(-1)
  const decoded = read.ok ? decodeValue('statusWord3', read.data) : null
  if (decoded?.ok === true && last !== undefined) {
    noteAnswer(meter, true)
    request.onStep({ kind: 'state-read', status: decoded.value, exchange: last })
    return { ok: true, status: decoded.value, exchange: last }
  }
  for (const exchange of read.exchanges) request.onStep({ kind: 'exchange', exchange })
  if (read.ok)
    return {
      ok: false,
      code: 'bad-answer',
      detail: `the status word cannot be read: ${decoded?.ok === false ? decoded.detail : ''}`,
    }
  return { ok: false, code: read.code === 'refused-by-meter' ? 'bad-answer' : read.code, detail: read.detail }
}

const proofOf = (state: Extract<StateRead, { ok: true }>) => ({ status: state.status, at: state.exchange.at })

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
