import type { Decoded } from '../decoded.ts'
import { codecs, type Item } from './codec.ts'
import { type IdentifierName, identifiers, type ValueOf } from './identifiers.table.ts'

/** Every codec fits the values of its own identifiers; the compiler cannot follow that through a name known later. */
type AnyCodec = Readonly<{
  decode: (data: Uint8Array, item: Item) => Decoded<unknown>
  encode: (value: unknown, item: Item) => Uint8Array
  shortest: (item: Item) => number
}>
const codecOf = (item: Item): AnyCodec => codecs[item.codec] as AnyCodec

/**
 * The value in the data of a read reply.
 *
 * @example
 * decodeValue('forwardActiveEnergyTotal', fromHex('26 00 00 00')) // { ok: true, value: 260 }, in Wh
 */
export function decodeValue<N extends IdentifierName>(name: N, data: Uint8Array): Decoded<ValueOf<N>> {
  const item: Item = identifiers[name]
  return codecOf(item).decode(data, item) as Decoded<ValueOf<N>>
}

/**
 * The data of a read reply or a write. Digits below the last one of the register are cut off, as a meter does.
 *
 * @throws ProtocolError `out-of-range` or `wrong-length` when the value cannot stand there.
 * @example
 * toHex(encodeValue('voltageA', 220_500)) // '05 22', from mV
 */
export function encodeValue<N extends IdentifierName>(name: N, value: ValueOf<N>): Uint8Array {
  const item: Item = identifiers[name]
  return codecOf(item).encode(value, item)
}

/** Bytes of the shortest value of the identifier. */
export const shortestValueBytes = (name: IdentifierName): number => {
  const item: Item = identifiers[name]
  return codecOf(item).shortest(item)
}

const names = Object.keys(identifiers) as IdentifierName[]
const nameOfIdentifier: ReadonlyMap<number, IdentifierName> = new Map(names.map((name) => [identifiers[name].id, name]))

/**
 * The name of an identifier, or null when the table has none.
 *
 * @example
 * identifierName(0x00010000) // 'forwardActiveEnergyTotal'
 */
export const identifierName = (id: number): IdentifierName | null => nameOfIdentifier.get(id) ?? null
