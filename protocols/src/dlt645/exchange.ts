import { addressBytes, addressMatches, broadcastAddress } from './address.ts'
import { identifierBytes } from './data-identifier.ts'
import { shortestFrameBytes } from './frame.ts'
import type { Reply } from './reply.ts'
import { functionOfKind, type Request } from './request.ts'
import { identifierName, shortestValueBytes } from './value.ts'

/**
 * Whether `reply` can be the answer to `request`: function, address (wildcard and abbreviated forms included),
 * identifier and sequence. Late replies to an earlier request are common behind gateways; they do not match. An error
 * reply names no identifier, so it matches by function and address alone.
 *
 * @example
 * answers({ kind: 'read-address' }, { kind: 'read-address', address: '000000000161' }) // true
 */
export function answers(request: Request, reply: Reply): boolean {
  if (request.kind === 'read-address') {
    return reply.kind === 'error' ? reply.functionCode === functionOfKind['read-address'] : reply.kind === request.kind
  }
  // Nobody answers a broadcast; 999999999999 is no meter's address, so it matches no reply either.
  if (request.address === broadcastAddress || !addressMatches(request.address, reply.address)) return false
  if (reply.kind === 'error') return reply.functionCode === functionOfKind[request.kind]
  if (reply.kind !== request.kind) return false
  if (request.kind === 'read') return reply.kind === 'read' && reply.identifier === request.identifier
  if (request.kind === 'read-follow-up') {
    return (
      reply.kind === 'read-follow-up' && reply.identifier === request.identifier && reply.sequence === request.sequence
    )
  }
  return true
}

/**
 * Bytes of the shortest normal reply, without wake-up bytes, for time-out budgets; 0 when no reply comes. For an
 * identifier that the table does not have, one byte of data is assumed.
 *
 * @example
 * expectedReplyLength({ kind: 'read', address: '000000000161', identifier: 0x00010000 }) // 20
 */
export function expectedReplyLength(request: Request): number {
  switch (request.kind) {
    case 'read': {
      const name = identifierName(request.identifier)
      return shortestFrameBytes + identifierBytes + (name === null ? 1 : shortestValueBytes(name))
    }
    case 'read-follow-up':
      return shortestFrameBytes + identifierBytes + 1
    case 'read-address':
      return shortestFrameBytes + addressBytes
    case 'write':
    case 'control':
    case 'set-time':
    default:
      return request.kind === 'set-time' && request.address === broadcastAddress ? 0 : shortestFrameBytes
  }
}
