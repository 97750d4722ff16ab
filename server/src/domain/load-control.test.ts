import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decideLoad, freshLoadState, newRun, resetLoad, type LoadFacts, type LoadState } from './load-control.ts'
import { isOn, problemOfRules, type LoadRules } from './load-rules.ts'
import { defaultMalignantLoadRule } from './malignant-load.ts'

const minute = 60_000
const hour = 60 * minute
/** Wednesday, 11:00 in Shanghai. */
const start = Date.parse('2026-11-25T03:00:00Z')

const base: LoadRules = { reconnect: 'direct-close', sampleEveryMs: minute }
const overload: LoadRules = {
  ...base,
  overload: { limitWatts: 3_000, forMs: 5 * minute, recloseTimes: 2, recloseAfterMs: 10 * minute },
}
const facts = (change: Partial<LoadFacts> = {}): LoadFacts => ({
  timeZone: 'Asia/Shanghai',
  relay: 'closed',
  relayCommand: 'closed',
  keepPower: false,
  protected: false,
  moneyStopped: false,
  openKinds: [],
  queued: [],
  sample: null,
  totalWh: 0,
  lastPaymentAt: null,
  ...change,
})

/** A meter that obeys at once, under its rules: minute by minute, with what it draws. */
const meterUnder = (rules: LoadRules, change: Partial<LoadFacts> = {}) => {
  let state: LoadState = freshLoadState(null)
  let now = start
  let relay: 'closed' | 'open' = 'closed'
  let drawn = 0
  const log: string[] = []
  const alarms: string[] = []
  let more = change
  return {
    log,
    alarms,
    set(next: Partial<LoadFacts>) {
      more = { ...more, ...next }
    },
    change(apply: (state: LoadState) => LoadState) {
      state = apply(state)
    },
    get state() {
      return state
    },
    get relay() {
      return relay
    },
    run(minutes: number, watts: number, powerFactor: number | null = 1_000) {
      for (let step = 0; step < minutes; step += 1) {
        now += minute
        const power = relay === 'closed' ? watts : 0
        drawn += power / 60
        const sample = { at: now, watts: power, powerFactor }
        const now_ = facts({ relay, relayCommand: relay, sample, totalWh: Math.round(drawn), ...more })
        const decision = decideLoad(rules, state, now_, now)
        ;({ state } = decision)
        for (const alarm of decision.alarms)
          alarms.push(`${alarm.kind} ${String(alarm.watts)}${alarm.needsPerson ? ' person' : ''}`)
        if (decision.command === null) continue
        relay = decision.command.kind === 'trip' ? 'open' : 'closed'
        log.push(
          `${String((now - start) / minute)} ${decision.command.kind} ${decision.command.because.join('+')}`.trim(),
        )
      }
    },
  }
}

describe('overload', () => {
  test('trips after its time, gives back twice, then a person has to, and a day later all is forgotten', () => {
    const meter = meterUnder(overload)
    meter.run(60, 4_000)
    expect(meter.log).toEqual([
      '6 trip overload',
      '16 direct-close',
      '22 trip overload',
      '32 direct-close',
      '38 trip overload',
    ])
    expect(meter.alarms).toEqual(['overload 4000', 'overload 4000', 'overload 4000 person'])
    meter.run(600, 4_000)
    expect(meter.relay).toBe('open')
    meter.change(resetLoad)
    meter.run(1, 100)
    expect(meter.relay).toBe('closed')
  })

  test('a short peak is none; the limit is not over it', () => {
    const meter = meterUnder(overload)
    meter.run(5, 4_000)
    meter.run(1, 2_999)
    meter.run(5, 4_000)
    meter.run(1, 0)
    meter.run(30, 3_000)
    expect(meter.log).toEqual([])
  })

  test('a second overload a day after the first is a first one', () => {
    const meter = meterUnder(overload)
    meter.run(6, 4_000)
    meter.run(30, 100)
    expect(meter.state.overload.trips).toBe(1)
    meter.run(24 * 60, 100)
    expect(meter.state.overload.trips).toBe(0)
  })

  test.each([[{ protected: true }], [{ keepPower: true }]])('%j: an alarm, and never a trip', (change) => {
    const meter = meterUnder(overload, change)
    meter.run(30, 4_000)
    expect(meter.log).toEqual([])
    expect(meter.alarms.length).toBeGreaterThan(0)
  })

  test('money stops meanwhile: it is not given back by load control until money is there', () => {
    const meter = meterUnder(overload)
    meter.run(6, 4_000)
    meter.set({ moneyStopped: true })
    meter.run(60, 100)
    expect([meter.relay, meter.log.length]).toEqual(['open', 1])
    meter.set({ moneyStopped: false })
    meter.run(1, 100)
    expect(meter.relay).toBe('closed')
  })
})

