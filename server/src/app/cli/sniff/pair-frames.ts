import {
  addressMatches,
  answers,
  broadcastAddress,
  decodeFrame,
  decodeReply,
  decodeRequest,
  splitControlCode,
  type Frame,
} from '@xianfu/protocols'
import type { Piece } from '../explain/split-frames.ts'

/** What a piece of the traffic is in the conversation. */
export type Passed = Readonly<
  | { kind: 'request'; piece: Piece }
  /** The time from the last byte of the request to the first of the answer. */
  | { kind: 'answer'; piece: Piece; answerMs: number; request: Piece }
  /** An answer whose request was not heard, or that answers something else. */
  | { kind: 'stray'; piece: Piece }
  /** Nothing came before the next request, or before the end. */
  | { kind: 'unanswered'; piece: Piece }
  | { kind: 'broken' | 'noise'; piece: Piece }
>

/** Puts together what belongs together, in the order in which it passes. */
export type Pairing = Readonly<{ hear(piece: Piece): readonly Passed[]; finish(): readonly Passed[] }>

type Pending = Readonly<{ frame: Frame; piece: Piece }>

export const createPairing = (): Pairing => {
  let pending: Pending | null = null

  const giveUp = (): readonly Passed[] => {
    const waiting = pending
    pending = null
    // Nobody answers a broadcast.
    if (waiting === null || waiting.frame.address === broadcastAddress) return []
    return [{ kind: 'unanswered', piece: waiting.piece }]
  }

  return {
    hear(piece) {
      const frame = piece.kind === 'frame' ? frameOf(piece.bytes) : null
      if (frame === null) return [{ kind: piece.kind === 'noise' ? 'noise' : 'broken', piece }]
      if (!splitControlCode(frame.control).fromMeter) {
        const before = giveUp()
        pending = { frame, piece }
        return [...before, { kind: 'request', piece }]
      }
      const waiting = pending
      if (waiting === null || !belongsTo(waiting.frame, frame)) return [{ kind: 'stray', piece }]
      pending = null
      const answerMs = piece.beginMs - waiting.piece.endMs
      return [{ kind: 'answer', piece, answerMs, request: waiting.piece }]
    },
    finish: giveUp,
  }
}

const wakeUpByte = 0xfe

export const frameOf = (bytes: Uint8Array): Frame | null => {
  const start = bytes.findIndex((byte) => byte !== wakeUpByte)
  const decoded = decodeFrame(bytes.subarray(Math.max(0, start)))
  return decoded.ok ? decoded.value : null
}

/** Exactly where both are understood; by function and address where one is not (1997, vendors' own functions). */
const belongsTo = (request: Frame, reply: Frame): boolean => {
  const [asked, answered] = [decodeRequest(request), decodeReply(reply)]
  if (asked.ok && answered.ok) return answers(asked.value, answered.value)
  const sameFunction = splitControlCode(request.control).functionCode === splitControlCode(reply.control).functionCode
  return sameFunction && addressMatches(request.address, reply.address)
}
