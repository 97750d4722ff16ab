import { describe, expect, test } from 'vitest'
import type { CreditFacts, CreditTerms, MeterFacts } from './credit-facts.ts'
import { decide, objectionToTrip } from './credit-policy.ts'
import { receiptWaitMs } from './notice-chain.ts'
import { defaultStopTerms, type StopTerms } from './stop-terms.ts'
import { applyDecision } from './apply-decision.ts'
import { plainFacts, plainMeter, plainTerms } from './testing/plain-facts.ts'
import { yuan } from './testing/yuan.ts'

/** The decision table of fee-control practice, row by row, with its variants. */

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour
/** A Wednesday, 11:00 in Shanghai. */
const now = Date.parse('2026-11-25T03:00:00Z')
const night = Date.parse('2026-11-25T15:30:00Z')

const terms = (stop: Partial<StopTerms> = {}): CreditTerms => ({
  ...plainTerms,
  stop: { ...defaultStopTerms, ...stop },
})
const meter = (change: Partial<MeterFacts> = {}): MeterFacts => ({
  ...plainMeter,
  meterId: 7,
  alarm: true,
  lastReadAt: now - 10 * minute,
  ...change,
})
const facts = (balance: number, change: Partial<CreditFacts> = {}): CreditFacts => ({
  ...plainFacts,
  stageSince: now - hour,
  balance: yuan(balance),
  meters: [meter()],
  ...change,
})
const notice = (kind: CreditFacts['notices'][number]['kind'], at: number, change: object = {}) => ({
  kind,
  channel: 'outbox',
  at,
  sendAt: at,
  deliveredAt: at,
  failedAt: null,
  ...change,
})
/** Told an hour ago, delivered, the lead time over. */
const told = (change: Partial<CreditFacts> = {}): CreditFacts =>
  facts(-1, {
    stage: 'stop-notified',
    toldAt: now - hour,
    earliestStopAt: now - 30 * minute,
    notices: [notice('pre-stop', now - hour)],
    ...change,
  })
const kinds = ({ notices }: ReturnType<typeof decide>) => notices.map(({ kind }) => kind)
const items = ({ workItems }: ReturnType<typeof decide>) => workItems.map(({ kind }) => kind)
const commands = (decision: ReturnType<typeof decide>) => decision.commands.map(({ kind }) => kind)

describe('row 1: post-paid, legal path not complete', () => {
  const postPaid = terms({ mode: 'post-paid', legalPath: 'overdue-30' })
  test('who owes is reminded, and that is all', () => {
    const decision = decide(facts(-80), postPaid, now)
    expect(decision).toMatchObject({ stage: 'normal', reasons: ['post-paid', 'legal-path-incomplete'] })
    expect(kinds(decision)).toEqual(['reminder'])
    expect(commands(decision)).toEqual(['alarm-off'])
  })
  test('not more often than once a month', () => {
    const reminded = facts(-80, { notices: [notice('reminder', now - 29 * day)] })
    expect(kinds(decide(reminded, postPaid, now))).toEqual([])
    expect(kinds(decide(reminded, postPaid, now + day))).toEqual(['reminder'])
  })
  test('a bill that is 29 days overdue changes nothing; it says when it will', () => {
    const overdueSince = now - 29 * day
    const decision = decide(facts(-80, { overdueSince }), postPaid, now)
    expect(decision.stage).toBe('normal')
    expect(decision.lookAgainAt).toBe(overdueSince + 30 * day)
  })
  test('30 days overdue: the responsible head is asked', () => {
    const decision = decide(facts(-80, { overdueSince: now - 30 * day }), postPaid, now)
    expect(decision).toMatchObject({ stage: 'await-approval', approval: { kind: 'request', persons: 1 } })
  })
  test('with money nobody is reminded', () => {
    expect(decide(facts(60), postPaid, now)).toMatchObject({ stage: 'normal', reasons: ['enough-money'], notices: [] })
  })
  test('the bill was paid after the stop: supply comes back, whatever has been used since', () => {
    const cut = facts(-3, { stage: 'cut-off', meters: [meter({ relay: 'open', restoreOwed: true })] })
    expect(commands(decide(cut, postPaid, now))).toContain('direct-close')
  })
  test('a prepaid account whose stop needs overdue bills is warned, but not announced a stop', () => {
    const decision = decide(facts(-1), terms({ legalPath: 'overdue-30' }), now)
    expect(decision).toMatchObject({ stage: 'stop-due', reasons: ['used-up', 'legal-path-incomplete'] })
    expect(kinds(decision)).toEqual(['warning-2'])
  })
})

