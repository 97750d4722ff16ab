import {
  answers,
  createFrameReader,
  decodeFrame,
  decodeReply,
  encodeFrame,
  encodeRequest,
  expectedReplyLength,
  type Frame,
  type Reply,
  type Request,
  toHex,
} from '@xianfu/protocols'
import type { Exchange } from '../headend.ts'
import { wakeUpBytes } from '../limits.ts'
import type { Turn } from '../line/line.ts'
import type { Ear } from '../line/wire.ts'
import { askLine, type Asker, type Unanswered } from './ask-line.ts'

export type Asked = Readonly<{ kind: 'reply'; reply: Reply; exchange: Exchange }> | Unanswered

/** One question to a DL/T 645 meter, and the matching reply. */
export const ask = async (
  turn: Turn,
  asker: Asker,
  request: Request,
  meaning: string,
  signal?: AbortSignal,
  freshSinceMs = 0,
): Promise<Asked> => {
  const bytes = encodeFrame(encodeRequest(request), { wakeUpBytes })
  const question = {
    bytes,
    replyBytes: expectedReplyLength(request),
    meaning,
    createEar: () => earFor(request, bytes),
    answersLike: () => answersLike(request, bytes),
    freshSinceMs,
  }
  const asked = await askLine(turn, asker, question, signal)
  if (asked.kind !== 'answer') return asked
  const frame = decodeFrame(asked.bytes)
  const decoded = frame.ok ? decodeReply(frame.value) : frame
  if (!decoded.ok) throw new Error(`A frame that was taken for the answer cannot be read: ${decoded.detail}`)
  return { kind: 'reply', reply: decoded.value, exchange: asked.exchange }
}

/**
 * An answer names meter, function and identifier, so only the same question has a like one; but of function 03H the
 * refusals name nothing, and a late one must not be taken for the refusal of a purchase.
 */
const answersLike = (request: Request, bytes: Uint8Array): string =>
  request.kind === 'security' ? `security ${request.address}` : toHex(bytes)

const earFor = (request: Request, question: Uint8Array): Ear => {
  const reader = createFrameReader()
  return {
    statistics: reader.statistics,
    hear: (chunk) =>
      reader.push(chunk).map((frame) => {
        const bytes = encodeFrame(frame)
        return { kind: kindOf(frame, bytes, request, question), bytes }
      }),
  }
}

const kindOf = (
  frame: Frame,
  bytes: Uint8Array,
  request: Request,
  question: Uint8Array,
): 'answer' | 'echo' | 'other' => {
  const decoded = decodeReply(frame)
  if (decoded.ok && answers(request, decoded.value)) return 'answer'
  // Two-wire adapters hear themselves.
  const start = question.length - bytes.length
  const isEcho = start >= 0 && bytes.every((byte, index) => question[start + index] === byte)
  return isEcho ? 'echo' : 'other'
}
