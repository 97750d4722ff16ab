import { ProtocolError } from '../error.ts'

/** Bytes that a meter (FFH) or a collector (EEH) sends in every place of an item which it does not have. */
const absentByte = 0xff
const collectorAbsentByte = 0xee

/** What `readBcd` returns when a nibble is no decimal digit. */
export const notBcd = -1

const hundred = 100
/** The number of each byte of BCD, `notBcd` for the others; and the byte of each number below a hundred. */
const numberOfByte = new Int8Array(256).fill(notBcd)
const byteOfNumber = new Uint8Array(hundred)
for (let number = 0; number < hundred; number++) {
  const byte = (Math.floor(number / 10) << 4) | (number % 10)
  numberOfByte[byte] = number
  byteOfNumber[number] = byte
}

/**
 * The number in `length` bytes of BCD, lowest byte first, or `notBcd`. `topMask` is laid over the highest byte, so that
 * a sign bit can be taken off. Six bytes at most, which a double holds exactly.
 */
export function readBcd(bytes: Uint8Array, offset: number, length: number, topMask = 0xff): number {
  const top = offset + length - 1
  let value = numberOfByte[(bytes[top] ?? absentByte) & topMask] ?? notBcd
  if (value === notBcd) return notBcd
  for (let index = top - 1; index >= offset; index--) {
    const pair = numberOfByte[bytes[index] ?? absentByte] ?? notBcd
    if (pair === notBcd) return notBcd
    value = value * hundred + pair
  }
  return value
}

/** Puts a number that fits as `length` bytes of BCD, lowest byte first. */
export function writeBcd(bytes: Uint8Array, offset: number, length: number, value: number): void {
  let rest = value
  for (let index = offset; index < offset + length; index++) {
    const above = Math.floor(rest / hundred)
    bytes[index] = byteOfNumber[rest - above * hundred] ?? 0
    rest = above
  }
}

/** Whether the item is filled with FFH or EEH, the customary ways to say "there is no such value". */
export function isAbsent(bytes: Uint8Array, offset: number, length: number): boolean {
  const byte = bytes[offset]
  if (byte !== absentByte && byte !== collectorAbsentByte) return false
  for (let index = offset + 1; index < offset + length; index++) if (bytes[index] !== byte) return false
  return true
}

export const fillAbsent = (bytes: Uint8Array, offset: number, length: number): void => {
  bytes.fill(absentByte, offset, offset + length)
}

/** A number in decimal digits, for addresses and passwords, whose leading zeros count; null when it is not BCD. */
export function readDigits(bytes: Uint8Array, offset: number, length: number): string | null {
  const value = readBcd(bytes, offset, length)
  return value === notBcd ? null : String(value).padStart(2 * length, '0')
}

/** @throws ProtocolError `out-of-range` unless `digits` are exactly two per byte. */
export function writeDigits(bytes: Uint8Array, offset: number, length: number, digits: string): void {
  if (digits.length !== 2 * length || !/^\d*$/.test(digits)) {
    throw new ProtocolError('out-of-range', `expected ${2 * length} decimal digits`)
  }
  writeBcd(bytes, offset, length, Number(digits))
}
