import type { WorkItem } from '@xianfu/contract'

export type WorkFilter = Readonly<{ search: string; kind: string | null }>

export const everyItem: WorkFilter = Object.freeze({ search: '', kind: null })

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
export const detailText = (detail: WorkItem['detail']): string =>
  Object.entries(detail)
    .flatMap(([name, value]) =>
      typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
        ? [`${name} ${String(value)}`]
        : [],
    )
    .join(' · ')