describe('row 2: the newest reading is too old or suspect', () => {
  test.each([
    ['too old', { lastReadAt: now - 24 * hour - 1 }, 'reading-too-old'],
    ['held', { newestHeld: true }, 'reading-held'],
  ] as const)('%s: work item, no warning', (_, change, reason) => {
    const decision = decide(facts(10, { meters: [meter({ ...change, alarm: false })] }), terms(), now)
    expect(decision).toMatchObject({ stage: 'normal', reasons: ['below-alarm-2', reason], notices: [], commands: [] })
    expect(decision.workItems).toEqual([{ kind: 'check-meter', meterId: 7 }])
  })
  test.each([
    ['never read', { lastReadAt: null }, 'reading-missing'],
    ['too old', { lastReadAt: now - 24 * hour - 1 }, 'reading-too-old'],
    ['held', { newestHeld: true }, 'reading-held'],
  ] as const)('%s and used up: work item, no stop', (_, change, reason) => {
    const decision = decide(facts(-1, { meters: [meter(change)] }), terms(), now)
    expect(decision).toMatchObject({ stage: 'stop-due', reasons: ['used-up', reason], notices: [], commands: [] })
    expect(items(decision)).toEqual(['check-meter'])
  })
  test('the age limit is a term of the agreement', () => {
    const two = told({ meters: [meter({ lastReadAt: now - 3 * hour })] })
    expect(decide(two, terms(), now).stage).toBe('cut-off')
    expect(decide(two, terms({ readingAgeMs: 2 * hour }), now).reasons).toEqual(['used-up', 'reading-too-old'])
  })
  test('supply that is owed comes back all the same', () => {
    const paid = facts(30, {
      stage: 'cut-off',
      meters: [meter({ relay: 'open', restoreOwed: true, newestHeld: true })],
    })
    expect(commands(decide(paid, terms(), now))).toEqual(['direct-close'])
  })
})

describe('row 3: more than warning 1', () => {
  test('nothing, and open warnings end', () => {
    const decision = decide(facts(61, { stage: 'warned-2' }), terms(), now)
    expect(decision).toMatchObject({ stage: 'normal', notices: [], withdrawNotices: true, lookAgainAt: null })
    expect(commands(decision)).toEqual(['alarm-off'])
  })
})

describe('row 4: at warning 1', () => {
  test('told once per crossing, and by the meter', () => {
    const fresh = facts(50, { meters: [meter({ alarm: false })] })
    const decision = decide(fresh, terms(), now)
    expect(kinds(decision)).toEqual(['warning-1'])
    expect(commands(decision)).toEqual(['alarm-on'])
    expect(kinds(decide(applyDecision(fresh, decision, now), terms(), now + 5 * day))).toEqual([])
  })
})

