/** Bytes as DL/T 645-2007 lays out its data: lowest byte first, two decimal digits in each. */

const pair = (value: number): number => ((Math.floor(value / 10) % 10) << 4) | (value % 10)
const signBit = 0x80

/** Steps of the last digit as BCD; a minus takes the highest bit. What does not fit rolls over, as a register does. */
export const bcd = (steps: number, bytes: number): Uint8Array => {
  const data = new Uint8Array(bytes)
  writeBcd(data, 0, steps, bytes)
  return data
}

export const writeBcd = (data: Uint8Array, offset: number, steps: number, bytes: number): void => {
  let rest = Math.floor(Math.abs(steps))
  for (let index = 0; index < bytes; index += 1) {
    data[offset + index] = pair(rest % 100)
    rest = Math.floor(rest / 100)
  }
  if (steps < 0) data[offset + bytes - 1] = (data[offset + bytes - 1] ?? 0) | signBit
}

/** Null when a digit is none. */
export const readBcd = (data: Uint8Array, offset: number, bytes: number): number | null => {
  let value = 0
  for (let index = offset + bytes - 1; index >= offset; index -= 1) {
    const byte = data[index] ?? 0xff
    if (byte >> 4 > 9 || (byte & 0x0f) > 9) return null
    value = value * 100 + (byte >> 4) * 10 + (byte & 0x0f)
  }
  return value
}

/** Digits whose leading zeros count, such as addresses; null when one is none. */
export const readDigits = (data: Uint8Array, offset: number, bytes: number): string | null => {
  const value = readBcd(data, offset, bytes)
  return value === null ? null : String(value).padStart(2 * bytes, '0')
}

export const binary = (value: number, bytes: number): Uint8Array => {
  const data = new Uint8Array(bytes)
  let rest = value
  for (let index = 0; index < bytes; index += 1) {
    data[index] = rest % 256
    rest = Math.floor(rest / 256)
  }
  return data
}

export const readBinary = (data: Uint8Array, offset: number, bytes: number): number => {
  let value = 0
  for (let index = offset + bytes - 1; index >= offset; index -= 1) value = value * 256 + (data[index] ?? 0)
  return value
}

export const joined = (...parts: readonly Uint8Array[]): Uint8Array => {
  const data = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0))
  let offset = 0
  for (const part of parts) {
    data.set(part, offset)
    offset += part.length
  }
  return data
}

/** Characters, the last one first (1.6 of the standard); filled with spaces. */
export const ascii = (text: string, bytes: number): Uint8Array =>
  Uint8Array.from(text.padEnd(bytes).slice(0, bytes), (letter) => letter.codePointAt(0) ?? 0).reverse()

export const nothing: Uint8Array = new Uint8Array(0)
