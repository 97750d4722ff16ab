import { decoded, refused, type Decoded } from '../decoded.ts'
import { ProtocolError } from '../error.ts'
import { byteToHex } from '../hex.ts'
import { notBcd, readBcd, readDigits, writeBcd, writeDigits } from './bcd.ts'

/**
 * What a meter wants to see before it obeys: `level` (0 to 99, the smaller the mightier; 98 and 99 belong to meters with
 * a security chip), a `password` of 6 digits and the `operator` whom the meter writes into its event record,
 * 8 hexadecimal digits.
 */
export type Credentials = Readonly<{ level: number; password: string; operator: string }>

/** PA P0 P1 P2 C0 C1 C2 C3. */
export const credentialsBytes = 8
const passwordBytes = 3
const operatorOffset = 1 + passwordBytes
const operatorBytes = 4

/** Eight bytes at `offset`. */
export function readCredentials(bytes: Uint8Array, offset: number): Decoded<Credentials> {
  const level = readBcd(bytes, offset, 1)
  const password = readDigits(bytes, offset + 1, passwordBytes)
  if (level === notBcd || password === null) return refused('not-bcd', 'level or password is not BCD')
  let operator = ''
  for (let index = operatorBytes - 1; index >= 0; index--) {
    operator += byteToHex(bytes[offset + operatorOffset + index] ?? 0)
  }
  return decoded({ level, password, operator })
}

/** @throws ProtocolError `bad-credentials`; the message never contains the password. */
export function writeCredentials(bytes: Uint8Array, offset: number, credentials: Credentials): void {
  const { level, password, operator } = credentials
  if (!Number.isInteger(level) || level < 0 || level > 99) {
    throw new ProtocolError('bad-credentials', 'the level is an integer from 0 to 99')
  }
  if (!/^\d{6}$/.test(password)) throw new ProtocolError('bad-credentials', 'the password has 6 decimal digits')
  if (!/^[0-9a-fA-F]{8}$/.test(operator)) {
    throw new ProtocolError('bad-credentials', 'the operator has 8 hexadecimal digits')
  }
  writeBcd(bytes, offset, 1, level)
  writeDigits(bytes, offset + 1, passwordBytes, password)
  const code = Number.parseInt(operator, 16)
  for (let index = 0; index < operatorBytes; index++) bytes[offset + operatorOffset + index] = code >>> (8 * index)
}
