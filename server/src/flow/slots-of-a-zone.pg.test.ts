import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { localDays, slotAt } from '../domain/collection/slot.ts'
import { viewDays } from '../store/view/half-hours.ts'
import { halfHourLines } from './export-half-hours.ts'
import { findGaps, settleWithinMs } from './find-gaps.ts'
import { rollUp } from './roll-up.ts'
import { tellCompleteness } from './tell-completeness.ts'
import { createTown, type Town } from './testing/town.ts'

// Where local midnight is no whole pace after that of UTC, or the clock is changed: everything that counts intervals
// counts the slots by which the meters are collected.

const dayMs = 86_400_000
const minuteMs = 60_000

describe.each([
  { timeZone: 'Asia/Kathmandu', minutes: 60, first: '2026-11-25T00:00:00+05:45', slots: [24, 24, 24] },
  { timeZone: 'Asia/Kolkata', minutes: 420, first: '2026-11-25T00:00:00+05:30', slots: [4, 4, 4] },
  // The clock goes back on the second day.
  { timeZone: 'Europe/Berlin', minutes: 60, first: '2026-10-24T00:00:00+02:00', slots: [24, 25, 24] },
])('in $timeZone, every $minutes minutes', ({ timeZone, minutes, first, slots }) => {
  let town: Town
  let meterId: number
  const start = Date.parse(first)
  const days = localDays(timeZone)
  /** What the collector goes through, with the days that they are of. */
  const starts: number[] = []
  const missed: number[] = []

  beforeAll(async () => {
    town = await createTown([{ place: 'A' }], start)
    await town.database.query('update site set time_zone = $1, reading_interval_minutes = $2', [timeZone, minutes])
    ;({ meterId } = await town.place('A'))
    town.clock.set(start + settleWithinMs)
    while (await findGaps(town.context, 0));
    const end = days.startOf(days.dayOf(start).number + 3)
    for (
      let slot = slotAt(start, minutes, 0, days);
      slot.start < end;
      slot = slotAt(slot.deadlineAt, minutes, 0, days)
    ) {
      const at = slot.start + minuteMs
      town.clock.set(at)
      starts.push(slot.start)
      // The second slot of each day, and of the second day its last.
      const { start: midnight, end: nextMidnight, number } = days.dayOf(slot.start)
      const isSecond = slot.start === midnight + minutes * minuteMs
      const isLastOfSecond = number === days.dayOf(start).number + 1 && slot.deadlineAt === nextMidnight
      if (isSecond || isLastOfSecond) missed.push(slot.start)
      else await town.settle([await town.reading('A', 1_000 + (at - start) / minuteMs, { at })])
    }
    town.clock.set(end + minuteMs)
    await town.settle([await town.reading('A', 1_000 + (end + minuteMs - start) / minuteMs)])
    town.clock.set(end + 2 * dayMs)
    while (await findGaps(town.context, 0));
  })
  afterAll(async () => town.close())

  test('gaps are slots that were not read', async () => {
    const gaps = await town.database.query<{ from_at: number; to_at: number }>(
      'select from_at, to_at from reading_gap where from_at < $1 order by from_at',
      [new Date(days.startOf(days.dayOf(start).number + 3))],
    )
    expect(gaps.map(({ from_at: from }) => from)).toEqual(missed)
    for (const { from_at: from, to_at: to } of gaps) expect(to).toBe(slotAt(from, minutes, 0, days).deadlineAt)
  })

  test('completeness of each day counts its slots', async () => {
    const told = await tellCompleteness(town.database, town.clock.now(), 6)
    const of = (index: number) => {
      const day = new Date((days.dayOf(start).number + index) * dayMs).toISOString().slice(0, 10)
      return told.find((one) => one.day === day)
    }
    for (const [index, expected] of slots.entries()) {
      const missing = index === 1 ? 2 : 1
      expect(of(index)).toMatchObject({ expected, read: expected - missing, missing })
    }
  })

  test('so does the roll-up, and the export says how long each is', async () => {
    while (await rollUp(town.context));
    const stored = await viewDays(town.database, meterId, '2026-01-01', '2026-12-31')
    const begins = stored
      .slice(0, 3)
      .flatMap(({ from_at: from, marks }) =>
        Array.from(marks, (mark, index) => [mark, from + index * minutes * minuteMs]),
      )
    expect(begins.map(([, at]) => at)).toEqual(starts)
    expect(begins.flatMap(([mark, at]) => (mark === 'm' ? [at] : []))).toEqual(missed)
    const lines: string[] = []
    for await (const text of halfHourLines(town.database, { first: '2026-01-01', last: '2026-12-31', siteId: null }))
      lines.push(...text.trimEnd().split('\n'))
    const lengths = lines.slice(1, 1 + starts.length).map((line) => Number(line.split(',')[3]) * minuteMs)
    expect(lengths).toEqual(starts.map((at) => slotAt(at, minutes, 0, days).deadlineAt - at))
  })

  test('where was looked by another grid, the next look begins with the next slot', async () => {
    const [{ swept_to: was } = { swept_to: 0 }] = await town.database.query<{ swept_to: number }>(
      'select swept_to from gap_sweep where time_zone = $1 and interval_minutes = $2',
      [timeZone, minutes],
    )
    await town.database.query('update gap_sweep set swept_to = $1', [new Date(was + 7 * minuteMs)])
    const at = slotAt(was, minutes, 0, days).deadlineAt
    const next = slotAt(at, minutes, 0, days)
    town.clock.set(next.deadlineAt + settleWithinMs)
    while (await findGaps(town.context, 0));
    const gaps = await town.database.query<{ from_at: number; to_at: number }>(
      'select from_at, to_at from reading_gap where from_at >= $1',
      [new Date(was)],
    )
    expect(gaps).toEqual([{ from_at: at, to_at: next.deadlineAt }])
  })
})