describe('schedule', () => {
  const schedule: LoadRules = {
    ...base,
    schedule: {
      on: [
        { days: [1, 2, 3, 4, 5], fromMinute: 360, toMinute: 1_380 },
        { days: [0, 6, 'holiday'], fromMinute: 480, toMinute: 720 },
      ],
      holidays: ['2026-11-26'],
    },
  }
  test.each([
    ['2026-11-25T05:59+08:00', false],
    ['2026-11-25T06:00+08:00', true],
    ['2026-11-25T22:59+08:00', true],
    ['2026-11-25T23:00+08:00', false],
    ['2026-11-26T07:00+08:00', false],
    ['2026-11-26T11:59+08:00', true],
    ['2026-11-26T12:00+08:00', false],
    ['2026-11-28T09:00+08:00', true],
  ])('%s: on %s', (at, on) => {
    const rule = schedule.schedule
    if (rule === undefined) throw new Error('a schedule')
    expect(isOn(rule, Date.parse(at), 'Asia/Shanghai')).toBe(on)
  })

  test('off at night, on in the morning of the holiday', () => {
    const meter = meterUnder(schedule)
    meter.run(24 * 60, 500)
    expect(meter.log).toEqual(['720 trip schedule', '1260 direct-close'])
  })

  test('what was opened by hand or for debt is not closed by the clock', () => {
    const night = Date.parse('2026-11-25T23:30+08:00')
    const morning = Date.parse('2026-11-26T09:00+08:00')
    const open = facts({ relay: 'open', relayCommand: 'open' })
    const atNight = decideLoad(schedule, freshLoadState(null), open, night)
    expect(atNight.command).toBeNull()
    expect(decideLoad(schedule, atNight.state, open, morning).command).toBeNull()
  })

  test('permit-close is ordered once; then it is the customer’s button', () => {
    const rules: LoadRules = { ...schedule, reconnect: 'permit-close' }
    const morning = Date.parse('2026-11-26T09:00+08:00')
    const state: LoadState = { ...freshLoadState(null), stoppedByLoad: true }
    const first = decideLoad(rules, state, facts({ relay: 'open', relayCommand: 'open' }), morning)
    expect(first.command?.kind).toBe('permit-close')
    const waiting = facts({ relay: 'open', relayCommand: 'closed' })
    expect(decideLoad(rules, first.state, waiting, morning + hour).command).toBeNull()
  })
})

describe('single run', () => {
  const rule = { mostMs: 60 * minute, mostEnergyWh: 2_000, startsOnPayment: true }
  const irrigation: LoadRules = { ...base, singleRun: rule }

  test('off; a run of half an hour; off again', () => {
    const meter = meterUnder(irrigation)
    meter.run(5, 1_000)
    meter.change((state) => ({
      ...state,
      run: newRun(rule, { totalWh: 17 }, start + 5 * minute, { forMs: 30 * minute }),
    }))
    meter.run(60, 1_000)
    expect(meter.log).toEqual(['1 trip no-run', '6 direct-close', '37 trip no-run'])
  })

  test('ends with its energy when that comes first', () => {
    const meter = meterUnder(irrigation)
    meter.change((state) => ({ ...state, run: newRun(rule, { totalWh: 0 }, start, { energyWh: 1_000 }) }))
    meter.run(60, 4_000)
    expect(meter.log).toEqual(['15 trip no-run'])
  })

  test('a payment starts one, once; asked for more it gets the most', () => {
    const meter = meterUnder(irrigation)
    meter.run(2, 0)
    meter.set({ lastPaymentAt: start + 2 * minute })
    meter.run(120, 1_000)
    expect(meter.log).toEqual(['1 trip no-run', '3 direct-close', '64 trip no-run'])
    expect(newRun(rule, { totalWh: 0 }, start, { forMs: 9 * hour, energyWh: 9_999 })).toMatchObject({
      forMs: 60 * minute,
      energyWh: 2_000,
    })
  })

  test('a pump that is never seen to be on is not waited for all night', () => {
    const open = facts({ relay: 'open', relayCommand: 'open', moneyStopped: true })
    const state: LoadState = { ...freshLoadState(null), stoppedByLoad: true, run: newRun(rule, open, start) }
    expect(decideLoad(irrigation, state, open, start + 29 * minute).state.run).not.toBeNull()
    expect(decideLoad(irrigation, state, open, start + 30 * minute).state.run).toBeNull()
  })
})

