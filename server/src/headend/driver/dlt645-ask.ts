import {
  answers,
  decodeReply,
  encodeFrame,
  encodeRequest,
  expectedReplyLength,
  type Reply,
  type Request,
} from '@xianfu/protocols'
import type { Clock } from '../../domain/clock.ts'
import type { Exchange, LineConfig } from '../headend.ts'
import { wakeUpBytes } from '../limits.ts'
import type { Turn } from '../line/line.ts'
import type { ResponseTime } from '../line/response-time.ts'

/** What an exchange with one meter depends on beside the question. */
export type Asker = Readonly<{
  clock: Clock
  line: LineConfig
  responseTime: ResponseTime
  onLate?(responseMs: number): void
}>

export type Asked = Readonly<
  | { kind: 'reply'; reply: Reply; exchange: Exchange }
  | { kind: 'silence'; detail: string; exchange: Exchange }
  /** The question has left, and then the link was lost or the caller gave up. */
  | { kind: 'broken-off'; because: 'link-lost' | 'cancelled'; exchange: Exchange }
  | { kind: 'not-sent'; because: 'link-lost' | 'cancelled' }
>

/** One question, one answer: bytes out, the matching reply back, both kept as they were on the wire. */
export const ask = async (
  turn: Turn,
  asker: Asker,
  request: Request,
  meaning: string,
  signal?: AbortSignal,
): Promise<Asked> => {
  const { line, responseTime } = asker
  const bytes = encodeFrame(encodeRequest(request), { wakeUpBytes })
  const replyBytes = expectedReplyLength(request)
  const result = await turn.ask({
    bytes,
    timeoutMs: responseTime.timeoutMs(bytes.length, replyBytes, line),
    isAnswer: (frame) => {
      const decoded = decodeReply(frame)
      return decoded.ok && answers(request, decoded.value)
    },
    onLate: (durationMs) => {
      responseTime.measured(durationMs, bytes.length, replyBytes, line)
      asker.onLate?.(Math.round(durationMs))
    },
    ...(signal === undefined ? {} : { signal }),
  })
  if (result.kind === 'not-sent') return { kind: 'not-sent', because: result.because }

  const { at, durationMs } = result
  const response = result.kind === 'answer' ? result.bytes : null
  const exchange: Exchange = { at, durationMs: Math.round(durationMs), request: bytes, response, meaning }
  if (result.kind === 'silence') return { kind: 'silence', detail: inWords(result.heard, durationMs), exchange }
  if (result.kind !== 'answer') return { kind: 'broken-off', because: result.kind, exchange }

  responseTime.measured(durationMs, bytes.length, result.bytes.length, line)
  const decoded = decodeReply(result.frame)
  if (!decoded.ok) throw new Error(`A frame that was taken for the answer cannot be read: ${decoded.detail}`)
  return { kind: 'reply', reply: decoded.value, exchange }
}

const inWords = (heard: string, durationMs: number): string =>
  `no answer within ${String(Math.round(durationMs))} ms${heard === '' ? '' : ` (${heard})`}`
