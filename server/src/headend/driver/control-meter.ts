import type { MeterErrors, StatusWord3 } from '@xianfu/protocols'
import type { ControlOutcome, ControlRequest, Exchange, MeterAction, Priority } from '../headend.ts'
import type { Step, Turn } from '../line/line.ts'
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
  /** Whether the meter's clock may be why it refuses, and how far off it is then; null when it is not, or not told. */
  readClock?(turn: Turn, errors: MeterErrors): Promise<number | null>
}>

/** Why an action cannot be said in this language, or to this model. */
export type CannotSay = Readonly<{ cannot: string }>

export type Ordered =
  | Readonly<
      /** `said`: what a newer meter says it has done, where that is less than was ordered: a trip that it holds back. */
      | { kind: 'acknowledged'; said?: string; exchange: Exchange }
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

type Refused = Extract<ControlOutcome, { kind: 'refused' }>

/** Where a sequence stands: what its next turn on the line is for. */
type Stage = Readonly<
  | { at: 'before'; startedAtMs: number; attempt: number }
  | { at: 'order' }
  | { at: 'proof'; acknowledgedAtMs: number; look: number; seen: Pick<Unproven, 'status' | 'detail'>; said: string }
  | { at: 'explain'; refused: Refused }
>
type Unproven = Extract<ControlOutcome, { kind: 'unverified' }>

const priorityOf = (action: MeterAction): Priority =>
  action === 'direct-close' || action === 'permit-close' ? 'restore' : 'relay'

/**
 * Sends one control command at most once, and believes it only when the status word shows it: state (before a
 * repetition), confirmation and command, proof. Each of these is a turn of its own on the line and keeps its place, so
 * reads wait for the whole sequence, and a close waits for one exchange at most, whatever else is being proven.
 */
export const controlMeter = async (meter: FieldMeter, request: ControlRequest): Promise<ControlOutcome> => {
  const language = meter.modbus === null ? dlt645Control(meter, request) : modbusControl(meter, meter.modbus, request)
  if ('cannot' in language) return { kind: 'refused', errors: { raw: 0, reasons: ['other'] }, detail: language.cannot }
  const { signal } = request
  const priority = priorityOf(request.action)
  const startedAtMs = meter.clock.elapsedMs()
  let stage: Stage = request.readStateFirst ? { at: 'before', startedAtMs, attempt: 0 } : { at: 'order' }
  for (;;) {
    const pauseMs = stage.at === 'proof' ? untilLookMs(meter, stage) : 0
    if (pauseMs > 0) await meter.clock.delay(pauseMs, signal).catch(() => undefined)
    const taken = await meter.line.runSteps(
      { priority, signal },
      async (turn): Promise<Step<Stage | ControlOutcome>> => {
        const next = await takeStep(turn, meter, language, request, stage)
        if ('kind' in next || (next.at === 'proof' && untilLookMs(meter, next) > 0)) return { more: false, value: next }
        stage = next
        return { more: true }
      },
    )
    if (!taken.ok) return withoutLine(stage, taken.code)
    if ('kind' in taken.value) return taken.value
    stage = taken.value
  }
}

const untilLookMs = (
  { clock, limits }: FieldMeter,
  { acknowledgedAtMs, look }: Extract<Stage, { at: 'proof' }>,
): number => acknowledgedAtMs + (limits.proofAtMs[look] ?? 0) - clock.elapsedMs()

/** The line was lost, or the work given up, between two turns. */
const withoutLine = (stage: Stage, code: keyof typeof turnFailureWords): ControlOutcome => {
  if (stage.at === 'explain') return stage.refused
  if (stage.at === 'proof') return { kind: 'unverified', status: stage.seen.status, detail: turnFailureWords[code] }
  return { kind: 'not-sent', code, detail: turnFailureWords[code] }
}

const takeStep = async (
  turn: Turn,
  meter: FieldMeter,
  language: ControlLanguage,
  request: ControlRequest,
  stage: Stage,
): Promise<Stage | ControlOutcome> => {
  switch (stage.at) {
    case 'before':
      return stateBefore(turn, meter, language, request, stage)
    case 'order':
      return sendOrder(turn, meter, language, request)
    case 'proof':
      return lookForProof(turn, meter, language, request, stage)
    case 'explain':
      return explain(turn, meter, language, request, stage.refused)
  }
}

const sendOrder = async (
  turn: Turn,
  meter: FieldMeter,
  language: ControlLanguage,
  request: ControlRequest,
): Promise<Stage | ControlOutcome> => {
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
      return {
        at: 'proof',
        acknowledgedAtMs: meter.clock.elapsedMs(),
        look: 0,
        seen: { status: null, detail: 'the status word was not read' },
        said: ordered.said === undefined ? '' : `${ordered.said}; `,
      }
    case 'pending':
      return { kind: 'unanswered', detail: ordered.detail }
    case 'refused': {
      const { errors, detail } = ordered
      return { at: 'explain', refused: { kind: 'refused', errors, ...(detail === undefined ? {} : { detail }) } }
    }
  }
}

/** Nothing is sent when the meter is as wanted already, nor when it does not tell. */
const stateBefore = async (
  turn: Turn,
  meter: FieldMeter,
  language: ControlLanguage,
  request: ControlRequest,
  stage: Extract<Stage, { at: 'before' }>,
): Promise<Stage | ControlOutcome> => {
  const state = await readState(turn, meter, language, request, stage.startedAtMs)
  if (state.ok) return state.shows ? { kind: 'verified', already: true, ...proofOf(state) } : { at: 'order' }
  const attempt = stage.attempt + 1
  if (state.code === 'no-answer' && attempt < meter.limits.readAttempts.state) return { ...stage, attempt }
  if (state.code === 'no-answer') noteAnswer(meter, false)
  return { kind: 'not-sent', code: state.code, detail: state.detail }
}

/** Looks at the status word at its set moments after the acknowledgement, until it shows what is wanted. */
const lookForProof = async (
  turn: Turn,
  meter: FieldMeter,
  language: ControlLanguage,
  request: ControlRequest,
  { acknowledgedAtMs, look, seen, said }: Extract<Stage, { at: 'proof' }>,
): Promise<Stage | ControlOutcome> => {
  const state = await readState(turn, meter, language, request, acknowledgedAtMs)
  if (state.ok && state.shows) return { kind: 'verified', already: false, ...proofOf(state) }
  const now = state.ok ? { status: state.status, detail: state.words } : { status: seen.status, detail: state.detail }
  const isOver = !state.ok && (state.code === 'gateway-offline' || state.code === 'cancelled')
  if (isOver || look + 1 >= meter.limits.proofAtMs.length)
    return { kind: 'unverified', ...now, detail: `${said}${now.detail}` }
  return { at: 'proof', acknowledgedAtMs, look: look + 1, seen: now, said }
}

/** A refusal of one byte says little: the status word tells of power that is kept, the clock of a deadline refused. */
const explain = async (
  turn: Turn,
  meter: FieldMeter,
  language: ControlLanguage,
  request: ControlRequest,
  refused: Refused,
): Promise<ControlOutcome> => {
  const state = await readState(turn, meter, language, request, meter.clock.elapsedMs())
  const status = state.ok ? { status: state.status } : {}
  if (!state.ok || state.status.keepPower || language.readClock === undefined) return { ...refused, ...status }
  const clockOffMs = await language.readClock(turn, refused.errors)
  return { ...refused, ...status, ...(clockOffMs === null ? {} : { clockOffMs }) }
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