describe('malignant load', () => {
  const dormitory = (act: 'alarm' | 'trip'): LoadRules => ({
    ...base,
    malignantLoad: { ...defaultMalignantLoadRule, act, recloseTimes: 1, recloseAfterMs: 5 * minute },
  })
  test('an alarm alone trips nobody', () => {
    const meter = meterUnder(dormitory('alarm'))
    meter.run(3, 200)
    meter.run(3, 1_500)
    expect([meter.log, meter.alarms]).toEqual([[], ['malignant-load 1300']])
  })

  test('where the site says so it trips, gives back once, and then asks for a person', () => {
    const meter = meterUnder(dormitory('trip'))
    meter.run(3, 200)
    // A kettle, pulled out while it was dark, and put in again.
    for (let round = 0; round < 2; round += 1) {
      meter.run(1, 1_500)
      meter.run(8, 200)
    }
    expect(meter.log).toEqual(['4 trip malignant-load', '9 direct-close', '13 trip malignant-load'])
    expect(meter.alarms).toEqual(['malignant-load 1300', 'malignant-load 1300 person'])
  })

  test('what comes on with the supply is no step', () => {
    const meter = meterUnder({
      ...dormitory('trip'),
      schedule: { on: [{ days: [3], fromMinute: 665, toMinute: 1_440 }], holidays: [] },
    })
    meter.run(30, 2_000)
    expect(meter.log).toEqual(['1 trip schedule', '5 direct-close'])
    expect(meter.alarms).toEqual([])
  })
})

describe('orders', () => {
  test('one on its way is not repeated; what came to nothing is, after a pause; a moot one is cancelled', () => {
    const rules: LoadRules = { ...base, schedule: { on: [], holidays: [] } }
    const first = decideLoad(rules, freshLoadState(null), facts(), start)
    expect(first.command).toEqual({ kind: 'trip', because: ['schedule'] })
    const under = facts({ openKinds: ['trip'], queued: [{ id: 'a', kind: 'trip' }] })
    expect(decideLoad(rules, first.state, under, start + hour).command).toBeNull()
    expect(decideLoad(rules, first.state, facts(), start + minute).command).toBeNull()
    expect(decideLoad(rules, first.state, facts(), start + 5 * minute).command?.kind).toBe('trip')
    const on: LoadRules = { ...base, schedule: { on: [{ days: [3], fromMinute: 0, toMinute: 1_440 }], holidays: [] } }
    expect(decideLoad(on, first.state, under, start + minute)).toMatchObject({ command: null, cancel: ['a'] })
  })

  test('whatever happens: no trip of the protected, no close against debt or a hold, nothing doubled', () => {
    const all: LoadRules = {
      ...overload,
      schedule: { on: [{ days: [3], fromMinute: 660, toMinute: 700 }], holidays: [] },
      singleRun: { mostMs: 20 * minute, mostEnergyWh: null, startsOnPayment: true },
      malignantLoad: { ...defaultMalignantLoadRule, act: 'trip', recloseTimes: 1, recloseAfterMs: minute },
    }
    const step = fc.record({
      wait: fc.integer({ min: 0, max: 20 * minute }),
      relay: fc.constantFrom('closed', 'open', 'unknown' as const),
      relayCommand: fc.constantFrom('closed', 'open' as const),
      keepPower: fc.boolean(),
      protected: fc.boolean(),
      moneyStopped: fc.boolean(),
      openKinds: fc.subarray(['trip', 'direct-close'] as const),
      watts: fc.integer({ min: 0, max: 6_000 }),
      pays: fc.boolean(),
    })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        let state = freshLoadState(null)
        let now = start
        let paidAt: number | null = null
        for (const { wait, watts, pays, ...given } of steps) {
          now += wait
          if (pays) paidAt = now
          const sample = { at: now, watts, powerFactor: 1_000 }
          const decision = decideLoad(all, state, facts({ ...given, sample, lastPaymentAt: paidAt }), now)
          ;({ state } = decision)
          const { command, holds } = decision
          const mayTrip = !given.protected && !given.keepPower && !given.openKinds.includes('trip') && holds.length > 0
          const mayClose = !given.moneyStopped && holds.length === 0 && !given.openKinds.includes('direct-close')
          const may = { trip: mayTrip, 'direct-close': mayClose } as Readonly<Record<string, boolean>>
          expect(command === null || may[command.kind] === true).toBe(true)
        }
      }),
    )
  })
})

describe('rules that cannot be', () => {
  test.each<[string, LoadRules, string | null]>([
    ['none', base, 'no-rule'],
    ['too often', { ...overload, sampleEveryMs: 9_999 }, 'samples-too-often'],
    [
      'a span that ends before it begins',
      { ...base, schedule: { on: [{ days: [1], fromMinute: 10, toMinute: 10 }], holidays: [] } },
      'span-out-of-order',
    ],
    [
      'steps that nobody would see',
      {
        ...base,
        sampleEveryMs: 180_000,
        malignantLoad: { ...defaultMalignantLoadRule, act: 'alarm', recloseTimes: 0, recloseAfterMs: 0 },
      },
      'samples-too-far-apart',
    ],
    ['an honest one', overload, null],
  ])('%s', (_, rules, problem) => {
    expect(problemOfRules(rules)).toBe(problem)
  })
})