describe('row 5: at warning 2', () => {
  const first = decide(facts(15), terms(), now)
  test('told', () => {
    expect(kinds(first)).toEqual(['warning-2'])
    expect(first.lookAgainAt).toBe(now + receiptWaitMs)
  })
  const warned = (change: object): CreditFacts =>
    facts(15, {
      stage: 'warned-2',
      stageSince: now,
      channels: ['sms', 'letter'],
      notices: [notice('warning-2', now, { channel: 'sms', ...change })],
    })
  const read = (given: CreditFacts, at: number): CreditFacts => ({ ...given, meters: [meter({ lastReadAt: at })] })
  const after = (given: CreditFacts, ms: number) => decide(read(given, now + ms), terms(), now + ms)
  test('repeated every two days', () => {
    expect(after(warned({}), 2 * day - 1).notices).toEqual([])
    expect(after(warned({}), 2 * day).notices).toMatchObject([{ kind: 'warning-2', channel: 'sms' }])
  })
  test('no receipt: the second channel', () => {
    expect(after(warned({ deliveredAt: null }), receiptWaitMs - 1).notices).toEqual([])
    expect(after(warned({ deliveredAt: null }), receiptWaitMs).notices).toMatchObject([{ channel: 'letter' }])
  })
  test('failed: the second channel at once, then a visit as work for a person', () => {
    const failed = warned({ deliveredAt: null, failedAt: now })
    expect(after(failed, minute).notices).toMatchObject([{ channel: 'letter' }])
    const twice = {
      ...failed,
      notices: [
        ...failed.notices,
        notice('warning-2', now + 1, { channel: 'letter', deliveredAt: null, failedAt: now }),
      ],
    }
    expect(after(twice, minute).notices).toMatchObject([{ channel: 'visit' }])
    expect(items(after(twice, minute))).toEqual(['notice-undelivered'])
  })
})

describe('row 6: used up, but on a list', () => {
  test.each([
    ['protected', 'protected'],
    ['vulnerable', 'vulnerable'],
    ['disputed', 'bill-disputed'],
    ['complaint', 'complaint-open'],
    ['public-area', 'public-area'],
  ] as const)('%s: no stop, the manager is told', (kind, reason) => {
    const listed = told({ lists: [{ kind, from: now - day, to: null }] })
    const decision = decide(listed, terms(), now)
    expect(decision).toMatchObject({
      stage: 'suspended',
      reasons: ['used-up', reason],
      toldAt: null,
      earliestStopAt: null,
    })
    expect(items(decision)).toEqual(['owing-protected'])
    expect(commands(decision)).not.toContain('trip')
    expect(objectionToTrip({ ...listed, stage: 'cut-off' }, terms(), now)).toBe(reason)
  })
  test('an entry counts from its beginning to its end, and its beginning is looked out for', () => {
    const from = now + hour
    const later = told({ lists: [{ kind: 'protected', from, to: from + hour }] })
    expect(decide(later, terms(), now)).toMatchObject({ stage: 'cut-off', lookAgainAt: from })
    const holds = decide({ ...later, meters: [meter({ lastReadAt: from })] }, terms(), from)
    expect(holds).toMatchObject({ stage: 'suspended', lookAgainAt: from + hour })
    expect(decide({ ...later, meters: [meter({ lastReadAt: from })] }, terms(), from + hour).stage).toBe('cut-off')
  })
})

describe('row 7: emergency credit', () => {
  const offered = terms({ emergencyCredit: yuan(10) })
  test('offered before anything is announced', () => {
    const decision = decide(facts(-1), offered, now)
    expect(decision).toMatchObject({
      stage: 'stop-due',
      reasons: ['used-up', 'emergency-credit-offered'],
      emergency: 'offer',
    })
    expect(kinds(decision)).toEqual(['emergency-offer'])
  })
  test('the offer stands for a day, and is made once', () => {
    const standing = facts(-1, { stage: 'stop-due', emergency: { offeredAt: now, granted: yuan(0) } })
    expect(decide(standing, offered, now + hour)).toMatchObject({ stage: 'stop-due', notices: [], emergency: null })
    const after = { ...standing, meters: [meter({ lastReadAt: now + day })] }
    expect(kinds(decide(after, offered, now + day))).toEqual(['pre-stop'])
  })
  test('granted: the stop is lower by so much, and supply comes back', () => {
    const granted = { emergency: { offeredAt: now, granted: yuan(10) } }
    expect(decide(facts(-9.99, { stage: 'stop-due', ...granted }), offered, now).stage).toBe('warned-2')
    expect(decide(facts(-10, { stage: 'stop-due', ...granted }), offered, now).stage).toBe('stop-notified')
    const cut = facts(-4, { stage: 'cut-off', meters: [meter({ relay: 'open', restoreOwed: true })], ...granted })
    expect(commands(decide(cut, offered, now))).toContain('direct-close')
  })
  test('repaid by the next top-up, then it can be offered anew', () => {
    const repaid = facts(6, { stage: 'warned-2', emergency: { offeredAt: now, granted: yuan(10) } })
    expect(decide(repaid, offered, now).emergency).toBe('over')
  })
})

