import type { Gap } from '@xianfu/contract'
import { listSearchOf, oneOf, type ListSearch } from '../../parts/row-list/list-search.ts'
import { cellStates } from './grid.ts'

/** `days` is how far back the page looks. */
export const completenessSearchOf = listSearchOf('days', 'state')

/** Those with a result, whose meter or gateway is like what is searched for; the server's order stays. */
export const selectGaps = (gaps: readonly Gap[], { q = '', state }: ListSearch<'days' | 'state'>): readonly Gap[] => {
  const wanted = q.trim().toLowerCase()
  const only = oneOf(cellStates, state)
  return gaps.filter(
    (gap) =>
      (only === null || gap.state === only) &&
      [gap.place, gap.address, gap.gateway].join('\n').toLowerCase().includes(wanted),
  )
}
