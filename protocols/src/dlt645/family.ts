import type { Axis, Label } from './axis.ts'
import { type Format, list } from './format.ts'
import { type Item, itemOf, type Row } from './item.ts'

/**
 * Many identifiers of one pattern, told once: `base` with the bytes of the axes at zero, and the format of one value.
 * The names of its members are the family's name with the suffixes of the axes behind it.
 */
export type Family = Readonly<{
  base: number
  axes: readonly Axis[]
  format: Format
  zh: string
  access: Row['access']
  clause: string
}>

const shiftOf = (axis: Axis): number => 8 * axis.byte

/** The bytes of an identifier that the axes leave alone. */
export const maskOf = ({ axes }: Family): number =>
  axes.reduce((mask, axis) => (mask & ~(0xff << shiftOf(axis))) >>> 0, 0xffff_ffff)

/** The member with this identifier, whose fixed bytes are known to be those of the family; null when there is none. */
export function memberById(name: string, family: Family, id: number): Item | null {
  const labels: Label[] = []
  for (const axis of family.axes) {
    const code = (id >>> shiftOf(axis)) & 0xff
    const label = axis.labels.find((one) => one.code === code)
    if (label === undefined) return null
    labels.push(label)
  }
  return member(name, family, labels)
}

/** The member with these suffixes, in the order of the axes; null when there is none. */
export function memberByName(name: string, family: Family, suffixes: string): Item | null {
  const labels = labelsIn(family.axes, suffixes)
  return labels === null ? null : member(name, family, labels)
}

function labelsIn([axis, ...others]: readonly Axis[], suffixes: string): readonly Label[] | null {
  if (axis === undefined) return suffixes === '' ? [] : null
  for (const label of axis.labels) {
    if (!suffixes.startsWith(label.suffix)) continue
    const behind = labelsIn(others, suffixes.slice(label.suffix.length))
    if (behind !== null) return [label, ...behind]
  }
  return null
}

function member(name: string, family: Family, labels: readonly Label[]): Item {
  const { axes, base, zh, access, clause } = family
  const id = labels.reduce((sum, label, index) => {
    const axis = axes[index]
    return axis === undefined ? sum : (sum | (label.code << shiftOf(axis))) >>> 0
  }, base)
  const fullName = name + labels.map((label) => label.suffix).join('')
  const fullZh = zh + labels.map((label) => label.zh).join('')
  return itemOf(fullName, { id, ...blockFormat(family.format, labels), zh: fullZh, access, clause })
}

/** A block of blocks has no structure that sources agree on: it is told as a list of single values as they come. */
function blockFormat(format: Format, labels: readonly Label[]): Format {
  const blocks = labels.filter((label) => label.block !== undefined)
  const [only] = blocks
  if (blocks.length > 1) return list(format, 1, 0xff * 0xff)
  return only?.block === undefined ? format : only.block(format)
}

/** Every member, for tests and lists. */
export function* membersOf(name: string, family: Family): Generator<Item> {
  const walk = function* (depth: number, labels: readonly Label[]): Generator<Item> {
    const axis = family.axes[depth]
    if (axis === undefined) yield member(name, family, labels)
    else for (const label of axis.labels) yield* walk(depth + 1, [...labels, label])
  }
  yield* walk(0, [])
}
