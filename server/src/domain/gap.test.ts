import { array, assert, bigInt, constantFrom, integer, property, record as shape } from 'fast-check'
import { describe, expect, test } from 'vitest'
import { intervalGrid } from './collection/interval-grid.ts'
import { addCompleteness, completenessOf, intervalFacts, noCompleteness } from './completeness.ts'
import { fillGap, failureOfMiss, gapPauseMs, gapReasonOf, piecesOf, type GapEvidence, type GapReason } from './gap.ts'

const halfHour = 1_800_000
const grid = intervalGrid('Asia/Shanghai', 30)
const minute = 60_000
const from = Date.parse('2026-11-25T02:00:00Z')
const interval = { from, to: from + halfHour }
const nothing: GapEvidence = { held: false, paused: false, runningSince: 0, gatewayAway: false, failure: null }

describe('why an interval has no reading', () => {
  test.each<[string, Partial<GapEvidence>, GapReason]>([
    ['nothing is known: its turn never came', {}, 'line-busy'],
    ['it was read, and held', { held: true, failure: 'meter-silent' }, 'held'],
    ['its collection rested', { paused: true, failure: 'meter-silent' }, 'paused'],
    ['the meter did not answer', { failure: 'meter-silent', gatewayAway: true }, 'meter-silent'],
    ['it answered badly', { failure: 'bad-answer', runningSince: from + minute }, 'bad-answer'],
    ['the server began after it', { runningSince: from + halfHour + 1 }, 'server-away'],
    ['the server began in its second half', { runningSince: from + 16 * minute, gatewayAway: true }, 'server-away'],
    ['the server began in its first half', { runningSince: from + minute }, 'server-away'],
    ['… and the gateway was away', { runningSince: from + minute, gatewayAway: true }, 'gateway-away'],
    ['the gateway was away', { gatewayAway: true }, 'gateway-away'],
    ['the line took nothing more', { failure: 'line-busy' }, 'line-busy'],
  ])('%s', (_, evidence, reason) => {
    expect(gapReasonOf(interval, { ...nothing, ...evidence })).toBe(reason)
  })

  test.each([
    ['no-answer', 'meter-silent'],
    ['backing-off', 'meter-silent'],
    ['refused-by-meter', 'bad-answer'],
    ['queue-full', 'line-busy'],
    ['too-late', 'line-busy'],
  ])('the collector says %s: %s', (reason, failure) => {
    expect(failureOfMiss(reason)).toBe(failure)
  })
})

describe('what fills a gap', () => {
  const gap = { from, to: from + 3 * halfHour }
  const at = (halfHours: number, totalWh: number) => ({ at: from + halfHours * halfHour, totalWh: BigInt(totalWh) })
  const bounds = { lowWh: 100n, highWh: 200n }
  test.each([
    ['one record for each interval', [at(0, 110), at(1, 120), at(2, 130)], [110, 120, 130], []],
    ['in whatever order they come', [at(2, 130), at(0, 110)], [110, 130], []],
    ['the first of those in one interval', [at(0, 110), at(0.5, 115), at(1, 120)], [110, 120], []],
    ['nothing from outside', [at(-1, 105), at(3, 140)], [], []],
    ['nothing below what was read before', [at(0, 99)], [], [99]],
    ['nothing above what was read since', [at(0, 201)], [], [201]],
    ['nothing that falls', [at(0, 150), at(1, 140), at(2, 150)], [150, 150], [140]],
  ])('%s', (_, records, good, bad) => {
    const found = fillGap(gap, grid, records, bounds)
    expect(found.good.map(({ totalWh }) => Number(totalWh))).toEqual(good)
    expect(found.bad.map(({ totalWh }) => Number(totalWh))).toEqual(bad)
  })

  test('whatever comes, what is taken rises, lies in the gap and its bounds, one for each interval', () => {
    const record = shape({ at: integer({ min: -2, max: 8 }), totalWh: bigInt(50n, 250n) })
    assert(
      property(array(record), (given) => {
        const records = given.map(({ at: quarter, totalWh }) => ({ at: from + (quarter * halfHour) / 2, totalWh }))
        const { good } = fillGap(gap, grid, records, bounds)
        const slots = good.map((one) => Math.floor((one.at - from) / halfHour))
        expect(new Set(slots).size).toBe(slots.length)
        for (const [index, { at: when, totalWh }] of good.entries()) {
          expect(when >= gap.from && when < gap.to).toBe(true)
          expect(totalWh >= (good[index - 1]?.totalWh ?? bounds.lowWh) && totalWh <= bounds.highWh).toBe(true)
        }
      }),
    )
  })
})

