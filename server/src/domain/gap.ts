import type { IntervalGrid } from './collection/interval-grid.ts'

/**
 * Gaps: intervals of a meter in which no good reading was taken, why, and what became of them. An interval is a slot of
 * the meter's schedule; what a meter has frozen *at* an instant belongs to the interval that contains it.
 */

export const gapReasons = [
  'held',
  'paused',
  'server-away',
  'gateway-away',
  'meter-silent',
  'bad-answer',
  'line-busy',
] as const
/** Why an interval has no good reading of its own. */
export type GapReason = (typeof gapReasons)[number]

/**
 * `open`: still to be found in the meter's memory. `re-read`: found there. `estimated`: not found, but the registers
 * before and after are known, so only the division of the energy is a guess. `lost`: neither.
 */
export type GapState = 'open' | 're-read' | 'estimated' | 'lost'

/** Why a meter's memory did not help. `no-memory`: it keeps no half hours at all. */
export type LossReason = 'no-record' | 'no-memory' | 'not-plausible'

/** Where a meter keeps what its registers showed at half hours that have passed. */
export type RecordSource = 'load-profile' | 'hourly-freeze'

/** On which side of a lost gap no register is known, so that not even its energy is. */
export type UnknownSide = 'before' | 'after'

export type Span = Readonly<{ from: number; to: number }>

/** What was seen of one meter's interval by the time it was over. */
export type GapEvidence = Readonly<{
  /** It was read, but the gate holds the reading. */
  held: boolean
  /** Its collection rested for maintenance, at least half of the time. */
  paused: boolean
  /** Since when the server runs. */
  runningSince: number
  /** Its turn passed while its gateway was not connected. */
  gatewayAway: boolean
  /** How its scheduled read has failed, if it was tried or its turn was missed. */
  failure: 'meter-silent' | 'bad-answer' | 'line-busy' | null
}>

/** The one reason that is told, in this order: what explains more goes first. */
export const gapReasonOf = (interval: Span, evidence: GapEvidence): GapReason => {
  const { held, paused, failure, runningSince, gatewayAway } = evidence
  if (held) return 'held'
  if (paused) return 'paused'
  if (failure === 'meter-silent' || failure === 'bad-answer') return failure
  if (runningSince >= (interval.from + interval.to) / 2) return 'server-away'
  if (gatewayAway) return 'gateway-away'
  if (failure !== null) return failure
  return runningSince > interval.from ? 'server-away' : 'line-busy'
}

/** What the collector says of a turn that ended without its data, as evidence. */
export const failureOfMiss = (reason: string): GapEvidence['failure'] => {
  switch (reason) {
    case 'no-answer':
    case 'backing-off':
    case 'unknown-meter':
      return 'meter-silent'
    case 'bad-answer':
    case 'refused-by-meter':
      return 'bad-answer'
    default:
      return 'line-busy'
  }
}

/** A register that the meter wrote down by itself at `at` (UTC, by the meter's own clock). */
export type StoredRegister = Readonly<{ at: number; totalWh: bigint }>

export type Found = Readonly<{
  /** One for each interval that has one, oldest first. */
  good: readonly StoredRegister[]
  /** Those that cannot stand between their neighbours. */
  bad: readonly StoredRegister[]
}>

/**
 * What of a meter's records fills a gap: the first of each interval, as long as the register never falls, from what it
 * was before to what it has reached since. Records outside the gap do not count.
 */
export const fillGap = (
  gap: Span,
  grid: IntervalGrid,
  records: readonly StoredRegister[],
  bounds: Readonly<{ lowWh: bigint | null; highWh: bigint | null }>,
): Found => {
  const good: StoredRegister[] = []
  const bad: StoredRegister[] = []
  let lowWh = bounds.lowWh
  let filledTo = gap.from
  for (const record of records.toSorted((a, b) => a.at - b.at)) {
    if (record.at < filledTo || record.at >= gap.to) continue
    const fits =
      (lowWh === null || record.totalWh >= lowWh) && (bounds.highWh === null || record.totalWh <= bounds.highWh)
    if (!fits) {
      bad.push(record)
      continue
    }
    good.push(record)
    lowWh = record.totalWh
    filledTo = grid.at(record.at).to
  }
  return { good, bad }
}

export type Piece<T> = Span & Readonly<{ value: T }>

/**
 * Divides a gap into the longest pieces whose intervals say the same. A gap that was written down by another pace may
 * begin or end within an interval; what it has of it goes with that interval.
 */
export const piecesOf = <T extends string>(
  gap: Span,
  grid: IntervalGrid,
  valueAt: (intervalStart: number) => T,
): readonly Piece<T>[] => {
  const pieces: Piece<T>[] = []
  for (let from = gap.from; from < gap.to;) {
    const interval = grid.at(from)
    const to = Math.min(interval.to, gap.to)
    const value = valueAt(interval.from)
    const last = pieces.at(-1)
    if (last !== undefined && last.value === value) pieces[pieces.length - 1] = { ...last, to }
    else pieces.push({ from, to, value })
    from = to
  }
  return pieces
}

/** First pause before a meter that did not answer is asked for its records again, wall time; it doubles. */
const firstPauseMs = 5 * 60_000
const longestPauseMs = 6 * 3_600_000

/** How long a gap rests after so many failed attempts, wall time. */
export const gapPauseMs = (attempts: number): number =>
  Math.min(longestPauseMs, firstPauseMs * 2 ** Math.min(attempts, 16))
