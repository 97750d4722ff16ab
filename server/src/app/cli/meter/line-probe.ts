import { decodeFrame, decodeReply, encodeFrame, encodeRequest, toHex, type Request } from '@xianfu/protocols'
import type { Clock } from '../../../domain/clock.ts'
import type { LineConfig } from '../../../headend/headend.ts'
import { defaultLimits, longestMeterResponseMs, wakeUpBytes } from '../../../headend/limits.ts'
import { transmissionMs } from '../../../headend/line/response-time.ts'
import type { Transport } from '../../../headend/transport/transport.ts'
import { createSplitter, type Piece } from '../explain/split-frames.ts'

/** What comes back when nobody, one or several may answer. `addresses` are those that could be read all the same. */
export type Heard = Readonly<
  | { kind: 'silence' }
  | { kind: 'one'; address: string; answerMs: number }
  | { kind: 'collision'; addresses: readonly string[] }
>

export type LineProbe = Readonly<{
  /** Asks, and listens until the slowest meter must have answered, so that a second answer is heard too. */
  ask(request: Request): Promise<Heard>
  isClosed(): boolean
}>

/** Switching a transceiver leaves a byte or two of nothing on the line, which is no second meter. */
const mostGlitchBytes = 2

/** Bytes of one answer follow each other; what comes through a network comes in packets. */
const quietGapMs = 120

/** An answer to one of the questions that are asked here: 20 bytes and the wake-up bytes. */
const usualReplyBytes = 24

/**
 * Questions to which any number of meters may answer, on a line that is ours. The wire of the headend takes the first
 * good answer; here the others are what matters.
 */
export const createProbe = (
  transport: Transport,
  { clock, line, latencyMs }: Readonly<{ clock: Clock; line: LineConfig; latencyMs: number }>,
): LineProbe => {
  let splitter = createSplitter()
  let pieces: Piece[] = []
  let lastByteMs = -Infinity
  let closed = false
  /** What the way has added at least, beyond the bytes' own time and the meter's 20 ms; known after the first answer. */
  let quickestMs = latencyMs
  transport.onBytes((bytes) => {
    lastByteMs = clock.elapsedMs()
    pieces.push(...splitter.push(bytes, lastByteMs))
  })
  transport.onClose(() => {
    closed = true
  })

  const ask = async (request: Request): Promise<Heard> => {
    const question = encodeFrame(encodeRequest(request), { wakeUpBytes })
    splitter = createSplitter()
    pieces = []
    await transport.write(question)
    const askedMs = clock.elapsedMs()
    const bytesMs = transmissionMs(question.length + usualReplyBytes, line)
    const patienceMs =
      bytesMs + longestMeterResponseMs + Math.min(latencyMs, quickestMs + defaultLimits.shortestLatencyMs)
    const gapMs = quietGapMs + transmissionMs(2, line)
    for (;;) {
      const now = clock.elapsedMs()
      const waitMs = Math.max(askedMs + patienceMs, lastByteMs + gapMs) - now
      if (waitMs <= 0 || closed) break
      await clock.delay(waitMs)
    }
    const heard = judge([...pieces, ...splitter.flush()], question, request)
    if (heard.kind === 'one') quickestMs = Math.min(quickestMs, Math.max(0, heard.endMs - askedMs - bytesMs))
    return heard.kind === 'one'
      ? { kind: 'one', address: heard.address, answerMs: Math.round(heard.endMs - askedMs) }
      : heard
  }

  return { ask, isClosed: () => closed }
}

type Judged = Readonly<{ kind: 'one'; address: string; endMs: number }> | Exclude<Heard, { kind: 'one' }>

const judge = (pieces: readonly Piece[], question: Uint8Array, request: Request): Judged => {
  const answers = new Map<string, number>()
  let isGarbled = false
  for (const piece of pieces) {
    if (isEcho(piece, question)) continue
    const address = piece.kind === 'frame' ? addressIn(piece.bytes, request) : null
    if (address !== null) {
      if (answers.has(address)) isGarbled = true
      answers.set(address, piece.endMs)
    } else if (piece.kind !== 'noise' || piece.bytes.length > mostGlitchBytes) isGarbled = true
  }
  const [one, ...others] = [...answers]
  if (isGarbled || others.length > 0) return { kind: 'collision', addresses: [...answers.keys()] }
  return one === undefined ? { kind: 'silence' } : { kind: 'one', address: one[0], endMs: one[1] }
}

/** Two-wire adapters hear themselves. */
const isEcho = ({ bytes }: Piece, question: Uint8Array): boolean => toHex(question).endsWith(toHex(bytes))

/** A refusal names its meter as well as an answer does. */
const addressIn = (bytes: Uint8Array, request: Request): string | null => {
  const start = bytes.findIndex((byte) => byte !== 0xfe)
  const frame = decodeFrame(bytes.subarray(start))
  const reply = frame.ok ? decodeReply(frame.value) : frame
  if (!reply.ok) return null
  return reply.value.kind === request.kind || reply.value.kind === 'error' ? reply.value.address : null
}
