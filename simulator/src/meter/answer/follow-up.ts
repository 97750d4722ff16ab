import type { Reply, RequestOf } from '@xianfu/protocols'
import type { Meter } from '../state.ts'
import { refuse } from './reply.ts'

/** The rest of an answer that was too long for one frame; `sequence` is that of the next piece. */
export type FollowUp = Readonly<{ identifier: number; rest: Uint8Array; sequence: number }>

/** Data bytes of one frame in reading (L ≤ 200), without identifier and sequence. */
const pieceBytes = 195

/** Answers a read, piece by piece if need be. */
export const answerPieces = (meter: Meter, identifier: number, data: Uint8Array): Reply => {
  const more = data.length > pieceBytes
  meter.followUp = more ? { identifier, rest: data.subarray(pieceBytes), sequence: 1 } : null
  return { kind: 'read', address: meter.address, identifier, data: data.subarray(0, pieceBytes), more }
}

/** 12H: the next piece, if it is the one that is due. */
export const answerFollowUp = (meter: Meter, { identifier, sequence }: RequestOf<'read-follow-up'>): Reply => {
  const { followUp } = meter
  if (followUp === null || sequence !== followUp.sequence || identifier !== followUp.identifier)
    return refuse(meter, 'read-follow-up', 'no-data')
  const rest = followUp.rest.subarray(pieceBytes)
  const more = rest.length > 0
  meter.followUp = more ? { identifier, rest, sequence: sequence + 1 } : null
  const data = followUp.rest.subarray(0, pieceBytes)
  return { kind: 'read-follow-up', address: meter.address, identifier, data, sequence, more }
}
