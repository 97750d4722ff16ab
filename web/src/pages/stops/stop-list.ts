import type { CreditStage, StopRow } from '@xianfu/contract'
import { listSearchOf, oneOf, type ListSearch } from '../../parts/row-list/list-search.ts'

/** The stages on the way to a stop, in their order. */
export const stopStages = [
  'stop-due',
  'await-approval',
  'suspended',
  'stop-notified',
  'cut-off',
] as const satisfies readonly CreditStage[]

export const stopSearchOf = listSearchOf('stage')

/** Those at a stage, whose place, number or customer is like what is searched for; the server's order stays. */
export const selectStops = (rows: readonly StopRow[], { q = '', stage }: ListSearch<'stage'>): readonly StopRow[] => {
  const wanted = q.trim().toLowerCase()
  const only = oneOf(stopStages, stage)
  return rows.filter(
    (row) =>
      (only === null || row.stage === only) &&
      [row.meter?.place, row.account.number, row.account.customer].join('\n').toLowerCase().includes(wanted),
  )
}
