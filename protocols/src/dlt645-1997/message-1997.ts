import { decoded, type Decoded, type DecodeRefusal, refused } from '../decoded.ts'
import { ProtocolError } from '../error.ts'
import { byteToHex } from '../hex.ts'
import { addressMatches, broadcastAddress, isAddress, isMeterAddress } from '../dlt645/address.ts'
import { decodeFormat, encodeFormat } from '../dlt645/codec.ts'
import { replyControl, splitControlCode } from '../dlt645/control-code.ts'
import type { Frame } from '../dlt645/frame.ts'
import { item1997 } from './identifiers-1997.table.ts'

// DL/T 645-1997, reading alone: the envelope is that of 2007, functions and identifiers are not.

/**
 * What a master reads. `read-follow-up` names the identifier and no sequence; `read-again` asks for the last data once
 * more. Writing to these meters is not spoken.
 */
export type Request1997 = Readonly<
  { kind: 'read' | 'read-follow-up'; address: string; identifier: number } | { kind: 'read-again'; address: string }
>

export type Error1997 =
  | 'illegal-data'
  | 'identifier-error'
  | 'password-error'
  | 'too-many-zones'
  | 'too-many-periods'
  | 'too-many-tariffs'

/** What a meter answers; `reasons` are the named bits of the error byte. */
export type Reply1997 = Readonly<
  | {
      kind: 'read' | 'read-follow-up' | 'read-again'
      address: string
      identifier: number
      data: Uint8Array
      more: boolean
    }
  | { kind: 'error'; address: string; functionCode: number; raw: number; reasons: readonly Error1997[] }
>

const codeOfKind = Object.freeze({ read: 0x01, 'read-follow-up': 0x02, 'read-again': 0x03 } as const)
type Kind = keyof typeof codeOfKind
const kindOfCode: ReadonlyMap<number, Kind> = new Map(
  (Object.keys(codeOfKind) as Kind[]).map((kind) => [codeOfKind[kind], kind]),
)

const identifierBytes = 2
const mostIdentifier = 0xffff
const noData = new Uint8Array()
/** By bit; bit 3 is reserved. */
const reasonOfBit: readonly (Error1997 | null)[] = Object.freeze([
  'illegal-data',
  'identifier-error',
  'password-error',
  null,
  'too-many-zones',
  'too-many-periods',
  'too-many-tariffs',
])

const isReadable = (address: string): boolean => isAddress(address) && address !== broadcastAddress
const readIdentifier = (data: Uint8Array): number => (data[0] ?? 0) | ((data[1] ?? 0) << 8)

function identifierData(identifier: number, content: Uint8Array): Uint8Array {
  if (!Number.isInteger(identifier) || identifier < 0 || identifier > mostIdentifier) {
    throw new ProtocolError('out-of-range', 'an identifier of 1997 has two bytes')
  }
  const data = new Uint8Array(identifierBytes + content.length)
  data[0] = identifier
  data[1] = identifier >> 8
  data.set(content, identifierBytes)
  return data
}

/**
 * @throws ProtocolError `bad-address` or `out-of-range`.
 * @example
 * encodeFrame(encodeRequest1997({ kind: 'read', address: '138000130754', identifier: 0x9010 }))
 */
export function encodeRequest1997(request: Request1997): Frame {
  const { kind, address } = request
  if (!isReadable(address)) throw new ProtocolError('bad-address', `${address} cannot be read`)
  const data = kind === 'read-again' ? noData : identifierData(request.identifier, noData)
  return { address, control: codeOfKind[kind], data }
}

export function decodeRequest1997({ address, control, data }: Frame): Decoded<Request1997> {
  const kind = kindOfCode.get(control)
  if (kind === undefined) return refused('wrong-function', `${byteToHex(control)}H does not read`)
  if (!isReadable(address)) return refused('bad-address', `${address} cannot be read`)
  if (data.length !== (kind === 'read-again' ? 0 : identifierBytes)) return wrongLength(data)
  return decoded(kind === 'read-again' ? { kind, address } : { kind, address, identifier: readIdentifier(data) })
}

/** @throws ProtocolError `bad-address` or `out-of-range`. */
export function encodeReply1997(reply: Reply1997): Frame {
  const { address } = reply
  if (!isMeterAddress(address)) throw new ProtocolError('bad-address', 'a meter answers with its own 12 digits')
  if (reply.kind === 'error') {
    if (!Number.isInteger(reply.raw) || reply.raw < 0 || reply.raw > 0xff || !kindOfCode.has(reply.functionCode)) {
      throw new ProtocolError('out-of-range', 'an error is one byte, in reply to a reading function')
    }
    return { address, control: replyControl(reply.functionCode, { abnormal: true }), data: Uint8Array.of(reply.raw) }
  }
  const control = replyControl(codeOfKind[reply.kind], { more: reply.more })
  return { address, control, data: identifierData(reply.identifier, reply.data) }
}

/** `data` is a view into the frame. */
export function decodeReply1997({ address, control, data }: Frame): Decoded<Reply1997> {
  const { functionCode, fromMeter, abnormal, more } = splitControlCode(control)
  const kind = kindOfCode.get(functionCode)
  if (!fromMeter || kind === undefined) return refused('wrong-function', `${byteToHex(control)}H answers no reading`)
  if (!isMeterAddress(address)) return refused('bad-address', `a meter cannot answer as ${address}`)
  if (abnormal) {
    const [raw] = data
    if (raw === undefined || data.length !== 1) return wrongLength(data)
    return decoded({ kind: 'error', address, functionCode, raw, reasons: errorReasons1997(raw) })
  }
  if (data.length < identifierBytes) return wrongLength(data)
  return decoded({ kind, address, identifier: readIdentifier(data), data: data.subarray(identifierBytes), more })
}

export const errorReasons1997 = (raw: number): readonly Error1997[] =>
  reasonOfBit.filter((reason, bit): reason is Error1997 => reason !== null && (raw & (1 << bit)) !== 0)

/** Whether the reply can be the answer: function, address and identifier. */
export function answers1997(request: Request1997, reply: Reply1997): boolean {
  if (!addressMatches(request.address, reply.address)) return false
  if (reply.kind === 'error') return reply.functionCode === codeOfKind[request.kind]
  if (reply.kind !== request.kind) return false
  return request.kind === 'read-again' || reply.identifier === request.identifier
}

/**
 * The value in the data of a reply.
 *
 * @example
 * decodeValue1997(0x9010, fromHex('01 00 00 00')) // { ok: true, value: 10 }, in Wh
 */
export function decodeValue1997(identifier: number, data: Uint8Array): Decoded<unknown> {
  const item = item1997(identifier)
  return item === null
    ? refused('unknown-identifier', `${identifier.toString(16).toUpperCase().padStart(4, '0')} is in no table`)
    : decodeFormat(item, data)
}

/** @throws ProtocolError `out-of-range` when there is no such identifier, or what the value is refused with. */
export function encodeValue1997(identifier: number, value: unknown): Uint8Array {
  const item = item1997(identifier)
  if (item === null) throw new ProtocolError('out-of-range', 'there is no such identifier of 1997')
  return encodeFormat(item, value)
}

const wrongLength = (data: Uint8Array): DecodeRefusal =>
  refused('wrong-length', `${data.length} bytes of data do not fit the function`)
