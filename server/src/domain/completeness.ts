import type { IntervalGrid } from './collection/interval-grid.ts'
import type { GapReason, GapState, Span } from './gap.ts'

/**
 * What became of an interval. `due`: it is not over, or was not looked at yet. `unwatched`: before the meter was
 * watched. `missing`: neither read nor (yet) found; `lost` when it cannot be found any more.
 */
export type IntervalState = 'read' | 're-read' | 'estimated' | 'missing' | 'lost' | 'due' | 'unwatched'

export type GapFact = Span & Readonly<{ state: GapState; reason: GapReason }>

export type IntervalFact = Readonly<{ from: number; state: IntervalState; reason: GapReason | null }>

export type Watched = Readonly<{
  /** Null for a meter that nobody has looked at yet. */
  since: number | null
  /** Up to where intervals were looked at. */
  sweptTo: number
  grid: IntervalGrid
}>

const stateOf: Readonly<Record<GapState, IntervalState>> = {
  open: 'missing',
  're-read': 're-read',
  estimated: 'estimated',
  lost: 'lost',
}

/** Every interval that begins in a span, with what is known of it. Gaps do not overlap. */
export const intervalFacts = (span: Span, watched: Watched, gaps: readonly GapFact[]): readonly IntervalFact[] => {
  const { since, sweptTo, grid } = watched
  return grid.beginningIn(span).map(({ from, to }): IntervalFact => {
    const gap = gaps.find((one) => one.from <= from && from < one.to)
    if (since === null || from < since) return { from, state: 'unwatched', reason: null }
    if (gap !== undefined) return { from, state: stateOf[gap.state], reason: gap.reason }
    return { from, state: to <= sweptTo ? 'read' : 'due', reason: null }
  })
}

/** Counts of intervals. `expected` leaves out those that are due or unwatched. */
export type Completeness = Readonly<{
  expected: number
  read: number
  reRead: number
  estimated: number
  missing: number
  lost: number
}>

export const noCompleteness: Completeness = Object.freeze({
  expected: 0,
  read: 0,
  reRead: 0,
  estimated: 0,
  missing: 0,
  lost: 0,
})

/** Of `expected` intervals, all that no gap tells of were read. */
export const completenessOf = (expected: number, gaps: Readonly<Partial<Record<GapState, number>>>): Completeness => {
  const { open = 0, 're-read': reRead = 0, estimated = 0, lost = 0 } = gaps
  return {
    expected,
    read: Math.max(0, expected - open - reRead - estimated - lost),
    reRead,
    estimated,
    missing: open,
    lost,
  }
}

export const addCompleteness = (a: Completeness, b: Completeness): Completeness => ({
  expected: a.expected + b.expected,
  read: a.read + b.read,
  reRead: a.reRead + b.reRead,
  estimated: a.estimated + b.estimated,
  missing: a.missing + b.missing,
  lost: a.lost + b.lost,
})
