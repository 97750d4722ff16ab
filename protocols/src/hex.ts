import { ProtocolError } from './error.ts'

const hexOfByte: readonly string[] = Array.from({ length: 256 }, (_, byte) =>
  byte.toString(16).toUpperCase().padStart(2, '0'),
)

/** One byte as two upper-case hexadecimal digits. */
export const byteToHex = (byte: number): string => hexOfByte[byte & 0xff] ?? ''

/**
 * Bytes as people write them in logs: `FE FE 68 …`.
 *
 * @example
 * toHex(Uint8Array.of(0xfe, 0x68)) // 'FE 68'
 */
export function toHex(bytes: Uint8Array): string {
  let text = ''
  for (const byte of bytes) text += text === '' ? byteToHex(byte) : ` ${byteToHex(byte)}`
  return text
}

/**
 * The bytes of a text of hexadecimal digits; blanks may stand anywhere between bytes.
 *
 * @throws ProtocolError `bad-hex` on any other character, on half a byte, or on a blank inside a byte.
 * @example
 * fromHex('FE 68') // Uint8Array.of(0xfe, 0x68)
 */
export function fromHex(text: string): Uint8Array {
  if (!/^\s*(?:[0-9a-fA-F]{2}\s*)*$/.test(text))
    throw new ProtocolError('bad-hex', 'expected pairs of hexadecimal digits')
  const digits = text.replaceAll(/\s/g, '')
  const bytes = new Uint8Array(digits.length / 2)
  for (let index = 0; index < bytes.length; index++) {
    bytes[index] = Number.parseInt(digits.slice(2 * index, 2 * index + 2), 16)
  }
  return bytes
}
