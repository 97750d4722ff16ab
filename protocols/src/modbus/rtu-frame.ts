import { decoded, type Decoded, refused } from '../decoded.ts'
import { ProtocolError } from '../error.ts'
import { crc16, crcBytes, hasValidCrc } from './crc16.ts'
import { longestPduBytes } from './function-code.ts'

/** Function code and data for one unit on the line, or from it. */
export type RtuFrame = Readonly<{ unit: number; pdu: Uint8Array }>

/** Every unit listens, none answers. */
const broadcastUnit = 0
/** 248 to 255 are reserved. */
export const lastUnit = 247

/** Unit, function, CRC. */
const shortestRtuFrameBytes = 2 + crcBytes
export const longestRtuFrameBytes = 1 + longestPduBytes + crcBytes

/** Bytes of an RTU frame around function code and data. */
export const rtuEnvelopeBytes = 1 + crcBytes

/**
 * A frame as it stands on an RS-485 line.
 *
 * @throws ProtocolError `bad-address` for a unit that does not exist, `wrong-length` when nothing, or too much, is said.
 * @example
 * toHex(encodeRtuFrame({ unit: 0x11, pdu: fromHex('03 00 6B 00 03') })) // '11 03 00 6B 00 03 76 87'
 */
export function encodeRtuFrame({ unit, pdu }: RtuFrame): Uint8Array {
  if (!isUnit(unit)) throw new ProtocolError('bad-address', 'a unit is a number from 0 to 247')
  if (pdu.length === 0 || pdu.length > longestPduBytes) throw new ProtocolError('wrong-length', '1 to 253 bytes')
  const bytes = new Uint8Array(pdu.length + rtuEnvelopeBytes)
  bytes[0] = unit
  bytes.set(pdu, 1)
  const crc = crc16(bytes, 0, bytes.length - crcBytes)
  bytes[bytes.length - 2] = crc
  bytes[bytes.length - 1] = crc >> 8
  return bytes
}

/** The frame that these bytes, all of them, are; its `pdu` is a copy. */
export function decodeRtuFrame(bytes: Uint8Array): Decoded<RtuFrame> {
  if (bytes.length < shortestRtuFrameBytes) return refused('too-short', `${bytes.length} bytes are no frame`)
  if (bytes.length > longestRtuFrameBytes) return refused('bad-length', `${bytes.length} bytes, 256 are the most`)
  if (!hasValidCrc(bytes)) return refused('bad-checksum', 'the CRC is wrong')
  const unit = bytes[0] ?? 0
  if (!isUnit(unit)) return refused('bad-address', `unit ${unit} is reserved`)
  return decoded({ unit, pdu: bytes.slice(1, bytes.length - crcBytes) })
}

const isUnit = (unit: number): boolean => Number.isInteger(unit) && unit >= broadcastUnit && unit <= lastUnit
