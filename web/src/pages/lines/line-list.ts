import type { LineRow } from '@xianfu/contract'
import { listSearchOf, oneOf, type ListSearch } from '../../parts/row-list/list-search.ts'

export type LineFilter = Readonly<{ search: string; state: LineRow['health']['state'] | null }>

const urgency = { down: 0, impaired: 1, unknown: 2, good: 3 } as const

/** Those that need somebody first; a line at rest is nobody's trouble. */
export const sortLines = (lines: readonly LineRow[]): readonly LineRow[] =>
  lines.toSorted((a, b) => rankOf(a) - rankOf(b) || a.gateway.code.localeCompare(b.gateway.code))

const rankOf = ({ pausedUntil, health, airtime }: LineRow): number => {
  if (pausedUntil !== null) return urgency.good
  return airtime?.verdict === 'fails' ? Math.min(urgency.impaired, urgency[health.state]) : urgency[health.state]
}

export const filterLines = (lines: readonly LineRow[], { search, state }: LineFilter): readonly LineRow[] => {
  const wanted = search.trim().toLowerCase()
  return lines.filter(
    ({ gateway, site, health }) =>
      (state === null || health.state === state) && `${gateway.code}\n${site.name}`.toLowerCase().includes(wanted),
  )
}

/** `12.3 %`; null: nothing is known. */
export const percent = (share: number | null): string => (share === null ? '—' : `${(share * 100).toFixed(1)} %`)

export const answeredShare = ({ measured: { asked, answered } }: LineRow): number | null =>
  asked === 0 ? null : answered / asked

export const missedCount = ({ missed }: LineRow): number => missed.reduce((sum, { count }) => sum + count, 0)

/** Some line is in the hands of another process than the one that answers. */
export const areElsewhere = (lines: readonly LineRow[]): boolean => lines.some(({ holder }) => holder?.isHere === false)

/** Whole seconds since the holder told of a line; `nothing`: it has not yet; null: it is known at first hand, or nobody's. */
export const toldAgo = (holder: LineRow['holder']): number | 'nothing' | null => {
  if (holder === null || holder.isHere) return null
  return holder.ageMs === null ? 'nothing' : Math.round(holder.ageMs / 1_000)
}

/** Minutes with one decimal. */
export const minutes = (ms: number): string => (ms / 60_000).toFixed(1)

export const lineStates = [
  'down',
  'impaired',
  'good',
  'unknown',
] as const satisfies readonly LineRow['health']['state'][]

export const lineSearchOf = listSearchOf('state')

export const selectLines = (lines: readonly LineRow[], { q = '', state }: ListSearch<'state'>): readonly LineRow[] =>
  sortLines(filterLines(lines, { search: q, state: oneOf(lineStates, state) }))
