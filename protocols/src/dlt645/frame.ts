import { decoded, refused, type Decoded } from '../decoded.ts'
import { ProtocolError } from '../error.ts'
import { addressBytes, readAddress, writeAddress } from './address.ts'

/**
 * One frame of the link layer: whom it concerns, what is asked, and the data as meant (the +33H of the wire taken off).
 * `address` has its most significant digit first, `control` is the whole control byte.
 */
export type Frame = Readonly<{ address: string; control: number; data: Uint8Array }>

export const startByte = 0x68
export const endByte = 0x16
/** Sent in front of a frame to wake sleeping receivers; not part of the checksum. */
export const wakeUpByte = 0xfe

/** A frame without data. */
export const shortestFrameBytes = 12
/** The length is one byte. The standard allows less (200 in reading, 50 in writing), meters of the field allow more. */
export const longestDataBytes = 255
export const longestFrameBytes = shortestFrameBytes + longestDataBytes

/** Where the parts stand, counted from the first 68H. */
export const secondStartOffset = 1 + addressBytes
export const lengthOffset = secondStartOffset + 2
const controlOffset = secondStartOffset + 1
const dataOffset = lengthOffset + 1

const dataShift = 0x33

/** The standard knows 1 to 4; some radio gateways want more. */
const mostWakeUpBytes = 32

/**
 * The bytes of a frame.
 *
 * @throws ProtocolError `bad-address`, `wrong-length` (more than 255 bytes of data) or `out-of-range` (control byte,
 *   wake-up bytes).
 * @example
 * toHex(encodeFrame({ address: wildcardAddress, control: 0x13, data: new Uint8Array() }, { wakeUpBytes: 1 }))
 * // 'FE 68 AA AA AA AA AA AA 68 13 00 DF 16'
 */
export function encodeFrame(frame: Frame, options?: { readonly wakeUpBytes?: number }): Uint8Array {
  const { address, control, data } = frame
  const start = options?.wakeUpBytes ?? 0
  if (data.length > longestDataBytes) throw new ProtocolError('wrong-length', `${data.length} bytes of data, 255 fit`)
  if (!Number.isInteger(control) || control < 0 || control > 0xff) {
    throw new ProtocolError('out-of-range', 'the control byte is one byte')
  }
  if (!Number.isInteger(start) || start < 0 || start > mostWakeUpBytes) {
    throw new ProtocolError('out-of-range', `0 to ${mostWakeUpBytes} wake-up bytes`)
  }
  const bytes = new Uint8Array(start + shortestFrameBytes + data.length)
  bytes.fill(wakeUpByte, 0, start)
  bytes[start] = startByte
  writeAddress(bytes, start + 1, address)
  bytes[start + secondStartOffset] = startByte
  bytes[start + controlOffset] = control
  bytes[start + lengthOffset] = data.length
  const firstData = start + dataOffset
  for (let index = 0; index < data.length; index++) bytes[firstData + index] = (data[index] ?? 0) + dataShift
  const end = firstData + data.length
  let sum = 0
  for (let index = start; index < end; index++) sum += bytes[index] ?? 0
  bytes[end] = sum
  bytes[end + 1] = endByte
  return bytes
}

/**
 * Reads exactly one frame; wake-up bytes may lead, nothing may follow.
 *
 * @example
 * decodeFrame(fromHex('68 AA AA AA AA AA AA 68 13 00 DF 16'))
 * // { ok: true, value: { address: 'AAAAAAAAAAAA', control: 0x13, data: Uint8Array [] } }
 */
export function decodeFrame(bytes: Uint8Array): Decoded<Frame> {
  let start = 0
  while (bytes[start] === wakeUpByte) start++
  const length = bytes.length - start
  if (length < shortestFrameBytes) return refused('too-short', `${length} bytes, at least ${shortestFrameBytes} needed`)
  if (bytes[start] !== startByte) return refused('no-start', 'does not begin with 68H')
  if (bytes[start + secondStartOffset] !== startByte) return refused('no-start', 'no second 68H after the address')
  const expected = shortestFrameBytes + (bytes[start + lengthOffset] ?? 0)
  if (length !== expected) return refused('bad-length', `${length} bytes where the length byte says ${expected}`)
  let sum = 0
  for (let index = start; index < start + length - 2; index++) sum += bytes[index] ?? 0
  if ((sum & 0xff) !== bytes[start + length - 2]) return refused('bad-checksum', 'the checksum does not fit')
  if (bytes[start + length - 1] !== endByte) return refused('no-end', 'does not end with 16H')
  const frame = readFrameParts(bytes, start)
  return frame === null ? refused('bad-address', 'the address is not made of digits') : decoded(frame)
}

// Engines make short arrays cheaply inside the object; longer ones cost a trip to the allocator each. The data of long
// frames therefore lie side by side in one block, each in its own part; a block lives as long as one of its frames.
const blockBytes = 8192
const shortBytes = 64
let block = new Uint8Array(blockBytes)
let blockUsed = 0

function roomFor(length: number): Uint8Array {
  if (length <= shortBytes) return new Uint8Array(length)
  if (blockUsed + length > blockBytes) {
    block = new Uint8Array(blockBytes)
    blockUsed = 0
  }
  blockUsed += length
  return block.subarray(blockUsed - length, blockUsed)
}

/**
 * The frame that stands complete at `start`, which is a 68H, with everything proven; null when it is none. One pass
 * over the bytes, for streams in which almost every frame is a good one.
 */
export function readWholeFrame(bytes: Uint8Array, start: number): Frame | null {
  const firstData = start + dataOffset
  const end = firstData + (bytes[start + lengthOffset] ?? longestDataBytes)
  // Written so that a frame which is not complete fails here as well.
  if (bytes[end + 1] !== endByte || bytes[start + secondStartOffset] !== startByte) return null
  const address = readAddress(bytes, start + 1)
  if (address === null) return null
  let sum = 0
  for (let index = start; index < firstData; index++) sum += bytes[index] ?? 0
  const data = roomFor(end - firstData)
  for (let index = 0; index < data.length; index++) {
    const byte = bytes[firstData + index] ?? 0
    sum += byte
    data[index] = byte - dataShift
  }
  return (sum & 0xff) === bytes[end] ? { address, control: bytes[start + controlOffset] ?? 0, data } : null
}

/**
 * The frame whose first 68H stands at `start` and whose length, checksum and end have been proven; null when its
 * address is none. The data are copied, so the caller may use its buffer again.
 */
export function readFrameParts(bytes: Uint8Array, start: number): Frame | null {
  const address = readAddress(bytes, start + 1)
  if (address === null) return null
  const data = roomFor(bytes[start + lengthOffset] ?? 0)
  const firstData = start + dataOffset
  for (let index = 0; index < data.length; index++) data[index] = (bytes[firstData + index] ?? 0) - dataShift
  return { address, control: bytes[start + controlOffset] ?? 0, data }
}
