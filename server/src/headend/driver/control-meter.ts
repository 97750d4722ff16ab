import type { MeterErrors, StatusWord3 } from '@xianfu/protocols'
import type { ControlOutcome, ControlRequest, Exchange } from '../headend.ts'
import type { Turn } from '../line/line.ts'
import { failureOf, type Unanswered } from './ask-line.ts'
import { dlt645Control } from './dlt645-control.ts'
import { noteAnswer, type FieldMeter } from './field-meter.ts'
import { modbusControl } from './modbus-control.ts'
import { turnFailureWords } from './read-meter.ts'

/**
 * How a meter's language orders a relay and tells its state. The sequence around it, and with it what may be believed, is
 * the same for all.
 */
export type ControlLanguage = Readonly<{
  /** Sends the order once. `pending`: the meter neither obeys nor refuses yet. */
  order(turn: Turn): Promise<Ordered>
  /** `freshSinceMs`: elapsed time; an answer that was asked for before it proves nothing. */
  readState(turn: Turn, freshSinceMs: number): Promise<StateRead>
}>

/** Why an action cannot be said in this language, or to this model. */
export type CannotSay = Readonly<{ cannot: string }>

export type Ordered =
  | Readonly<
      | { kind: 'acknowledged'; exchange: Exchange }
      | { kind: 'refused'; errors: MeterErrors; detail?: string; exchange: Exchange }
      | { kind: 'pending'; detail: string; exchange: Exchange }
    >
  | Unanswered

/** `shows`: the state is what the action wants. The last exchange is the one that told it. */
export type StateRead = Readonly<
  | { ok: true; status: StatusWord3; shows: boolean; words: string; exchange: Exchange }
  | {
      ok: false
      code: 'no-answer' | 'bad-answer' | 'gateway-offline' | 'cancelled'
      detail: string
      exchanges: readonly Exchange[]
    }
>

/**
 * Sends one control command at most once, and believes it only when the status word shows it. The line is held for the
 * whole sequence: state (before a repetition), confirmation, command, acknowledgement, proof.
 */
export const controlMeter = async (meter: FieldMeter, request: ControlRequest): Promise<ControlOutcome> => {
  const language = meter.modbus === null ? dlt645Control(meter, request) : modbusControl(meter, meter.modbus, request)
  if ('cannot' in language) return { kind: 'refused', errors: { raw: 0, reasons: ['other'] }, detail: language.cannot }
  const turn = await meter.line.run({ priority: 'relay', signal: request.signal }, async (turn) =>
    sequence(turn, meter, language, request),
  )
  return turn.ok ? turn.value : { kind: 'not-sent', code: turn.code, detail: turnFailureWords[turn.code] }
}

const sequence = async (
  turn: Turn,
  meter: FieldMeter,
  language: ControlLanguage,
  request: ControlRequest,
): Promise<ControlOutcome> => {
  if (request.readStateFirst) {
    const before = await stateBefore(turn, meter, language, request)
    if (before !== null) return before
  }
  if (request.signal?.aborted === true) return { kind: 'not-sent', code: 'cancelled', detail: 'the work was given up' }
  const confirmation = await request.confirm()
  if (!confirmation.go) return { kind: 'withdrawn', reason: confirmation.reason }

  const ordered = await language.order(turn)
  if (ordered.kind === 'not-sent') return { kind: 'not-sent', ...failureOf(ordered) }
  const { exchange } = ordered
  request.onStep({ kind: ordered.kind === 'acknowledged' ? 'acknowledged' : 'exchange', exchange })
  if (ordered.kind === 'silence') noteAnswer(meter, false)
  if (ordered.kind === 'silence' || ordered.kind === 'broken-off')
    return { kind: 'unanswered', detail: failureOf(ordered).detail }
  noteAnswer(meter, true)
  switch (ordered.kind) {
    case 'acknowledged':
      return prove(turn, meter, language, request)
    case 'pending':
      return { kind: 'unanswered', detail: ordered.detail }
    case 'refused': {
      const { errors, detail } = ordered
      return { kind: 'refused', errors, ...(detail === undefined ? {} : { detail }) }
    }
  }
}

/** Null when the command has to be sent. */
const stateBefore = async (
  turn: Turn,
  meter: FieldMeter,
  language: ControlLanguage,
  request: ControlRequest,
): Promise<ControlOutcome | null> => {
  const startedAtMs = meter.clock.elapsedMs()
  let failure: Extract<StateRead, { ok: false }> | null = null
  for (let attempt = 0; attempt < meter.limits.readAttempts.state; attempt += 1) {
    const state = await readState(turn, meter, language, request, startedAtMs)
    if (state.ok) return state.shows ? { kind: 'verified', already: true, ...proofOf(state) } : null
    failure = state
    if (state.code !== 'no-answer') break
  }
  if (failure?.code === 'no-answer') noteAnswer(meter, false)
  return { kind: 'not-sent', code: failure?.code ?? 'no-answer', detail: failure?.detail ?? '' }
}

/** Looks at the status word at its set moments after the acknowledgement, until it shows what is wanted. */
const prove = async (
  turn: Turn,
  meter: FieldMeter,
  language: ControlLanguage,
  request: ControlRequest,
): Promise<ControlOutcome> => {
  const { clock, limits } = meter
  const acknowledgedAtMs = clock.elapsedMs()
  let status: StatusWord3 | null = null
  let detail = 'the status word was not read'
  for (const lookAtMs of limits.proofAtMs) {
    const waitMs = acknowledgedAtMs + lookAtMs - clock.elapsedMs()
    if (waitMs > 0) await clock.delay(waitMs, request.signal).catch(() => undefined)
    const state = await readState(turn, meter, language, request, acknowledgedAtMs)
    if (state.ok) {
      if (state.shows) return { kind: 'verified', already: false, ...proofOf(state) }
      status = state.status
      detail = state.words
      continue
    }
    detail = state.detail
    if (state.code === 'gateway-offline' || state.code === 'cancelled') break
  }
  return { kind: 'unverified', status, detail }
}

const readState = async (
  turn: Turn,
  meter: FieldMeter,
  language: ControlLanguage,
  request: ControlRequest,
  freshSinceMs: number,
): Promise<StateRead> => {
  const state = await language.readState(turn, freshSinceMs)
  if (state.ok) {
    noteAnswer(meter, true)
    request.onStep({ kind: 'state-read', status: state.status, exchange: state.exchange })
  } else for (const exchange of state.exchanges) request.onStep({ kind: 'exchange', exchange })
  return state
}

const proofOf = (state: Extract<StateRead, { ok: true }>) => ({ status: state.status, at: state.exchange.at })
