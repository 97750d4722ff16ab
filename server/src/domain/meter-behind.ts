/** Which meter is behind which (总表, 分表), and since when. A sub-meter has one master at a time. */
export type Behind = Readonly<{ id: number; subId: number; masterId: number; from: number; to: number | null }>

export type BehindRefusal =
  | 'unknown-meter'
  | 'ambiguous-meter'
  | 'same-meter'
  | 'other-site'
  | 'behind-itself'
  | 'not-later'
  | 'not-behind'
  | 'in-the-future'

/**
 * Why a meter may not be put behind another from an instant on. `of` are the sub-meter's relations; `chain` the masters
 * above the wanted one, itself included, as they are from that instant on.
 */
export const objectionToPlace = (
  of: readonly Behind[],
  { subId, masterId, from }: Pick<Behind, 'subId' | 'masterId' | 'from'>,
  chain: readonly number[],
): BehindRefusal | null => {
  if (subId === masterId) return 'same-meter'
  if (chain.includes(subId)) return 'behind-itself'
  return of.some((one) => (one.to ?? one.from + 1) > from) ? 'not-later' : null
}

/** The part of a span in which a relation held; null when it did not. */
export const partWithin = (
  { from, to }: Pick<Behind, 'from' | 'to'>,
  span: Readonly<{ from: number; to: number }>,
): Readonly<{ from: number; to: number }> | null => {
  const part = { from: Math.max(from, span.from), to: Math.min(to ?? Infinity, span.to) }
  return part.from < part.to ? part : null
}

type Named = Readonly<{ address: string; behind?: string }>

/** What is wrong with the masters that a list of meters names among itself; by address. */
export const problemsOfBehind = (meters: readonly Named[]): readonly Readonly<{ address: string; words: string }>[] => {
  const masterOf = new Map(meters.map(({ address, behind }) => [address, behind]))
  return meters.flatMap(({ address, behind }) => {
    if (behind === undefined) return []
    const times = meters.filter((other) => other.address === behind).length
    if (times !== 1)
      return [{ address, words: times === 0 ? `there is no meter ${behind}` : `${behind} stands there twice` }]
    const above = new Set<string>()
    for (let next: string | undefined = behind; next !== undefined && !above.has(next); next = masterOf.get(next))
      above.add(next)
    return above.has(address) ? [{ address, words: 'is behind itself' }] : []
  })
}
