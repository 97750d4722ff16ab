import type { Decoded } from '../decoded.ts'
import { decodeFormat, encodeFormat } from './codec.ts'
import { type IdentifierName, identifiers, type ValueOf } from './identifiers.table.ts'

/**
 * The value in the data of a read reply.
 *
 * @example
 * decodeValue('forwardActiveEnergyTotal', fromHex('26 00 00 00')) // { ok: true, value: 260 }, in Wh
 */
export function decodeValue<N extends IdentifierName>(name: N, data: Uint8Array): Decoded<ValueOf<N>> {
  return decodeFormat(identifiers[name], data) as Decoded<ValueOf<N>>
}

/**
 * The data of a read reply or a write. Digits below the last one of the register are cut off, as a meter does.
 *
 * @throws ProtocolError `out-of-range` or `wrong-length` when the value cannot stand there.
 * @example
 * toHex(encodeValue('voltageA', 220_500)) // '05 22', from mV
 */
export function encodeValue<N extends IdentifierName>(name: N, value: ValueOf<N>): Uint8Array {
  return encodeFormat(identifiers[name], value)
}

const names = Object.keys(identifiers) as IdentifierName[]
const nameOfIdentifier: ReadonlyMap<number, IdentifierName> = new Map(names.map((name) => [identifiers[name].id, name]))

/**
 * The name of an identifier that has a line of its own, or null. Members of families have names as well, which a
 * dictionary knows.
 *
 * @example
 * identifierName(0x00010000) // 'forwardActiveEnergyTotal'
 */
export const identifierName = (id: number): IdentifierName | null => nameOfIdentifier.get(id) ?? null