describe('row 8: approved mode, important customers', () => {
  const important = { lists: [{ kind: 'important' as const, from: 0, to: null }] }
  test('a task with the notice, and nothing else', () => {
    const decision = decide(facts(-1), terms({ approval: 'approved' }), now)
    expect(decision).toMatchObject({ stage: 'await-approval', approval: { kind: 'request', persons: 1 } })
    expect(items(decision)).toEqual(['approve-stop'])
    expect(kinds(decision)).toEqual(['warning-2'])
  })
  test('an important customer needs two persons', () => {
    expect(decide(facts(-1, important), terms(), now).approval).toEqual({ kind: 'request', persons: 2 })
    const one = { state: 'approved', persons: 1, until: now + day } as const
    expect(decide(facts(-1, { ...important, approval: one }), terms(), now).stage).toBe('await-approval')
  })
  test('their notice is copied to the authority, and nothing happens without its receipt', () => {
    const approval = { state: 'approved', persons: 2, until: now + day } as const
    const decision = decide(facts(-1, { ...important, approval }), terms(), now)
    expect(kinds(decision)).toEqual(['pre-stop', 'authority-copy'])
    const half = told({ ...important, approval, stage: 'cut-off' })
    expect(objectionToTrip(half, terms(), now)).toBe('notice-not-delivered')
    const whole = { ...half, notices: [...half.notices, notice('authority-copy', now - hour)] }
    expect(objectionToTrip(whole, terms(), now)).toBeNull()
  })
  test('an approval that is too old is asked for again, and the trip does not leave', () => {
    const old = told({ approval: { state: 'approved', persons: 1, until: now }, stage: 'cut-off' })
    expect(objectionToTrip(old, terms({ approval: 'approved' }), now)).toBe('approval-missing')
    expect(decide(old, terms({ approval: 'approved' }), now)).toMatchObject({ stage: 'await-approval', toldAt: null })
  })
})

describe('row 9: the notice of the stop', () => {
  test('sent, with the earliest stop', () => {
    const decision = decide(facts(0, { stage: 'warned-2' }), terms(), now)
    expect(decision).toMatchObject({ stage: 'stop-notified', toldAt: now, earliestStopAt: now + 30 * minute })
    expect(decision.notices).toEqual([{ kind: 'pre-stop', channel: 'outbox', sendAt: now }])
  })
  test('at night it waits for the morning, and all that follows waits with it', () => {
    const morning = Date.parse('2026-11-26T00:00:00Z')
    const decision = decide(facts(0, { stage: 'warned-2', meters: [meter({ lastReadAt: night })] }), terms(), night)
    expect(decision.notices).toEqual([{ kind: 'pre-stop', channel: 'outbox', sendAt: morning }])
    expect(decision.earliestStopAt).toBe(morning + 30 * minute)
  })
  test('what it must contain is not known: it is not sent, and nobody is stopped', () => {
    const decision = decide(facts(-1, { absent: ['service-phone'] }), terms(), now)
    expect(decision).toMatchObject({ stage: 'stop-due', reasons: ['used-up', 'notice-incomplete'], toldAt: null })
    expect(kinds(decision)).toEqual(['warning-2'])
    expect(items(decision)).toEqual(['notice-undelivered'])
    expect(objectionToTrip(told({ stage: 'cut-off', absent: ['service-phone'] }), terms(), now)).toBe(
      'notice-incomplete',
    )
  })
  test('delivered late: the lead begins with the receipt', () => {
    const late = told({ notices: [notice('pre-stop', now - hour, { deliveredAt: now - 10 * minute })] })
    const decision = decide(late, terms(), now)
    expect(decision).toMatchObject({ reasons: ['used-up', 'lead-time-running'], earliestStopAt: now + 20 * minute })
  })
})

