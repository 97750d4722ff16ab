import { ProtocolError } from '../error.ts'
import { byteToHex } from '../hex.ts'

/** Bytes of an address on the wire; two digits each, lowest digits first. */
export const addressBytes = 6
const addressDigits = 2 * addressBytes

/** Every meter on the line listens, none answers. */
export const broadcastAddress = '999999999999'

/** "Whoever is there": only sensible with a single meter on the line. */
export const wildcardAddress = 'AAAAAAAAAAAA'

const wildcardByte = 0xaa
const zero = 0x30
const nine = 0x39
const letterA = 0x41

/** The byte that two characters mean: a pair of digits, or AA; -1 for others. */
function pairAt(text: string, index: number): number {
  const [high, low] = [text.charCodeAt(index), text.charCodeAt(index + 1)]
  if (high >= zero && high <= nine && low >= zero && low <= nine) return ((high - zero) << 4) | (low - zero)
  return high === letterA && low === letterA ? wildcardByte : -1
}

/**
 * Whether the text is an address that can stand in a frame. There are three forms: twelve digits; wildcard bytes above
 * some low digits (an abbreviated address, for reading only); wildcard bytes alone.
 */
export function isAddress(text: string): boolean {
  if (text.length !== addressDigits) return false
  let digits = false
  for (let index = 0; index < addressDigits; index += 2) {
    const byte = pairAt(text, index)
    if (byte < 0 || (byte === wildcardByte && digits)) return false
    if (byte !== wildcardByte) digits = true
  }
  return true
}

/** Whether the address names exactly one meter: no wildcard, no broadcast. */
export function isMeterAddress(text: string): boolean {
  if (text.length !== addressDigits || text === broadcastAddress) return false
  for (let index = 0; index < addressDigits; index++) {
    const code = text.charCodeAt(index)
    if (code < zero || code > nine) return false
  }
  return true
}

/** Whether six bytes at `offset` are an address; for readers that must tell before they build a text. */
export function hasAddress(bytes: Uint8Array, offset: number): boolean {
  let wildcards = false
  for (let index = offset; index < offset + addressBytes; index++) {
    const byte = bytes[index] ?? 0xff
    if (byte === wildcardByte) wildcards = true
    else if (wildcards || byte >> 4 > 9 || (byte & 0x0f) > 9) return false
  }
  return true
}

/**
 * The same meters answer all day, and making a text of twelve digits costs more than all else in a frame: the texts of
 * the addresses seen last are kept, each in the one place that its bytes lead to.
 */
const places = 4096
const lowOfPlace = new Int32Array(places).fill(-1)
const highOfPlace = new Int32Array(places).fill(-1)
const textOfPlace: string[] = Array.from({ length: places }, () => '')
const spread = 0x9e3779b1
const placeShift = 20

/** The address at `offset`, or null when the six bytes are none. */
export function readAddress(bytes: Uint8Array, offset: number): string | null {
  const low = (bytes[offset] ?? 0) | ((bytes[offset + 1] ?? 0) << 8) | ((bytes[offset + 2] ?? 0) << 16)
  const high = (bytes[offset + 3] ?? 0) | ((bytes[offset + 4] ?? 0) << 8) | ((bytes[offset + 5] ?? 0) << 16)
  const place = Math.imul(low ^ Math.imul(high, spread), spread) >>> placeShift
  if (lowOfPlace[place] === low && highOfPlace[place] === high) return textOfPlace[place] ?? null
  if (!hasAddress(bytes, offset)) return null
  const text =
    hexDigits(high, 16) +
    hexDigits(high, 8) +
    hexDigits(high, 0) +
    hexDigits(low, 16) +
    hexDigits(low, 8) +
    hexDigits(low, 0)
  lowOfPlace[place] = low
  highOfPlace[place] = high
  textOfPlace[place] = text
  return text
}

const hexDigits = (three: number, shift: number): string => byteToHex(three >>> shift)

/** @throws ProtocolError `bad-address` when the text is no address. */
export function writeAddress(bytes: Uint8Array, offset: number, address: string): void {
  if (!isAddress(address)) throw new ProtocolError('bad-address', 'expected 12 digits, or A in the leading places')
  for (let index = 0; index < addressBytes; index++) {
    bytes[offset + index] = pairAt(address, addressDigits - 2 - 2 * index)
  }
}

/**
 * Whether a meter with the full `address` is meant by `pattern`: its own address, an abbreviated one or the wildcard.
 * A broadcast is not a pattern: what it asks for differs, and nobody may answer it.
 *
 * @example
 * addressMatches('AAAAAAAA0161', '000000000161') // true
 */
export function addressMatches(pattern: string, address: string): boolean {
  if (pattern === address) return true
  const digits = pattern.replace(/^(?:AA)+/, '')
  return digits.length < pattern.length && address.endsWith(digits)
}
