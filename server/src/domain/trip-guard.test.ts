import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  admitTrip,
  mostPerDay,
  mostUsual,
  release,
  countAnew,
  type GuardFacts,
  type GuardLimits,
  type GuardState,
  type InstallationLimits,
  type TripCount,
} from './trip-guard.ts'

const minute = 60_000
const now = Date.parse('2026-11-25T03:00:00Z')
const limits: GuardLimits = {
  mostPerMinute: 3,
  mostPerHour: null,
  mostPerDayPercent: 20,
  mostPerDayFloor: 5,
  mostFailedReadsPercent: 30,
  waveFactor: 5,
  waveFloor: 10,
}
const quiet: GuardState = {
  minuteAt: 0,
  sentInMinute: 0,
  hourAt: 0,
  sentInHour: 0,
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
    expect(admitTrip(state, limits, facts)).toEqual({
      kind: 'wait',
      notBefore: now + minute,
      because: 'trips-of-this-minute-used-up',
    })
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
    expect(mostUsual(state, limits)).toBe(20)
    const wave = { ...state, day: facts.day, sentInDay: 20 }
    expect(mostPerDay(limits, 1_000)).toBe(200)
    expect(admitTrip(wave, limits, { ...facts, accounts: 1_000 })).toMatchObject({ because: 'unusual-wave' })
    // Ten quiet days later the same site is used to fewer.
    const later = admitTrip(state, limits, { ...facts, day: '2026-11-19', accounts: 1_000 })
    expect(later.kind === 'go' && mostUsual(later.state, limits)).toBe(10)
  })

  test('a new site is not judged by its first days', () => {
    const state: GuardState = { ...quiet, day: facts.day, sentInDay: 19, usual: { perDay: 1, days: 6 } }
    expect(admitTrip(state, limits, facts).kind).toBe('go')
    expect(admitTrip({ ...state, usual: { perDay: 1, days: 7 } }, limits, facts).kind).toBe('frozen')
  })

  test('a trip that took its time before the one that opened the minute is counted in it', () => {
    const full: GuardState = { ...quiet, minuteAt: now, sentInMinute: 3, day: facts.day, sentInDay: 3 }
    expect(admitTrip(full, limits, { ...facts, now: now - 20 })).toMatchObject({
      kind: 'wait',
      notBefore: now + minute,
    })
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

const hour = 60 * minute
const unlimited: InstallationLimits = {
  mostPerMinute: null,
  mostPerHour: null,
  mostPerDay: null,
  waveFactor: null,
  waveFloor: 10,
}
const { frozen: _, ...none } = quiet

describe('the hour of a site', () => {
  test('is a pace: what is beyond it waits for the next hour, and nothing freezes', () => {
    const hourly = { ...limits, mostPerHour: 4, mostPerDayFloor: 100 }
    const full: GuardState = { ...quiet, day: facts.day, sentInDay: 4, hourAt: now - 20 * minute, sentInHour: 4 }
    expect(admitTrip(full, hourly, facts)).toEqual({
      kind: 'wait',
      notBefore: now + 40 * minute,
      because: 'trips-of-this-hour-used-up',
    })
    expect(admitTrip(full, hourly, { ...facts, now: now + 40 * minute }).kind).toBe('go')
    expect(admitTrip(full, limits, facts).kind).toBe('go')
  })

  test('goes on over a release: a release judges what was stopped, not how fast trips leave', () => {
    expect(release({ ...quiet, sentInHour: 4, sentInDay: 9 })).toMatchObject({ sentInHour: 4, sentInDay: 0 })
  })
})

describe('the guard over all sites beside that of one', () => {
  const whole = (change: Partial<InstallationLimits>, count: Partial<TripCount> = {}) => ({
    limits: { ...unlimited, ...change },
    count: { ...none, ...count },
    day: facts.day,
  })

  test('without limits changes nothing but counts', () => {
    const verdict = admitTrip(quiet, limits, facts, whole({}))
    const alone = admitTrip(quiet, limits, facts)
    expect(verdict).toEqual({
      ...alone,
      installation: {
        ...none,
        minuteAt: now,
        hourAt: now,
        sentInMinute: 1,
        sentInHour: 1,
        sentInDay: 1,
        day: facts.day,
      },
    })
  })

  const minuteFull = { minuteAt: now, sentInMinute: 3 }
  const hourFull = { hourAt: now, sentInHour: 3 }
  test.each([
    ['the minute of the site', minuteFull, {}, 'trips-of-this-minute-used-up', minute],
    ['the minute of all', {}, minuteFull, 'trips-of-this-minute-used-up-in-all', minute],
    ['the hour of all', {}, hourFull, 'trips-of-this-hour-used-up-in-all', hour],
    ['the longer of both', minuteFull, hourFull, 'trips-of-this-hour-used-up-in-all', hour],
  ] as const)('whichever is reached first holds: %s', (_, site, all, because, ms) => {
    const verdict = admitTrip(
      { ...quiet, ...site },
      limits,
      facts,
      whole({ mostPerMinute: 3, mostPerHour: 3 }, { ...all }),
    )
    expect(verdict).toEqual({ kind: 'wait', notBefore: now + ms, because })
  })

  test.each([
    ['its own day comes first', { day: facts.day, sentInDay: 20 }, { day: facts.day, sentInDay: 50 }, 'too-many-trips'],
    ['then the day of all', {}, { day: facts.day, sentInDay: 50 }, 'too-many-trips-in-all'],
    [
      'then the wave of all',
      {},
      { day: facts.day, sentInDay: 12, usual: { perDay: 2, days: 7 } },
      'unusual-wave-in-all',
    ],
  ] as const)('freezes: %s', (_, site, all, because) => {
    const guard = whole({ mostPerDay: 50, waveFactor: 5 }, { ...all })
    expect(admitTrip({ ...quiet, ...site }, limits, facts, guard)).toMatchObject({
      kind: 'frozen',
      because,
      state: { frozen: { at: now, because } },
    })
  })

  test('yesterday’s trips of all are not today’s, and a release counts them anew', () => {
    const full = { day: '2026-11-24', sentInDay: 50 }
    expect(admitTrip(quiet, limits, facts, whole({ mostPerDay: 50 }, full)).kind).toBe('go')
    const released = countAnew({ ...none, day: facts.day, sentInDay: 50 })
    expect(admitTrip(quiet, limits, facts, whole({ mostPerDay: 50 }, released)).kind).toBe('go')
  })

  test('whatever comes from whichever site, no more leave than any of the limits lets', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ site: fc.nat(2), wait: fc.nat(3 * minute) }), { maxLength: 200 }),
        fc.record({
          mostPerMinute: fc.option(fc.integer({ min: 1, max: 5 })),
          mostPerHour: fc.option(fc.integer({ min: 1, max: 20 })),
          mostPerDay: fc.option(fc.integer({ min: 1, max: 30 })),
        }),
        (asked, most) => {
          const states = [quiet, quiet, quiet]
          let count: TripCount = none
          let at = now
          const left: number[] = []
          let inThePast = false
          for (const { site, wait } of asked) {
            at += wait
            const guard = { limits: { ...unlimited, ...most }, count, day: facts.day }
            const verdict = admitTrip(states[site] ?? quiet, limits, { ...facts, now: at }, guard)
            if (verdict.kind === 'wait') {
              inThePast ||= verdict.notBefore <= at
              continue
            }
            states[site] = verdict.state
            if (verdict.kind !== 'go') continue
            count = verdict.installation ?? count
            left.push(at)
          }
          expect(left.length <= (most.mostPerDay ?? Infinity)).toBe(true)
          expect(count.sentInDay).toBe(left.length)
          expect(inThePast).toBe(false)
          // A span begins with its first trip, so any window of its length holds at most two spans' worth.
          for (const [spanMs, mostIn] of [
            [minute, most.mostPerMinute],
            [hour, most.mostPerHour],
          ] as const)
            for (const from of left)
              expect(left.filter((one) => one >= from && one < from + spanMs).length <= 2 * (mostIn ?? Infinity)).toBe(
                true,
              )
        },
      ),
    )
  })
})
