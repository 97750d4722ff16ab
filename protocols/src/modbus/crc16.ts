/** The CRC of Modbus RTU: polynomial 8005H, bits reversed, beginning with FFFFH. On the wire its low byte goes first. */
export const crcBytes = 2

const polynomialReversed = 0xa001

const table = Uint16Array.from({ length: 256 }, (_, byte) => {
  let crc = byte
  for (let bit = 0; bit < 8; bit++) crc = (crc & 1) === 0 ? crc >> 1 : (crc >> 1) ^ polynomialReversed
  return crc
})

/**
 * The CRC of the bytes from `begin` up to, without, `end`.
 *
 * @example
 * crc16(fromHex('02 07')) // 0x1241, sent as 41 12
 */
export function crc16(bytes: Uint8Array, begin = 0, end = bytes.length): number {
  let crc = 0xffff
  for (let index = begin; index < end; index++) crc = (crc >> 8) ^ (table[(crc ^ (bytes[index] ?? 0)) & 0xff] ?? 0)
  return crc
}

/** Whether the last two of these bytes are the CRC of those before. */
export const hasValidCrc = (bytes: Uint8Array, begin = 0, end = bytes.length): boolean => {
  const crc = crc16(bytes, begin, end - crcBytes)
  return bytes[end - 2] === (crc & 0xff) && bytes[end - 1] === crc >> 8
}
