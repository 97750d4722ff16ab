import type { Clock } from '../../domain/clock.ts'
import type { Exchange, LineConfig } from '../headend.ts'
import type { Turn } from '../line/line.ts'
import { transmissionMs, type ResponseTime } from '../line/response-time.ts'
import type { Tally } from '../line/tally.ts'
import type { Ear, Question } from '../line/wire.ts'

/** What an exchange with one meter depends on beside the question. */
export type Asker = Readonly<{
  clock: Clock
  lineConfig: LineConfig
  responseTime: ResponseTime
  /** Where exchanges are counted. */
  tally?: Tally
  onLate?(responseMs: number): void
}>

/** Why a question has no answer. */
export type Unanswered = Readonly<
  | { kind: 'silence'; detail: string; exchange: Exchange }
  /** The question has left, and then the link was lost or the caller gave up. */
  | { kind: 'broken-off'; because: 'link-lost' | 'cancelled'; exchange: Exchange }
  | { kind: 'not-sent'; because: 'link-lost' | 'cancelled' }
>

export type LineAsked = Readonly<{ kind: 'answer'; bytes: Uint8Array; exchange: Exchange }> | Unanswered

export type LineQuestion = Readonly<{
  bytes: Uint8Array
  /** Bytes of the shortest normal answer, for the time-out. */
  replyBytes: number
  /** What is asked, for people. */
  meaning: string
  createEar(): Ear
}> &
  Pick<Question, 'isOpaque' | 'quietMs' | 'answersLike' | 'freshSinceMs'>

/** One question, one answer, in whatever language: bytes out, bytes back, both kept as they were on the wire. */
export const askLine = async (
  turn: Turn,
  asker: Asker,
  question: LineQuestion,
  signal?: AbortSignal,
): Promise<LineAsked> => {
  const { lineConfig: line, responseTime } = asker
  const { bytes, replyBytes, meaning, createEar, isOpaque, quietMs, answersLike, freshSinceMs } = question
  // Named one by one: millions of these are made an hour, and copying what is left over costs many times as much.
  const result = await turn.ask({
    bytes,
    createEar,
    isOpaque,
    quietMs,
    answersLike,
    freshSinceMs,
    timeoutMs: responseTime.timeoutMs(bytes.length, replyBytes, line),
    onLate: (durationMs) => {
      responseTime.measured(durationMs, bytes.length, replyBytes, line)
      asker.tally?.noteLate()
      asker.onLate?.(Math.round(durationMs))
    },
    signal,
  })
  if (result.kind === 'not-sent') return { kind: 'not-sent', because: result.because }

  const { at, durationMs, noise } = result
  const response = result.kind === 'answer' ? result.bytes : null
  if (result.kind === 'answer' || result.kind === 'silence')
    asker.tally?.note({
      answered: response !== null,
      noise,
      durationMs,
      responseMs:
        response === null ? null : Math.max(0, durationMs - transmissionMs(bytes.length + response.length, line)),
    })
  const exchange: Exchange = { at, durationMs: Math.round(durationMs), request: bytes, response, meaning }
  if (result.kind === 'silence') return { kind: 'silence', detail: inWords(result.heard, durationMs), exchange }
  if (result.kind !== 'answer') return { kind: 'broken-off', because: result.kind, exchange }
  responseTime.measured(durationMs, bytes.length, result.bytes.length, line)
  return { kind: 'answer', bytes: result.bytes, exchange }
}

/** Why a question has no reply, in the words of an outcome. */
export const failureOf = (
  asked: Unanswered,
): Readonly<{ code: 'no-answer' | 'gateway-offline' | 'cancelled'; detail: string }> => {
  if (asked.kind === 'silence') return { code: 'no-answer', detail: asked.detail }
  return asked.because === 'cancelled'
    ? { code: 'cancelled', detail: 'the work was given up' }
    : { code: 'gateway-offline', detail: 'the link to the gateway was lost' }
}

const inWords = (heard: string, durationMs: number): string =>
  `no answer within ${String(Math.round(durationMs))} ms${heard === '' ? '' : ` (${heard})`}`
