import { intervalGrid } from '../domain/collection/interval-grid.ts'
import { fillGap, gapPauseMs, piecesOf, type LossReason, type StoredRegister, type UnknownSide } from '../domain/gap.ts'
import { wattHours } from '../domain/quantity.ts'
import { liftRegisters } from '../domain/register-lift.ts'
import type { Headend, StoredRead } from '../headend/headend.ts'
import {
  findRegisterBefore,
  oldestGaps,
  postponeGap,
  saveRecordSource,
  settleGap,
  type OpenGap,
  type SettledPiece,
} from '../store/gaps-to-fill.ts'
import { addDueDays } from '../store/roll-up.ts'
import { notifyLive } from '../store/notify.ts'
import { runOnePerLine, type OwnLines } from './one-per-line.ts'
import type { FlowContext } from './process.ts'
import { daysTouched } from './roll-up.ts'
import { settleReadings, type FieldReading } from './settle.ts'

/** So often a meter has to refuse all its memories before it counts as one without. */
const attemptsBeforeNoMemory = 3
/** Longest pause between two looks, elapsed time; on a fast clock a look is due sooner. */
const lookEveryMs = 5_000
const shortestLookMs = 50

/**
 * Fills gaps from what the meters themselves have kept, the oldest of each line first, in the time that nobody else
 * wants: with priority `back-fill`, one exchange a turn. What is found is settled as a late reading: it divides energy
 * that was charged already, and charges nothing of its own.
 */
export const runGapFiller = async (
  context: FlowContext,
  headend: Headend,
  lines: OwnLines,
  signal: AbortSignal,
): Promise<void> =>
  runOnePerLine(
    context,
    lines,
    {
      name: 'fill-gaps',
      find: async (gatewayIds) => oldestGaps(context.database, gatewayIds, context.clock.now(), 1),
      carryOut: async (gap) => {
        try {
          await fillOne(context, headend, gap, signal)
        } catch (error) {
          // What can not be settled must not be asked for again and again.
          await postponeGap(context.database, gap, context.clock.now() + gapPauseMs(gap.attempts))
          throw error
        }
      },
      lookEveryMs: Math.max(shortestLookMs, lookEveryMs / context.clock.rate),
    },
    signal,
  )

/** Asks one meter once for what one gap lacks, and writes down what came of it. */
export const fillOne = async (
  context: FlowContext,
  headend: Pick<Headend, 'readStored'>,
  found: OpenGap,
  signal?: AbortSignal,
): Promise<void> => {
  const { database, clock } = context
  const gap = found.beforeWh === null ? { ...found, beforeWh: await findRegisterBefore(database, found) } : found
  if (gap.source === 'none') return close(context, gap, [], 'no-memory')
  const read = await headend.readStored(
    gap.meterId,
    { from: gap.from, to: gap.to, source: gap.source },
    { priority: 'back-fill', ...(signal === undefined ? {} : { signal }) },
  )
  if (read.ok) {
    if (gap.source === null) await saveRecordSource(database, gap.meterId, read.source, clock.now())
    return take(context, gap, read)
  }
  switch (read.code) {
    case 'no-memory':
      // A meter that was just installed, or cleared, has nothing to show for a while.
      if (gap.attempts < attemptsBeforeNoMemory)
        return postponeGap(database, gap, clock.now() + gapPauseMs(gap.attempts))
      await saveRecordSource(database, gap.meterId, 'none', clock.now())
      return close(context, gap, [], 'no-memory')
    // It will be back, and then its gaps are looked at again at once.
    case 'gateway-offline':
    case 'cancelled':
      return
    default:
      await postponeGap(database, gap, clock.now() + gapPauseMs(gap.attempts))
  }
}

const take = async (
  context: FlowContext,
  gap: OpenGap,
  { records, exhausted }: Extract<StoredRead, { ok: true }>,
): Promise<void> => {
  const bounds = { lowWh: gap.beforeWh, highWh: gap.latestWh }
  const latest = gap.latestWh === null ? null : { totalWh: wattHours(gap.latestWh), ratesWh: [] }
  const stored = records.map(({ at, totalWh }): StoredRegister => {
    const shown = { totalWh: wattHours(BigInt(totalWh)), ratesWh: [] }
    return { at, totalWh: liftRegisters(shown, latest, gap.turnWh).totalWh }
  })
  const { good, bad } = fillGap(gap, intervalGrid(gap.timeZone, gap.minutes), stored, bounds)
  const readings = [...good, ...bad].map((record) => readingOf(gap, record))
  await settleReadings(context.database, context.ids, readings, context.clock.now())
  if (!exhausted) return postponeGap(context.database, gap, context.clock.now())
  await close(context, gap, good, bad.length > 0 ? 'not-plausible' : 'no-record')
}

const readingOf = ({ meterId, beforeWh, latestWh }: OpenGap, { at, totalWh }: StoredRegister): FieldReading => ({
  meterId,
  at,
  // Half-hourly records have the total alone.
  registers: { totalWh: wattHours(totalWh), ratesWh: [] },
  powerMilliwatts: null,
  obtained: 're-read',
  status: null,
  between: { lowWh: wattHours(beforeWh ?? 0n), highWh: wattHours(latestWh ?? totalWh) },
})

const minuteMs = 60_000

/** A gap is filled once a good reading stands behind it, so it is the register before it that may not be known. */
const unknownSideOf = ({ beforeWh, latestWh }: OpenGap): UnknownSide | null => {
  if (beforeWh === null) return 'before'
  return latestWh === null ? 'after' : null
}

/** What was not found is estimated where the registers on both sides are known. */
const close = async (
  { database, clock }: FlowContext,
  gap: OpenGap,
  good: readonly StoredRegister[],
  because: LossReason,
): Promise<void> => {
  const grid = intervalGrid(gap.timeZone, gap.minutes)
  const filled = new Set(good.map(({ at }) => grid.at(at).from))
  const unknownSide = unknownSideOf(gap)
  const otherwise = unknownSide === null ? 'estimated' : 'lost'
  const pieces = piecesOf(gap, grid, (start) => (filled.has(start) ? 're-read' : otherwise)).map(
    ({ from, to, value }): SettledPiece => ({
      from,
      to,
      state: value,
      because: value === 're-read' ? null : because,
      unknownSide: value === 'lost' ? unknownSide : null,
    }),
  )
  await database.transaction(async (sql) => {
    await settleGap(sql, gap, pieces, clock.now())
    await addDueDays(sql, daysTouched(gap.meterId, gap, gap.minutes * minuteMs, gap.timeZone))
    await notifyLive(sql, ['completeness', `meter:${String(gap.meterId)}`])
  })
}
