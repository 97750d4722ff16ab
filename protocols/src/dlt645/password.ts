import { decoded, type Decoded, refused } from '../decoded.ts'
import { ProtocolError } from '../error.ts'
import { notBcd, readBcd, readDigits, writeBcd, writeDigits } from './bcd.ts'

/** A password with its level: 0 to 9 for the plain ones, the smaller the mightier. */
export type Password = Readonly<{ level: number; password: string }>

/** PA P0 P1 P2. */
export const passwordBytes = 4

export function readPassword(data: Uint8Array, offset: number): Decoded<Password> {
  const level = readBcd(data, offset, 1)
  const password = readDigits(data, offset + 1, passwordBytes - 1)
  return level === notBcd || password === null
    ? refused('not-bcd', 'level or password is not BCD')
    : decoded({ level, password })
}

/** @throws ProtocolError `bad-credentials`; the message never contains the password. */
export function writePassword(data: Uint8Array, offset: number, { level, password }: Password): void {
  if (!Number.isInteger(level) || level < 0 || level > 99 || !/^\d{6}$/.test(password)) {
    throw new ProtocolError('bad-credentials', 'a password has a level from 0 to 99 and 6 decimal digits')
  }
  writeBcd(data, offset, 1, level)
  writeDigits(data, offset + 1, passwordBytes - 1, password)
}
