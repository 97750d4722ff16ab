import { ProtocolError } from '../error.ts'
import { fillAbsent, isAbsent, notBcd, readBcd, writeBcd } from './bcd.ts'
import type { Measured } from './format.ts'

/** What one number on the wire is; every format of numbers carries it. */
export type Numeric = Readonly<{ bytes: number; signed: boolean; scale: number; unit: string; base?: 'binary' }>

const signBit = 0x80
const belowSignBit = 0x7f

/** Neither an integer nor null, so it can never be confused with a measured value. */
export const invalidNumber = Number.NaN

/** The number at `offset`: a value, null for "not there", or `invalidNumber` when it is not BCD. */
export function readNumber(data: Uint8Array, offset: number, format: Numeric): Measured {
  const { bytes, signed, scale } = format
  if (format.base === 'binary') {
    const steps = readBinary(data, offset, bytes)
    return steps < stepsOf(format) ? steps * scale : null
  }
  if (isAbsent(data, offset, bytes)) return null
  const negative = signed && ((data[offset + bytes - 1] ?? 0) & signBit) !== 0
  const steps = readBcd(data, offset, bytes, negative ? belowSignBit : 0xff)
  if (steps === notBcd) return invalidNumber
  // Some meters send minus zero.
  return negative && steps !== 0 ? -steps * scale : steps * scale
}

/** Shows a value as the register does: digits below its last one are cut off, as a meter does, never rounded up. */
export function writeNumber(data: Uint8Array, offset: number, format: Numeric, value: Measured): void {
  const { bytes, signed, scale } = format
  if (value === null) return fillAbsent(data, offset, bytes)
  if (!Number.isSafeInteger(value)) throw new ProtocolError('out-of-range', `${value} is no integer of ${format.unit}`)
  const steps = scale === 1 ? Math.abs(value) : Math.floor(Math.abs(value) / scale)
  if (steps >= stepsOf(format) || (value < 0 && !signed)) {
    throw new ProtocolError('out-of-range', `${value} ${format.unit} does not fit the register`)
  }
  if (format.base === 'binary') return writeBinary(data, offset, bytes, steps)
  writeBcd(data, offset, bytes, steps)
  if (value < 0 && steps > 0) {
    const top = offset + bytes - 1
    data[top] = (data[top] ?? 0) | signBit
  }
}

const powersOfTen: readonly number[] = Object.freeze(Array.from({ length: 16 }, (_, exponent) => 10 ** exponent))

/** The first number of steps that does not fit. The sign takes the highest bit of the highest digit: 0 to 7 remain. */
export function stepsOf({ base, bytes, signed }: Numeric): number {
  // All bits set means "not there"; EEH in every place is a number like others, other than in BCD.
  if (base === 'binary') return 256 ** bytes - 1
  return (powersOfTen[2 * bytes - 1] ?? 0) * (signed ? 8 : 10)
}

export function readBinary(data: Uint8Array, offset: number, length: number): number {
  let value = 0
  for (let index = offset + length - 1; index >= offset; index--) value = value * 256 + (data[index] ?? 0)
  return value
}

export function writeBinary(data: Uint8Array, offset: number, length: number, value: number): void {
  let rest = value
  for (let index = offset; index < offset + length; index++) {
    data[index] = rest % 256
    rest = Math.floor(rest / 256)
  }
}