describe('row 10: told, but the hour is not right', () => {
  const at = (local: string, change: Partial<CreditFacts> = {}) => {
    const instant = Date.parse(`${local}+08:00`)
    const shift = instant - now
    const given = told(change)
    return {
      instant,
      given: {
        ...given,
        toldAt: (given.toldAt ?? 0) + shift,
        earliestStopAt: (given.earliestStopAt ?? 0) + shift,
        notices: given.notices.map((one) => notice(one.kind, one.at + shift)),
        meters: [meter({ lastReadAt: instant })],
      },
    }
  }
  test.each([
    ['after the window', '2026-11-25T16:00', {}, 'outside-trip-window'],
    ['a Saturday', '2026-11-28T11:00', {}, 'outside-trip-window'],
    [
      'friendly hours',
      '2026-11-25T12:30',
      { friendlyHours: [{ fromMinute: 720, toMinute: 810, weekdays: [3] }] },
      'friendly-hours',
    ],
    [
      'friendly hours that run over midnight',
      '2026-11-25T09:30',
      { friendlyHours: [{ fromMinute: 960, toMinute: 600, weekdays: [2] }] },
      'friendly-hours',
    ],
    ['a public holiday', '2026-10-01T11:00', {}, 'public-holiday'],
    ['the day before one', '2026-09-30T11:00', {}, 'public-holiday'],
    ['a fixed holiday of a year that is not listed', '2030-10-01T11:00', {}, 'public-holiday'],
  ] as const)('%s', (_, local, stop, reason) => {
    const { given, instant } = at(local)
    expect(decide(given, terms(stop), instant)).toMatchObject({ stage: 'stop-notified', reasons: ['used-up', reason] })
    expect(objectionToTrip({ ...given, stage: 'cut-off' }, terms(stop), instant)).toBe(reason)
  })
  test('a house without that calendar has no holidays', () => {
    const { given, instant } = at('2026-10-01T11:00')
    expect(decide(given, terms({ holidays: 'none' }), instant).stage).toBe('cut-off')
  })
  test.each([
    ['holiday', 'no-trip-day'],
    ['weather', 'no-trip-weather'],
    ['event', 'no-trip-event'],
  ] as const)('a span without trips: %s', (kind, reason) => {
    const spanned = told({ noTrip: [{ kind, from: now, to: now + hour }] })
    expect(decide(spanned, terms(), now).reasons).toEqual(['used-up', reason])
  })
  test('a payment that was announced is waited for, and no longer', () => {
    const expected = told({ paymentExpectedUntil: now + hour })
    expect(decide(expected, terms(), now)).toMatchObject({
      reasons: ['used-up', 'payment-on-its-way'],
      lookAgainAt: now + hour,
    })
    expect(objectionToTrip({ ...expected, stage: 'cut-off' }, terms(), now)).toBe('payment-on-its-way')
    expect(decide(expected, terms(), now + hour).stage).toBe('cut-off')
  })
})

