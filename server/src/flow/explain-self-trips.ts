import { causeOfSelfTrip, type SelfTripCause, type SelfTripEvidence } from '../domain/relay-watch.ts'
import type { Headend, ReadOutcome } from '../headend/headend.ts'
import { lockAccounts } from '../store/credit.ts'
import { wholeField, type Reach } from '../store/headends.ts'
import { saveRestoreOwed } from '../store/meters.ts'
import { notifyLive } from '../store/notify.ts'
import { finishSelfTrip, selfTripsSince, selfTripsToExplain, type OpenSelfTrip } from '../store/relay-watch.ts'
import { openWorkItems } from '../store/work-items.ts'
import { post } from './post.ts'
import { loop, pause, type FlowContext } from './process.ts'

/** Meters asked in one pass. */
const metersPerPass = 20
/** A meter that does not tell is asked again after this, wall time; after so many looks its cause stays unknown. */
const againAfterMs = 60_000
const mostLooks = 3
/** A meter that trips again and again for its own balance is closed no more from afar: somebody must look at its purse. */
const flappingWithinMs = 24 * 3_600_000
const mostInARow = 2
/** Pause between two passes, elapsed time. */
const lookEveryMs = 1_000

/** Asks meters that have tripped by themselves why, and acts on it. */
export const runSelfTrips = async (
  context: FlowContext,
  headend: Headend,
  signal: AbortSignal,
  reach: Reach,
): Promise<void> =>
  loop(context, 'self-trips', signal, async () => {
    const asked = await explainSelfTrips(context, headend, signal, reach)
    if (asked < metersPerPass) await pause(context.clock, lookEveryMs, signal)
  })

/** One pass; answers how many were asked. */
export const explainSelfTrips = async (
  context: FlowContext,
  headend: Headend,
  signal?: AbortSignal,
  reach: Reach = wholeField,
): Promise<number> => {
  const open = await selfTripsToExplain(context.database, context.clock.now(), {
    ...reach,
    againAfterMs,
    limit: metersPerPass,
  })
  await Promise.all(
    open.map(async (trip) => {
      const evidence = await askMeter(headend, trip, signal)
      if (evidence === null && trip.looks < mostLooks) return
      await actOn(context, trip, evidence)
    }),
  )
  return open.length
}

type Words = NonNullable<ReadOutcome['values']['statusWordBlock']>
type Totals = NonNullable<ReadOutcome['values']['overloadTotals']>

const askMeter = async (
  headend: Headend,
  { meterId, overloadsKnown, prepaidItself }: OpenSelfTrip,
  signal: AbortSignal | undefined,
): Promise<SelfTripEvidence | null> => {
  const options = { priority: 'verification', ...(signal === undefined ? {} : { signal }) } as const
  const words = await headend.read(meterId, ['statusWordBlock'], options)
  const counts = await headend.read(meterId, ['overloadTotals'], options)
  if (isSilent(words) && isSilent(counts)) return null
  const block = words.values.statusWordBlock
  const totals = counts.values.overloadTotals
  return {
    ...(block === undefined ? { overloadNow: null, overdrawn: null } : toldBy(block)),
    prepaidItself: prepaidItself || (block !== undefined && keepsBalance(block)),
    overloads: totals === undefined ? null : countOf(totals),
    overloadsKnown,
  }
}

const isSilent = (outcome: ReadOutcome): boolean => !outcome.ok && outcome.code !== 'refused-by-meter'

const bit = (word: number | undefined, at: number): boolean => ((word ?? 0) & (1 << at)) !== 0

/** Words 1 to 7, as numbers: overdrawn is bit 14 of word 1, overload bit 5 of words 4 to 6. */
const toldBy = ({ words }: Words): Pick<SelfTripEvidence, 'overloadNow' | 'overdrawn'> => ({
  overloadNow: words.slice(3, 6).some((word) => bit(word, 5)),
  overdrawn: bit(words[0], 14),
})

/** Bits 9 and 8 of word 3: energy or money is prepaid in the meter itself. */
const keepsBalance = ({ words }: Words): boolean => bit(words[2], 8) || bit(words[2], 9)

/** Over all phases. */
const countOf = ({ a, b, c }: Totals): number => [a, b, c].reduce((sum, { count }) => sum + (count ?? 0), 0)

/**
 * Of its own balance: supply is owed as after a trip of ours, and the policy gives it back when there is money. After an
 * overload, or for a reason that nobody knows, a person decides: what tripped it may still be there.
 */
const actOn = async (
  { database, clock, ids }: FlowContext,
  trip: OpenSelfTrip,
  evidence: SelfTripEvidence | null,
): Promise<void> => {
  const cause: SelfTripCause = evidence === null ? 'unknown' : causeOfSelfTrip(evidence)
  const { id, meterId, accountId } = trip
  const now = clock.now()
  await database.transaction(async (sql) => {
    if (accountId !== null) await lockAccounts(sql, [accountId])
    await finishSelfTrip(sql, { id, meterId, cause, evidence: evidence ?? {}, overloads: evidence?.overloads ?? null })
    const again = cause === 'own-balance' && (await selfTripsSince(sql, meterId, now - flappingWithinMs)) > mostInARow
    if (cause === 'own-balance' && !again) {
      await saveRestoreOwed(sql, meterId, true)
      if (accountId !== null) await post(sql, ids, { now, accountIds: [accountId], postings: [] })
    } else {
      const kind = cause === 'overload' ? 'overload' : 'relay-moved'
      const detail = { change: 'tripped-by-itself', cause, ...evidence }
      await openWorkItems(sql, [{ kind, subject: `meter:${String(meterId)}`, meterId, detail }], now)
    }
    await notifyLive(sql, [`meter:${String(meterId)}`])
  })
}
