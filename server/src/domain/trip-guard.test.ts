import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  admitTrip,
  mostPerDay,
  mostUsual,
  release,
  type GuardFacts,
  type GuardLimits,
  type GuardState,
} from './trip-guard.ts'

const minute = 60_000
const now = Date.parse('2026-11-25T03:00:00Z')
const limits: GuardLimits = { mostPerMinute: 3, mostPerDayPercent: 20, mostPerDayFloor: 5, mostFailedReadsPercent: 30 }
const quiet: GuardState = {
  minuteAt: 0,
  sentInMinute: 0,
  day: '1970-01-01',
  sentInDay: 0,
  usual: { perDay: 0, days: 0 },
  frozen: null,
}
const facts: GuardFacts = { now, day: '2026-11-25', accounts: 100, readsToday: { answered: 1_000, failed: 10 } }

describe('the guard over trips', () => {
  test('lets so many through in a minute, and the next one after it', () => {
    let state = quiet
    for (let trip = 0; trip < 3; trip += 1) {
      const verdict = admitTrip(state, limits, facts)
      expect(verdict.kind).toBe('go')
      if (verdict.kind === 'go') ({ state } = verdict)
    }
    expect(admitTrip(state, limits, facts)).toEqual({ kind: 'wait', notBefore: now + minute })
    expect(admitTrip(state, limits, { ...facts, now: now + minute }).kind).toBe('go')
  })

  test.each([
    [100, 20],
    [10, 5],
    [1_000_000, 200_000],
  ])('of %s accounts believes %s trips a day', (accounts, most) => {
    expect(mostPerDay(limits, accounts)).toBe(most)
  })

  test('freezes at the first trip too many, stays frozen, and counts anew when released', () => {
    const full: GuardState = { ...quiet, day: facts.day, sentInDay: 20 }
    const verdict = admitTrip(full, limits, facts)
    expect(verdict).toMatchObject({ kind: 'frozen', because: 'too-many-trips', state: { frozen: { at: now } } })
    const frozen = verdict.kind === 'frozen' ? verdict.state : full
    expect(admitTrip(frozen, limits, { ...facts, now: now + 24 * 60 * minute, day: '2026-11-26' }).kind).toBe('frozen')
    expect(admitTrip(release(frozen), limits, facts).kind).toBe('go')
  })

  test('a new day is a new count', () => {
    expect(admitTrip({ ...quiet, day: '2026-11-24', sentInDay: 20 }, limits, facts).kind).toBe('go')
  })

  test.each([
    [{ answered: 69, failed: 31 }, 'frozen'],
    [{ answered: 70, failed: 30 }, 'go'],
    // Too few to say anything.
    [{ answered: 0, failed: 19 }, 'go'],
  ] as const)('reads of the day %j: %s', (readsToday, kind) => {
    expect(admitTrip(quiet, limits, { ...facts, readsToday }).kind).toBe(kind)
  })

  test('a site knows what is usual after seven days with trips, and freezes at a wave below the day’s most', () => {
    let state = quiet
    const first = Date.parse('2026-11-01T03:00:00Z')
    for (let day = 0; day < 8; day += 1) {
      const at = first + day * 24 * 60 * minute
      for (let trip = 0; trip < 4; trip += 1) {
        const today = new Date(at).toISOString().slice(0, 10)
        const verdict = admitTrip(state, limits, { ...facts, now: at + trip * minute, day: today, accounts: 1_000 })
        expect(verdict.kind).toBe('go')
        if (verdict.kind === 'go') ({ state } = verdict)
      }
    }
    expect(mostUsual(state)).toBe(20)
    const wave = { ...state, day: facts.day, sentInDay: 20 }
    expect(mostPerDay(limits, 1_000)).toBe(200)
    expect(admitTrip(wave, limits, { ...facts, accounts: 1_000 })).toMatchObject({ because: 'unusual-wave' })
    // Ten quiet days later the same site is used to fewer.
    const later = admitTrip(state, limits, { ...facts, day: '2026-11-19', accounts: 1_000 })
    expect(later.kind === 'go' && mostUsual(later.state)).toBe(10)
  })

  test('a new site is not judged by its first days', () => {
    const state: GuardState = { ...quiet, day: facts.day, sentInDay: 19, usual: { perDay: 1, days: 6 } }
    expect(admitTrip(state, limits, facts).kind).toBe('go')
    expect(admitTrip({ ...state, usual: { perDay: 1, days: 7 } }, limits, facts).kind).toBe('frozen')
  })

  test('a trip that took its time before the one that opened the minute is counted in it', () => {
    const full: GuardState = { ...quiet, minuteAt: now, sentInMinute: 3, day: facts.day, sentInDay: 3 }
    expect(admitTrip(full, limits, { ...facts, now: now - 20 })).toEqual({ kind: 'wait', notBefore: now + minute })
  })

  test('a clock set back does not open the minute', () => {
    const state: GuardState = { ...quiet, minuteAt: now, sentInMinute: 3 }
    const verdict = admitTrip(state, limits, { ...facts, now: now - 10 * minute })
    expect(verdict.kind).toBe('go')
    expect(verdict.kind === 'go' && verdict.state.minuteAt).toBe(now - 10 * minute)
  })

  test('whatever comes, never more than the day’s most leave between two releases', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(5 * minute), { maxLength: 200 }),
        fc.integer({ min: 1, max: 60 }),
        (waits, accounts) => {
          let state = quiet
          let at = now
          let sent = 0
          for (const wait of waits) {
            at += wait
            const verdict = admitTrip(state, limits, { ...facts, now: at, accounts })
            if (verdict.kind === 'wait') continue
            ;({ state } = verdict)
            if (verdict.kind === 'go') sent += 1
          }
          expect(sent <= mostPerDay(limits, accounts)).toBe(true)
        },
      ),
    )
  })
})
