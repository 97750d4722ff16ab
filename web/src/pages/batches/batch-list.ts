import type {
  BatchItem,
  BatchSelection,
  BatchState,
  BatchSummary,
  CreditStage,
  Parameter,
  ParameterName,
} from '@xianfu/contract'
import { listSearchOf, oneOf, type ListSearch } from '../../parts/row-list/list-search.ts'

export const batchStates = [
  'waiting',
  'running',
  'finished',
  'stopped',
  'refused',
  'expired',
] as const satisfies readonly BatchState[]

/** `id` names a batch, which need not be in the list. */
export const batchSearchOf = listSearchOf('state')

/** Those in a state, in whose reason, kind or people every word is found. */
export const selectBatches = (
  batches: readonly BatchSummary[],
  { q = '', state }: ListSearch<'state'>,
): readonly BatchSummary[] => {
  const wanted = q.trim().toLowerCase()
  const only = oneOf(batchStates, state)
  return batches.filter(
    (batch) =>
      (only === null || batch.state === only) &&
      [batch.reason, batch.requestedBy.name, batch.requestedBy.login, batch.decision?.by.name]
        .join('\n')
        .toLowerCase()
        .includes(wanted),
  )
}

export type SelectionForm = Readonly<{
  siteId: number | null
  prefix: string
  /** As typed: by blanks, commas or lines. */
  names: string
  stage: CreditStage | null
}>

export const emptySelection: SelectionForm = Object.freeze({ siteId: null, prefix: '', names: '', stage: null })

/** What the form asks for; null while it says nothing, because nobody means every meter by saying nothing. */
export const selectionOf = ({ siteId, prefix, names, stage }: SelectionForm): BatchSelection | null => {
  const list = [...new Set(names.split(/[\s,，、;；]+/u).filter((name) => name !== ''))]
  const selection: BatchSelection = {
    ...(siteId === null ? {} : { siteId }),
    ...(prefix.trim() === '' ? {} : { placePrefix: prefix.trim() }),
    ...(list.length === 0 ? {} : { names: list }),
    ...(stage === null ? {} : { stage }),
  }
  return Object.keys(selection).length === 0 ? null : selection
}

export type ParameterForm = Readonly<Partial<Record<ParameterName, string>>>

/** What is filled in; fields left empty are not written. */
export const parametersOf = (form: ParameterForm): Parameter[] =>
  (Object.entries(form) as [ParameterName, string][])
    .map(([item, value]) => ({ item, value: value.trim() }))
    .filter(({ value }) => value !== '')

/** What a person can do with it next. */
export const deedsFor = (
  batch: Pick<BatchSummary, 'state' | 'requestedBy'>,
  operator: Readonly<{ login: string; mayControl: boolean; mayApprove: boolean }>,
): readonly ('approve' | 'refuse' | 'withdraw' | 'stop')[] => {
  if (!operator.mayControl) return []
  if (batch.state === 'running') return ['stop']
  if (batch.state !== 'waiting') return []
  if (batch.requestedBy.login === operator.login) return ['withdraw']
  return operator.mayApprove ? ['approve', 'refuse'] : []
}

/** Whole percent of the meters that are behind it. */
export const percentOf = ({ total, waiting, underWay }: BatchSummary['counts']): number =>
  total === 0 ? 100 : Math.floor(((total - waiting - underWay) * 100) / total)

/** What needs a look comes first: failed, under way, to come, done, left out; by place within each. */
export const sortItems = (items: readonly BatchItem[]): readonly BatchItem[] =>
  items.toSorted((a, b) => rankOf(a) - rankOf(b) || (a.place < b.place ? -1 : a.place > b.place ? 1 : 0))

const rankOf = ({ state, command }: BatchItem): number => {
  const ending = command?.state ?? state
  if (['failed', 'refused', 'expired', 'cancelled'].includes(ending)) return 0
  if (['queued', 'sent', 'acknowledged', 'writing'].includes(ending)) return 1
  if (ending === 'waiting') return 2
  return ending === 'skipped' ? 4 : 3
}
