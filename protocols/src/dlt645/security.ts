import { decoded, type Decoded, refused } from '../decoded.ts'
import { decodeFormat, encodeFormat } from './codec.ts'
import { identifierText } from './data-identifier.ts'
import type { ValueOfFormat } from './format.ts'
import { type SecurityRow, securityRows } from './tables/security.table.ts'

/** The commands of function 03H, by name. */
export const securityCommands = Object.freeze(securityRows)
export type SecurityName = keyof typeof securityCommands

/** What a command carries behind the operator's code, and what its reply carries behind the identifier. */
export type SecurityRequestOf<N extends SecurityName> = ValueOfFormat<(typeof securityCommands)[N]['request']>
export type SecurityReplyOf<N extends SecurityName> = ValueOfFormat<(typeof securityCommands)[N]['reply']>

const names = Object.keys(securityCommands) as SecurityName[]
const nameOfIdentifier: ReadonlyMap<number, SecurityName> = new Map(
  names.map((name) => [securityCommands[name].id, name]),
)

/** The name of a security command, or null when the table has none. */
export const securityName = (identifier: number): SecurityName | null => nameOfIdentifier.get(identifier) ?? null

/** The line of a security command, or null. */
export function securityCommand(identifier: number): SecurityRow | null {
  const name = securityName(identifier)
  return name === null ? null : securityCommands[name]
}

/**
 * The `data` of a security request.
 *
 * @throws ProtocolError when a part cannot stand there.
 * @example
 * encodeSecurityRequest('setAuthenticationTime', { minutes: 30, mac: fromHex('01 02 03 04') })
 */
export const encodeSecurityRequest = <N extends SecurityName>(name: N, value: SecurityRequestOf<N>): Uint8Array =>
  encodeFormat(securityCommands[name].request, value)

export const decodeSecurityRequest = <N extends SecurityName>(
  name: N,
  data: Uint8Array,
): Decoded<SecurityRequestOf<N>> => decodeFormat(securityCommands[name].request, data) as Decoded<SecurityRequestOf<N>>

/** The `data` of a security reply. */
export const encodeSecurityReply = <N extends SecurityName>(name: N, value: SecurityReplyOf<N>): Uint8Array =>
  encodeFormat(securityCommands[name].reply, value)

/**
 * @example
 * decodeSecurityReply('queryStatus', data) // { ok: true, value: { balance: 10000, purchaseCount: 2, … } }, in fen
 */
export const decodeSecurityReply = <N extends SecurityName>(name: N, data: Uint8Array): Decoded<SecurityReplyOf<N>> =>
  decodeFormat(securityCommands[name].reply, data) as Decoded<SecurityReplyOf<N>>

/** What a security message carries, by its identifier. */
export function decodeSecurity(direction: 'request' | 'reply', identifier: number, data: Uint8Array): Decoded<unknown> {
  const command = securityCommand(identifier)
  if (command === null) return refused('unknown-identifier', `${identifierText(identifier)} is no security command`)
  const value = decodeFormat(command[direction], data)
  return value.ok ? decoded(value.value) : value
}
