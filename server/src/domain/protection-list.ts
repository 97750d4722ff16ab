import type { Reason } from './credit-facts.ts'

/** Why somebody stands on a list of those who are not stopped like everybody else. */
export type ListKind = 'protected' | 'important' | 'vulnerable' | 'disputed' | 'complaint' | 'public-area'

/** One entry: `[from, to)`, wall time; no end: until somebody ends it. */
export type ListEntry = Readonly<{ kind: ListKind; from: number; to: number | null }>

type ListRule = Readonly<{
  /** No stop at all while the entry holds; else a stop needs the approval of so many persons. */
  stops: 'never' | 'approved'
  persons: 0 | 2
  /** Whoever decides on supply there is told what is announced to the customer. */
  authorityCopy: boolean
  reason: Reason
}>

/**
 * What each list means (fee-control practice, protected lists). Important customers are those whose standing still hurts
 * others (hospital, school, lift, fire pump, water works …): two persons approve, the authority gets a copy.
 */
export const listRules: Readonly<Record<ListKind, ListRule>> = Object.freeze({
  protected: { stops: 'never', persons: 0, authorityCopy: false, reason: 'protected' },
  vulnerable: { stops: 'never', persons: 0, authorityCopy: false, reason: 'vulnerable' },
  disputed: { stops: 'never', persons: 0, authorityCopy: false, reason: 'bill-disputed' },
  complaint: { stops: 'never', persons: 0, authorityCopy: false, reason: 'complaint-open' },
  'public-area': { stops: 'never', persons: 0, authorityCopy: false, reason: 'public-area' },
  important: { stops: 'approved', persons: 2, authorityCopy: true, reason: 'important-customer' },
})

export const listKinds = Object.keys(listRules) as readonly ListKind[]

export const activeEntries = (entries: readonly ListEntry[], now: number): readonly ListEntry[] =>
  entries.filter(({ from, to }) => from <= now && (to === null || now < to))

/** Why nothing of this account may be stopped now, or null. */
export const neverStopped = (entries: readonly ListEntry[], now: number): Reason | null => {
  const entry = activeEntries(entries, now).find(({ kind }) => listRules[kind].stops === 'never')
  return entry === undefined ? null : listRules[entry.kind].reason
}

/** Moments after `now` at which an entry begins or ends. */
export const listChanges = (entries: readonly ListEntry[], now: number): readonly number[] =>
  entries.flatMap(({ from, to }) => [from, ...(to === null ? [] : [to])]).filter((at) => at > now)

export type ListRefusal = 'ends-before-it-begins' | 'already-listed' | 'reason-missing'

/** An entry of a kind that holds already is not added again: one is ended, and then another begins. */
export const objectionToList = (
  entries: readonly ListEntry[],
  entry: ListEntry,
  reason: string,
): ListRefusal | null => {
  if (reason.trim() === '') return 'reason-missing'
  if (entry.to !== null && entry.to <= entry.from) return 'ends-before-it-begins'
  const overlaps = entries.some(
    ({ kind, from, to }) =>
      kind === entry.kind && (to === null || entry.from < to) && (entry.to === null || from < entry.to),
  )
  return overlaps ? 'already-listed' : null
}
