import { ProtocolError } from '../error.ts'

/** A byte that a meter sends in every place of an item which it does not have. */
const absentByte = 0xff

/** What `readBcd` returns when a nibble is no decimal digit. */
export const notBcd = -1

/**
 * The number in `length` bytes of BCD, lowest byte first, or `notBcd`. `topMask` is laid over the highest byte, so that
 * a sign bit can be taken off. Six bytes at most, which a double holds exactly.
 */
export function readBcd(bytes: Uint8Array, offset: number, length: number, topMask = 0xff): number {
  let value = 0
  let mask = topMask
  for (let index = offset + length - 1; index >= offset; index--) {
    const byte = (bytes[index] ?? absentByte) & mask
    mask = 0xff
    const high = byte >> 4
    const low = byte & 0x0f
    if (high > 9 || low > 9) return notBcd
    value = value * 100 + high * 10 + low
  }
  return value
}

/** Puts a number that fits as `length` bytes of BCD, lowest byte first. */
export function writeBcd(bytes: Uint8Array, offset: number, length: number, value: number): void {
  let rest = value
  for (let index = offset; index < offset + length; index++) {
    const pair = rest % 100
    bytes[index] = (Math.floor(pair / 10) << 4) | (pair % 10)
    rest = Math.floor(rest / 100)
  }
}

/** Whether the item is filled with FFH, the customary way to say "this meter does not have it". */
export function isAbsent(bytes: Uint8Array, offset: number, length: number): boolean {
  for (let index = offset; index < offset + length; index++) if (bytes[index] !== absentByte) return false
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
