import { decoded, type Decoded, refused } from '../decoded.ts'
import { ProtocolError } from '../error.ts'
import { decodeFormat, encodeFormat } from './codec.ts'
import { identifierText } from './data-identifier.ts'
import { type Family, maskOf, memberById, memberByName } from './family.ts'
import { families as standardFamilies, identifiers as standardIdentifiers } from './identifiers.table.ts'
import { type Item, itemOf, type Row } from './item.ts'
import type { MeterProfile } from './profile.ts'
import { type Field, fieldsOf } from './fields.ts'
import { standardProfile } from './tables/profiles.table.ts'

/**
 * All data identifiers as one model of meters means them. Nothing in it throws on what comes from the field; an
 * identifier without a line is answered by null or by a refusal `unknown-identifier`.
 */
export type Dictionary = Readonly<{
  /** The name of the profile. */
  profile: string
  byId(id: number): Item | null
  byName(name: string): Item | null
  /** The value of an item, strictly: all of it or a refusal. */
  decode(id: number, data: Uint8Array): Decoded<unknown>
  /** @throws ProtocolError `out-of-range` when the identifier has no line, or what the value is refused with. */
  encode(id: number, value: unknown): Uint8Array
  /** The values in the data with name, unit and quality, whatever there is of them. */
  fields(id: number, data: Uint8Array): Decoded<readonly Field[]>
}>

/** Members of families are made when they are asked for; so many are kept. */
const mostKept = 4096

/**
 * The dictionary of a profile; without one, of the standard.
 *
 * @example
 * createDictionary().byId(0x00010203)?.name // 'forwardActiveEnergyRate2Settlement3'
 */
export function createDictionary(profile: MeterProfile = standardProfile): Dictionary {
  const layers = [
    { rows: profile.identifiers ?? {}, families: profile.families ?? {} },
    { rows: standardIdentifiers, families: standardFamilies },
  ].map(layerOf)
  const byId = keeping((id: number) => first(layers, (layer) => layer.byId(id)))
  const byName = keeping((name: string) => {
    const found = first(layers, (layer) => layer.byName(name))
    // What the profile means by the number of a standard name is not what that name says.
    return found !== null && byId(found.id)?.name === name ? found : null
  })
  return Object.freeze({
    profile: profile.name,
    byId,
    byName,
    decode(id: number, data: Uint8Array): Decoded<unknown> {
      const item = byId(id)
      return item === null ? unknown(id) : decodeFormat(item, data)
    },
    encode(id: number, value: unknown): Uint8Array {
      const item = byId(id)
      if (item === null) throw new ProtocolError('out-of-range', unknown(id).detail)
      return encodeFormat(item, value)
    },
    fields(id: number, data: Uint8Array): Decoded<readonly Field[]> {
      const item = byId(id)
      return item === null ? unknown(id) : decoded(fieldsOf(item, data))
    },
  })
}

const unknown = (id: number) => refused('unknown-identifier', `${identifierText(id)} is in no table`)

type Layer = Readonly<{ byId: (id: number) => Item | null; byName: (name: string) => Item | null }>
type Named = readonly [name: string, family: Family]

function layerOf(tables: { rows: Readonly<Record<string, Row>>; families: Readonly<Record<string, Family>> }): Layer {
  const items = Object.entries(tables.rows).map(([name, row]) => itemOf(name, row))
  const itemById = new Map(items.map((item) => [item.id, item]))
  const itemByName = new Map(items.map((item) => [item.name, item]))
  /** By the bytes that are fixed, and the value of these: the families an identifier can belong to. */
  const byMask = new Map<number, Map<number, Named[]>>()
  for (const [name, family] of Object.entries(tables.families)) {
    const mask = maskOf(family)
    const ofMask = byMask.get(mask) ?? new Map<number, Named[]>()
    byMask.set(mask, ofMask)
    const base = (family.base & mask) >>> 0
    ofMask.set(base, [...(ofMask.get(base) ?? []), [name, family]])
  }
  const named = Object.entries(tables.families)
  return {
    byId(id) {
      const item = itemById.get(id)
      if (item !== undefined) return item
      for (const [mask, ofMask] of byMask) {
        const found = first(ofMask.get((id & mask) >>> 0) ?? [], ([name, family]) => memberById(name, family, id))
        if (found !== null) return found
      }
      return null
    },
    byName(name) {
      const item = itemByName.get(name)
      if (item !== undefined) return item
      return first(named, ([start, family]) =>
        name.startsWith(start) ? memberByName(start, family, name.slice(start.length)) : null,
      )
    },
  }
}

function first<T, R>(things: readonly T[], find: (thing: T) => R | null): R | null {
  for (const thing of things) {
    const found = find(thing)
    if (found !== null) return found
  }
  return null
}

/** Remembers answers, and forgets them all when there are too many: what the field asks is a small and steady set. */
function keeping<K, R>(find: (key: K) => R): (key: K) => R {
  const kept = new Map<K, R>()
  return (key) => {
    const known = kept.get(key)
    if (known !== undefined) return known
    const found = find(key)
    if (kept.size >= mostKept) kept.clear()
    kept.set(key, found)
    return found
  }
}

/** The standard as the tables have it, State Grid extension included. */
export const standardDictionary: Dictionary = createDictionary()
