import { decoded, refused, type Decoded } from '../decoded.ts'
import { ProtocolError } from '../error.ts'
import { byteToHex } from '../hex.ts'
import { notBcd, readBcd, readDigits, writeBcd } from './bcd.ts'

/**
 * What a meter wants to see before it obeys: `level` (0 to 99, the smaller the mightier; 98 and 99 belong to meters
 * with a security chip), a `password` of 6 digits and the `operator` whom the meter writes into its event record, 8
 * hexadecimal digits. At levels 98 and 99 the password is no secret and may be any 6 hexadecimal digits.
 */
export type Credentials = Readonly<{ level: number; password: string; operator: string }>

/** PA P0 P1 P2 C0 C1 C2 C3. */
export const credentialsBytes = 8
const passwordBytes = 3
const operatorOffset = 1 + passwordBytes
export const operatorBytes = 4
/** From this level on, what follows is ciphered or authenticated, and the password means nothing. */
const cipheredLevel = 98

/** Eight bytes at `offset`. */
export function readCredentials(bytes: Uint8Array, offset: number): Decoded<Credentials> {
  const level = readBcd(bytes, offset, 1)
  const password =
    level < cipheredLevel ? readDigits(bytes, offset + 1, passwordBytes) : readHex(bytes, offset + 1, passwordBytes)
  if (level === notBcd || password === null) return refused('not-bcd', 'level or password is not BCD')
  return decoded({ level, password, operator: readOperator(bytes, offset + operatorOffset) })
}

/** @throws ProtocolError `bad-credentials`; the message never contains the password. */
export function writeCredentials(bytes: Uint8Array, offset: number, credentials: Credentials): void {
  const { level, password, operator } = credentials
  if (!Number.isInteger(level) || level < 0 || level > 99) {
    throw new ProtocolError('bad-credentials', 'the level is an integer from 0 to 99')
  }
  if (!(level < cipheredLevel ? /^\d{6}$/ : /^[0-9a-fA-F]{6}$/).test(password)) {
    throw new ProtocolError('bad-credentials', 'the password has 6 decimal digits')
  }
  writeBcd(bytes, offset, 1, level)
  writeHex(bytes, offset + 1, passwordBytes, password)
  writeOperator(bytes, offset + operatorOffset, operator)
}

/** The operator's code, highest digits first. */
export const readOperator = (bytes: Uint8Array, offset: number): string => readHex(bytes, offset, operatorBytes)

/** @throws ProtocolError `bad-credentials`. */
export function writeOperator(bytes: Uint8Array, offset: number, operator: string): void {
  if (!/^[0-9a-fA-F]{8}$/.test(operator)) {
    throw new ProtocolError('bad-credentials', 'the operator has 8 hexadecimal digits')
  }
  writeHex(bytes, offset, operatorBytes, operator)
}

function readHex(bytes: Uint8Array, offset: number, length: number): string {
  let text = ''
  for (let index = length - 1; index >= 0; index--) text += byteToHex(bytes[offset + index] ?? 0)
  return text
}

function writeHex(bytes: Uint8Array, offset: number, length: number, text: string): void {
  const number = Number.parseInt(text, 16)
  for (let index = 0; index < length; index++) bytes[offset + index] = number >>> (8 * index)
}
