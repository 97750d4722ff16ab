import { ProtocolError } from '../error.ts'

/** DI0 DI1 DI2 DI3: lowest byte first, so that `0x00010000` is sent 00 00 01 00. */
export const identifierBytes = 4
const mostIdentifier = 0xffff_ffff

export const readIdentifier = (bytes: Uint8Array): number =>
  (((bytes[3] ?? 0) << 24) | ((bytes[2] ?? 0) << 16) | ((bytes[1] ?? 0) << 8) | (bytes[0] ?? 0)) >>> 0

/** @throws ProtocolError `out-of-range` when the number does not fit four bytes. */
export function writeIdentifier(bytes: Uint8Array, identifier: number): void {
  if (!Number.isInteger(identifier) || identifier < 0 || identifier > mostIdentifier) {
    throw new ProtocolError('out-of-range', 'a data identifier has four bytes')
  }
  for (let index = 0; index < identifierBytes; index++) bytes[index] = identifier >>> (8 * index)
}

/** An identifier as the standard writes it, DI3 first: `00010000`. */
export const identifierText = (identifier: number): string => identifier.toString(16).toUpperCase().padStart(8, '0')