test('pieces cover a gap without a rest, and neighbours differ', () => {
  assert(
    property(array(constantFrom('a', 'b'), { minLength: 1, maxLength: 50 }), (letters) => {
      const gap = { from, to: from + letters.length * halfHour }
      const pieces = piecesOf(gap, grid, (start) => letters[(start - from) / halfHour] ?? '?')
      expect(pieces.flatMap((piece) => grid.beginningIn(piece).map(() => piece.value))).toEqual(letters)
      for (const [index, piece] of pieces.entries()) {
        expect(piece.from).toBe(pieces[index - 1]?.to ?? gap.from)
        expect(piece.value).not.toBe(pieces[index - 1]?.value)
      }
      expect(pieces.at(-1)?.to).toBe(gap.to)
    }),
  )
})

test('a gap of another grid is divided at the beginnings of the intervals of this one', () => {
  const kathmandu = intervalGrid('Asia/Kathmandu', 30)
  const gap = { from, to: from + 2 * halfHour }
  const first = from - 15 * minute
  const pieces = piecesOf(gap, kathmandu, (start) => String((start - first) / halfHour))
  expect(pieces).toEqual([
    { from, to: from + 15 * minute, value: '0' },
    { from: from + 15 * minute, to: from + 45 * minute, value: '1' },
    { from: from + 45 * minute, to: gap.to, value: '2' },
  ])
})

test('pauses grow, and end at six hours', () => {
  expect([0, 1, 2, 10, 1_000].map((attempts) => gapPauseMs(attempts) / minute)).toEqual([5, 10, 20, 360, 360])
})

describe('completeness', () => {
  test('each interval of a span has one state', () => {
    const gaps = [
      { from: from + halfHour, to: from + 2 * halfHour, state: 're-read', reason: 'gateway-away' },
      { from: from + 2 * halfHour, to: from + 3 * halfHour, state: 'open', reason: 'meter-silent' },
      { from: from + 3 * halfHour, to: from + 4 * halfHour, state: 'lost', reason: 'held' },
    ] as const
    const watched = { since: from, sweptTo: from + 5 * halfHour, grid }
    const facts = intervalFacts({ from: from - halfHour, to: from + 6 * halfHour }, watched, gaps)
    expect(facts.map(({ state }) => state)).toEqual(['unwatched', 'read', 're-read', 'missing', 'lost', 'read', 'due'])
    expect(facts.map(({ reason }) => reason)).toEqual([null, null, 'gateway-away', 'meter-silent', 'held', null, null])
  })

  test('what no gap tells of was read', () => {
    const day = completenessOf(48, { open: 2, 're-read': 4, lost: 1 })
    expect(day).toEqual({ expected: 48, read: 41, reRead: 4, estimated: 0, missing: 2, lost: 1 })
    expect(addCompleteness(day, noCompleteness)).toEqual(day)
  })

  test.each([
    [0, 2, 2],
    [0.5, 2, 1],
    [0, 1.5, 2],
    [2, 1, 0],
  ])('from %s to %s half hours %s begin', (first, last, count) => {
    expect(grid.countIn({ from: from + first * halfHour, to: from + last * halfHour })).toBe(count)
  })
})
