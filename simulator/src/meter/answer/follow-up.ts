import type { Frame } from '@xianfu/protocols'
import { joined } from '../bytes.ts'
import type { Meter } from '../state.ts'
import { refuse, reply } from './reply.ts'

/** The rest of an answer that was too long for one frame; `sequence` is that of the next piece. */
export type FollowUp = Readonly<{ identifier: Uint8Array; rest: Uint8Array; sequence: number }>

/** Data bytes of one frame in reading (L ≤ 200), without identifier and sequence. */
const pieceBytes = 195
const read = 0x11
const readFollowUp = 0x12

/** Answers a read, piece by piece if need be. */
export const answerRead = (meter: Meter, identifier: Uint8Array, data: Uint8Array): Frame => {
  const isLong = data.length > pieceBytes
  meter.followUp = isLong ? { identifier, rest: data.subarray(pieceBytes), sequence: 1 } : null
  return reply(meter, read, joined(identifier, data.subarray(0, pieceBytes)), isLong)
}

/** 12H: the next piece, if it is the one that is due. */
export const answerFollowUp = (meter: Meter, request: Frame): Frame => {
  const { followUp } = meter
  const identifier = request.data.subarray(0, 4)
  const sequence = request.data[4] ?? 0
  if (followUp === null || sequence !== followUp.sequence || !equal(identifier, followUp.identifier))
    return refuse(meter, readFollowUp, 'no-data')
  const piece = followUp.rest.subarray(0, pieceBytes)
  const rest = followUp.rest.subarray(pieceBytes)
  meter.followUp = rest.length === 0 ? null : { ...followUp, rest, sequence: sequence + 1 }
  return reply(meter, readFollowUp, joined(identifier, piece, Uint8Array.of(sequence)), rest.length > 0)
}

const equal = (a: Uint8Array, b: Uint8Array): boolean => a.length === b.length && a.every((byte, at) => byte === b[at])
