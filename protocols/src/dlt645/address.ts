import { ProtocolError } from '../error.ts'
import { byteToHex } from '../hex.ts'

/** Bytes of an address on the wire; two digits each, lowest digits first. */
export const addressBytes = 6

/** Every meter on the line listens, none answers. */
export const broadcastAddress = '999999999999'

/** "Whoever is there": only sensible with a single meter on the line. */
export const wildcardAddress = 'AAAAAAAAAAAA'

const wildcardByte = 0xaa

/**
 * The three forms that exist: twelve digits; wildcard bytes above some low digits (an abbreviated address, for reading
 * only); wildcard bytes alone.
 */
const addressForm = /^(?:AA)*(?:\d\d)*$/

/** Whether the text is an address that can stand in a frame, wildcards included. */
export const isAddress = (text: string): boolean => text.length === 2 * addressBytes && addressForm.test(text)

/** Whether the address names exactly one meter: no wildcard, no broadcast. */
export const isMeterAddress = (text: string): boolean => /^\d{12}$/.test(text) && text !== broadcastAddress

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

/** The address at `offset`, or null when the six bytes are none. */
export function readAddress(bytes: Uint8Array, offset: number): string | null {
  if (!hasAddress(bytes, offset)) return null
  let text = ''
  for (let index = offset; index < offset + addressBytes; index++) text = byteToHex(bytes[index] ?? 0) + text
  return text
}

/** @throws ProtocolError `bad-address` when the text is no address. */
export function writeAddress(bytes: Uint8Array, offset: number, address: string): void {
  if (!isAddress(address)) throw new ProtocolError('bad-address', 'expected 12 digits, or A in the leading places')
  for (let index = 0; index < addressBytes; index++) {
    const end = address.length - 2 * index
    bytes[offset + index] = Number.parseInt(address.slice(end - 2, end), 16)
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
