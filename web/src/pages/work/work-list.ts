import type { WorkItem } from '@xianfu/contract'
import { listSearchOf, type ListSearch } from '../../parts/row-list/list-search.ts'

export type WorkFilter = Readonly<{ search: string; kind: string | null }>

export const filterItems = (items: readonly WorkItem[], filter: WorkFilter): readonly WorkItem[] => {
  const search = filter.search.trim().toLowerCase()
  return items.filter(
    (item) =>
      (filter.kind === null || item.kind === filter.kind) &&
      [item.meter?.place, item.account?.number, item.account?.customer, item.gateway, item.site, item.owner]
        .join('\n')
        .toLowerCase()
        .includes(search),
  )
}

/** The kinds that are there, to choose from. */
export const kindsIn = (items: readonly WorkItem[]): readonly string[] =>
  [...new Set(items.map(({ kind }) => kind))].sort()

/** Time left to the deadline, or by how much it is past: whole minutes, then hours, then days. */
export const timeLeft = (
  dueAt: number,
  now: number,
): Readonly<{ late: boolean; unit: 'minutes' | 'hours' | 'days'; count: number }> => {
  const late = now > dueAt
  const minutes = Math.floor(Math.abs(dueAt - now) / 60_000)
  if (minutes < 120) return { late, unit: 'minutes', count: minutes }
  const hours = Math.floor(minutes / 60)
  return hours < 48 ? { late, unit: 'hours', count: hours } : { late, unit: 'days', count: Math.floor(hours / 24) }
}

/** What of an item's detail is plain enough to be shown in a row: figures, codes and short texts. */
export const detailText = (
  detail: WorkItem['detail'],
  nameOf: (code: string) => string = (code) => code,
  /** Of a value that is a code. */
  wordOf: (code: string) => string = (code) => code,
): string =>
  Object.entries(detail)
    // Evidence is listed by itself.
    .filter(([name]) => name !== 'signs' && !(name === 'events' && 'signs' in detail))
    .flatMap(([name, value]) =>
      typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
        ? [`${nameOf(name)} ${name === 'what' ? wordOf(String(value)) : String(value)}`]
        : [],
    )
    .join(' · ')

export type Signs = Readonly<{
  /** How often there was a sign; the list holds the last of them. */
  total: number
  list: readonly Readonly<{ event: number; kind: string; phase: 'a' | 'b' | 'c' | null; at: number }>[]
}>

/** The evidence that an alarm of a meter's events keeps, the newest first; null for other items. */
export const signsIn = (detail: WorkItem['detail']): Signs | null => {
  if (!Array.isArray(detail.signs)) return null
  const list = (detail.signs as readonly unknown[]).filter((sign) => isSign(sign)).toReversed()
  return list.length === 0 ? null : { total: Math.max(Number(detail.events) || 0, list.length), list }
}

const isSign = (sign: unknown): sign is Signs['list'][number] => {
  if (typeof sign !== 'object' || sign === null) return false
  const { event, kind, phase, at } = sign as Readonly<Record<string, unknown>>
  return (
    typeof event === 'number' &&
    typeof kind === 'string' &&
    typeof at === 'number' &&
    (phase === null || phase === 'a' || phase === 'b' || phase === 'c')
  )
}

/** `state` is `closed` or nothing. */
export const workSearchOf = listSearchOf('state', 'kind')

export const selectItems = (
  items: readonly WorkItem[],
  { q = '', kind }: ListSearch<'state' | 'kind'>,
): readonly WorkItem[] => filterItems(items, { search: q, kind: kind ?? null })