describe('row 11: told, the lead is over, inside the window', () => {
  test('trip', () => {
    expect(commands(decide(told(), terms(), now))).toEqual(['trip'])
  })
  test('not without a receipt', () => {
    const sent = told({ notices: [notice('pre-stop', now - hour, { deliveredAt: null })] })
    expect(decide(sent, terms(), now)).toMatchObject({
      stage: 'stop-notified',
      reasons: ['used-up', 'notice-not-delivered'],
    })
    expect(objectionToTrip({ ...sent, stage: 'cut-off' }, terms(), now)).toBe('notice-not-delivered')
  })
  test('a notice of long ago is sent anew', () => {
    const old = now - 8 * day
    const stale = told({ toldAt: old, earliestStopAt: old + hour, notices: [notice('pre-stop', old)] })
    expect(decide(stale, terms(), now)).toMatchObject({
      stage: 'stop-notified',
      toldAt: now,
      earliestStopAt: now + 30 * minute,
    })
    expect(objectionToTrip({ ...stale, stage: 'cut-off' }, terms(), now)).toBe('notice-missing')
  })

  describe('on overdue bills', () => {
    const overdue = terms({ legalPath: 'overdue-30', jurisdiction: 'CN-province' })
    const approved = { state: 'approved', persons: 1, until: now + 9 * day } as const
    const week = now - 7 * day
    const ripe = told({
      overdueSince: now - 50 * day,
      approval: approved,
      toldAt: week,
      earliestStopAt: now,
      notices: [notice('pre-stop', week)],
    })
    test('seven days of notice for a home', () => {
      const told8 = { ...ripe, toldAt: now, notices: [notice('pre-stop', now)], earliestStopAt: null }
      expect(decide(told8, overdue, now).earliestStopAt).toBe(now + 7 * day)
      const other = terms({ legalPath: 'overdue-30', jurisdiction: 'CN-province', supply: 'other' })
      expect(decide(told8, other, now).earliestStopAt).toBe(now + 3 * day)
    })
    test('an agreement may lengthen the deadlines, never shorten them', () => {
      const told8 = { ...ripe, toldAt: now, notices: [notice('pre-stop', now)], earliestStopAt: null }
      expect(decide(told8, terms({ legalPath: 'overdue-30', longer: { noticeDays: 9 } }), now).earliestStopAt).toBe(
        now + 9 * day,
      )
      expect(decide(told8, terms({ legalPath: 'overdue-30', longer: { noticeDays: 1 } }), now).earliestStopAt).toBe(
        now + 7 * day,
      )
    })
    test('told again an hour before, and only then tripped', () => {
      const again = decide(ripe, overdue, now)
      expect(kinds(again)).toEqual(['pre-stop-again'])
      expect(again.earliestStopAt).toBe(now + hour)
      expect(objectionToTrip({ ...ripe, stage: 'cut-off' }, overdue, now)).toBe('notice-sent-again')
      const both = { ...ripe, earliestStopAt: now + hour, notices: [...ripe.notices, notice('pre-stop-again', now)] }
      expect(decide(both, overdue, now + 59 * minute).reasons).toEqual(['used-up', 'lead-time-running'])
      expect(commands(decide(both, overdue, now + hour))).toEqual(['trip'])
    })
    test('what was told again yesterday is told again today', () => {
      const yesterday = { ...ripe, notices: [...ripe.notices, notice('pre-stop-again', now - day)] }
      expect(kinds(decide(yesterday, overdue, now))).toEqual(['pre-stop-again'])
    })
  })
})

describe('row 12: tripped, and above the restore amount', () => {
  test.each(['direct-close', 'permit-close'] as const)('%s', (reconnect) => {
    const paid = facts(5.01, { stage: 'cut-off', meters: [meter({ relay: 'open', restoreOwed: true })] })
    expect(commands(decide(paid, { ...terms(), reconnect }, night))).toEqual([reconnect])
  })
  test('not at the amount itself', () => {
    const paid = facts(5, { stage: 'cut-off', meters: [meter({ relay: 'open', restoreOwed: true })] })
    expect(decide(paid, terms(), now).reasons).toContain('waiting-for-restore-amount')
  })
})

describe('row 13: tripped, 180 days without payment', () => {
  const since = now - 180 * day
  const cut = (change: Partial<CreditFacts> = {}) =>
    told({ stage: 'cut-off', stageSince: since, meters: [meter({ relay: 'open', restoreOwed: true })], ...change })
  test('the account is to be closed down', () => {
    expect(items(decide(cut(), terms(), now))).toEqual(['closing-down'])
    expect(decide(cut({ stageSince: since + 1 }), terms(), now)).toMatchObject({ workItems: [], lookAgainAt: now + 1 })
  })
  test('a payment that was too small begins the time anew', () => {
    expect(items(decide(cut({ lastPaymentAt: now - 179 * day }), terms(), now))).toEqual([])
  })
})
