import { addressBytes, addressMatches, broadcastAddress } from './address.ts'
import { identifierBytes } from './data-identifier.ts'
import { standardDictionary } from './dictionary.ts'
import { shortestBytes } from './format.ts'
import { shortestFrameBytes } from './frame.ts'
import { passwordBytes } from './password.ts'
import type { Reply } from './reply.ts'
import { functionOfKind, type Request, type RequestKind } from './request.ts'
import { securityCommand } from './security.ts'

/** The kind of the normal reply, where it is not that of the request: one function, one reply. */
const replyKind: Readonly<Partial<Record<RequestKind, Reply['kind']>>> = Object.freeze({
  'pre-trip': 'control',
  'control-ciphered': 'control',
})

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
  if (request.address === broadcastAddress || !isFromAddressee(request, reply)) return false
  if (reply.kind === 'error') return reply.functionCode === functionOfKind[request.kind]
  if (reply.kind !== (replyKind[request.kind] ?? request.kind)) return false
  if (request.kind === 'read' || request.kind === 'security') {
    return 'identifier' in reply && reply.identifier === request.identifier
  }
  if (request.kind === 'read-follow-up') {
    return (
      reply.kind === 'read-follow-up' && reply.identifier === request.identifier && reply.sequence === request.sequence
    )
  }
  return true
}

/** A meter that has been given an address answers from it; some still answer from the one before. */
const isFromAddressee = (request: Exclude<Request, { kind: 'read-address' }>, reply: Reply): boolean =>
  addressMatches(request.address, reply.address) ||
  (request.kind === 'write-address' && reply.kind === 'write-address' && reply.address === request.newAddress)

/**
 * Bytes of the shortest normal reply, without wake-up bytes, for time-out budgets; 0 when no reply comes. For an
 * identifier that the table does not have, one byte of data is assumed.
 *
 * @example
 * expectedReplyLength({ kind: 'read', address: '000000000161', identifier: 0x00010000 }) // 20
 */
export function expectedReplyLength(request: Request): number {
  return 'address' in request && request.address === broadcastAddress ? 0 : shortestFrameBytes + dataLength(request)
}

function dataLength(request: Request): number {
  switch (request.kind) {
    case 'read': {
      const item = standardDictionary.byId(request.identifier)
      return identifierBytes + (item === null ? 1 : shortestBytes(item))
    }
    case 'read-follow-up':
      return identifierBytes + 1
    case 'read-address':
      return addressBytes
    case 'change-rate':
    case 'select-output':
      return 1
    case 'change-password':
      return passwordBytes
    case 'security':
      return identifierBytes + (securityCommand(request.identifier)?.reply.bytes ?? 0)
    default:
      return 0
  }
}
