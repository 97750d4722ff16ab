import { describe, expect, test } from 'vitest'
import type { CreditTerms } from './credit-facts.ts'
import { powerStates, type PowerState } from './power-state.ts'
import { microYuan } from './quantity.ts'
import { defaultStopTerms, type StopTerms } from './stop-terms.ts'
import { createWorld, type World } from './testing/power-world.ts'

/** The state machine of fee-control practice, transition by transition, with the virtual meter. */

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour
const yuan = (amount: number) => BigInt(amount) * 1_000_000n
/** A Wednesday, 11:00 in Shanghai. */
const start = Date.parse('2026-11-25T03:00:00Z')

const world = (stop: Partial<StopTerms> = {}, reconnect: CreditTerms['reconnect'] = 'direct-close'): World =>
  createWorld(
    {
      thresholds: {
        alarm1: microYuan(yuan(10)),
        alarm2: microYuan(yuan(5)),
        cutOff: microYuan(0n),
        restore: microYuan(yuan(1)),
      },
      noticeLeadMs: 30 * minute,
      reconnect,
      tripWindow: { fromMinute: 9 * 60, toMinute: 16 * 60, weekdays: [1, 2, 3, 4, 5] },
      timeZone: 'Asia/Shanghai',
      stop: { ...defaultStopTerms, ...stop },
    },
    start,
    microYuan(yuan(20)),
  )

/** States in the order in which they were entered since this was asked last. */
const path = (of: World): PowerState[] => of.takeSeen().flatMap((one) => (one.kind === 'moved' ? [one.to] : []))
const usedUp = (of: World): World => {
  of.use(yuan(21), 'good')
  return of
}
/** Used up, told, and the lead time over. */
const stoppedWorld = (stop: Partial<StopTerms> = {}, reconnect: CreditTerms['reconnect'] = 'direct-close'): World => {
  const one = usedUp(world(stop, reconnect))
  one.pass(31 * minute)
  expect(one.state()).toBe('stopped')
  one.takeSeen()
  return one
}
const disputed = (of: World) => [{ kind: 'disputed' as const, from: of.now(), to: null }]
const trips = (of: World) => of.commands().filter(({ kind }) => kind === 'trip')

describe('on falling balance', () => {
  test('Normal → Warned1 → Warned2 → PreStopNotified', () => {
    const one = world()
    for (const amount of [10, 6, 5]) one.use(yuan(amount), 'good')
    expect(path(one)).toEqual(['warned-1', 'warned-2', 'pre-stop-notified'])
  })
  test.each([
    ['Warned1', 11],
    ['Warned2', 16],
    ['PreStopNotified', 21],
  ])('%s → Normal on payment', (_, amount) => {
    const one = world()
    one.use(yuan(amount), 'good')
    one.pay(yuan(40))
    expect(one.state()).toBe('normal')
  })
  test('Warned2 → StopDue: used up, and something hinders', () => {
    const one = world()
    one.use(yuan(16), 'good')
    one.use(yuan(5), 'held')
    expect(one.state()).toBe('stop-due')
  })
  test('StopDue → Normal on payment', () => {
    const one = world()
    one.use(yuan(21), 'held')
    expect(one.state()).toBe('stop-due')
    one.use(0n, 'good')
    one.pay(yuan(40))
    expect(one.state()).toBe('normal')
  })
  test('StopDue → PreStopNotified when nothing hinders any more', () => {
    const one = world()
    one.use(yuan(21), 'held')
    one.use(0n, 'good')
    expect(path(one)).toEqual(['stop-due', 'pre-stop-notified'])
  })
})

describe('with approval', () => {
  const approved = { approval: 'approved' } as const
  test('StopDue → AwaitApproval', () => {
    const one = world(approved)
    one.use(yuan(21), 'held')
    one.use(0n, 'good')
    expect(path(one)).toEqual(['stop-due', 'await-approval'])
  })
  test('AwaitApproval → PreStopNotified', () => {
    const one = usedUp(world(approved))
    one.verdict(true)
    expect(one.state()).toBe('pre-stop-notified')
  })
  test('AwaitApproval → Suspended on refusal, until its end', () => {
    const one = usedUp(world(approved))
    one.verdict(false)
    expect(one.state()).toBe('suspended')
    one.pass(2 * day)
    expect(one.state()).toBe('suspended')
    one.use(0n, 'good')
    one.pass(day)
    expect(one.state()).toBe('await-approval')
  })
  test('AwaitApproval → Normal on payment, and the approval is taken back', () => {
    const one = usedUp(world(approved))
    one.pay(yuan(40))
    expect(one.state()).toBe('normal')
    expect(one.facts().approval?.state).toBe('withdrawn')
  })
})

describe('the notice', () => {
  test('PreStopNotified → TripQueued when the lead is over and the window open', () => {
    const one = usedUp(world())
    one.pass(29 * minute)
    expect(one.state()).toBe('pre-stop-notified')
    one.line('offline')
    one.pass(2 * minute)
    expect(one.state()).toBe('trip-queued')
  })
  test('delivery failed → second channel, new lead', () => {
    const one = world()
    one.receipts('failed')
    usedUp(one)
    one.receipts('delivered')
    one.pass(minute)
    const told = one.facts().notices.filter(({ kind }) => kind === 'pre-stop')
    expect(told.map(({ channel }) => channel)).toEqual(['sms', 'letter', 'visit'])
    expect(one.facts().earliestStopAt).toBe((told.at(-1)?.deliveredAt ?? 0) + 30 * minute)
  })
  test('no receipt: nothing is tripped', () => {
    const one = world()
    one.receipts('silent')
    usedUp(one)
    for (let turn = 0; turn < 10; turn += 1) {
      one.pass(hour / 2)
      one.use(0n, 'good')
    }
    expect(trips(one)).toEqual([])
    expect(one.state()).toBe('pre-stop-notified')
  })
})

describe('the trip', () => {
  test('TripQueued → TripSent → TripVerifying → Stopped', () => {
    const one = usedUp(world())
    one.takeSeen()
    one.pass(31 * minute)
    expect(path(one)).toEqual(['trip-queued', 'trip-sent', 'trip-verifying', 'stopped'])
  })
  test('TripSent → TripFailed → TripSent: no proof, attempts left', () => {
    const one = usedUp(world())
    one.line('silence')
    one.pass(31 * minute)
    expect(one.state()).toBe('trip-failed')
    one.takeSeen()
    one.line('obey')
    one.pass(5 * minute)
    expect(path(one)).toEqual(['trip-sent', 'trip-verifying', 'stopped'])
  })
  test('TripVerifying → TripFailed: acknowledged, but the relay is closed', () => {
    const one = usedUp(world())
    one.line('stuck')
    one.pass(31 * minute)
    expect(path(one).slice(-2)).toEqual(['trip-verifying', 'trip-failed'])
  })
  test('TripFailed → FieldTrip: three cut-offs have failed', () => {
    const one = usedUp(world())
    one.line('refusal')
    for (let turn = 0; turn < 3; turn += 1) {
      one.pass(31 * minute)
      one.pass(day - 31 * minute)
      one.use(0n, 'good')
    }
    one.pass(hour)
    expect(one.state()).toBe('field-trip')
    expect(trips(one)).toHaveLength(3)
  })
  test('a trip whose answer was lost is found by the state, not sent again', () => {
    const one = usedUp(world())
    one.line('silence-but-obeyed')
    one.pass(31 * minute)
    one.line('obey')
    one.pass(5 * minute)
    expect(one.takeSeen().filter(({ kind }) => kind === 'trip-sent')).toHaveLength(1)
    expect(one.state()).toBe('stopped')
  })
})

describe('payment in any state from Warned1 to TripSent', () => {
  test('TripQueued → Normal: what is not sent is cancelled', () => {
    const one = usedUp(world())
    one.line('offline')
    one.pass(31 * minute)
    one.pay(yuan(40))
    expect(one.state()).toBe('normal')
    expect(trips(one).map(({ state }) => state)).toEqual(['cancelled'])
    expect(one.meter().relay).toBe('closed')
  })
  test('TripSent → ReconnectDue: reconnected even if the trip was never confirmed', () => {
    const one = usedUp(world())
    one.line('silence-but-obeyed')
    one.pass(31 * minute)
    one.line('offline')
    one.pay(yuan(40))
    expect(one.state()).toBe('reconnect-due')
    one.line('obey')
    one.pass(2 * minute)
    expect(one.meter().relay).toBe('closed')
  })
  test('a late trip does not win', () => {
    const one = usedUp(world())
    one.line('late')
    one.pass(30 * minute + 1)
    one.line('obey')
    one.pay(yuan(40))
    one.pass(hour)
    expect([one.meter().relay, one.state()]).toEqual(['closed', 'normal'])
  })
})

describe('the way back', () => {
  test('Stopped → ReconnectDue → ReconnectSent → ReconnectVerifying → Normal, direct', () => {
    const one = stoppedWorld()
    one.pay(yuan(40))
    expect(path(one)).toEqual(['reconnect-due', 'reconnect-sent', 'reconnect-verifying', 'normal'])
  })
  test('ReconnectVerifying → AwaitButton → Normal, by permission', () => {
    const one = stoppedWorld({}, 'permit-close')
    one.pay(yuan(40))
    expect(path(one).slice(-2)).toEqual(['reconnect-verifying', 'await-button'])
    one.pressButton()
    one.use(0n, 'good')
    expect(one.state()).toBe('normal')
  })
  test('waiting for the button is no fault: nothing is sent again', () => {
    const one = stoppedWorld({}, 'permit-close')
    one.pay(yuan(40))
    one.pass(3 * hour)
    expect(one.commands().filter(({ kind }) => kind === 'permit-close')).toHaveLength(1)
  })
  test('ReconnectSent → ReconnectFailed → ReconnectSent: retried', () => {
    const one = stoppedWorld()
    one.line('silence')
    one.pay(yuan(40))
    expect(path(one).at(-1)).toBe('reconnect-failed')
    one.line('obey')
    one.pass(minute)
    expect(one.state()).toBe('normal')
  })
  test('ReconnectFailed → FieldReconnect, and decided again after half an hour', () => {
    const one = stoppedWorld()
    one.line('silence')
    one.pay(yuan(40))
    one.pass(31 * minute)
    expect(one.state()).toBe('field-reconnect')
    one.line('obey')
    one.pass(31 * minute)
    expect(one.state()).toBe('normal')
  })
  test('Stopped → Stopped: too little paid', () => {
    const one = stoppedWorld()
    one.pay(yuan(2))
    expect(one.state()).toBe('stopped')
  })
})

describe('the meter by itself', () => {
  test('→ Stopped when it opens by itself; money is no cause, and reconnects nothing', () => {
    const one = world()
    one.openByItself()
    one.use(0n, 'good')
    expect(one.state()).toBe('stopped')
    expect(one.restoreOwed()).toBe(false)
    one.pay(yuan(40))
    expect(one.commands().filter(({ kind }) => kind === 'direct-close')).toEqual([])
  })
})

describe('a protection is switched on', () => {
  test.each<[string, (of: World) => void]>([
    ['StopDue', (one) => one.use(yuan(21), 'held')],
    ['PreStopNotified', usedUp],
    [
      'TripQueued',
      (one) => {
        usedUp(one)
        one.line('offline')
        one.pass(31 * minute)
      },
    ],
  ])('%s → Suspended', (_, until) => {
    const one = world()
    until(one)
    one.list(disputed(one))
    expect(one.state()).toBe('suspended')
    expect(trips(one).every(({ state }) => state === 'cancelled')).toBe(true)
  })
  test('AwaitApproval → Suspended, and the approval is taken back', () => {
    const one = usedUp(world({ approval: 'approved' }))
    one.list(disputed(one))
    expect(one.state()).toBe('suspended')
    expect(one.facts().approval?.state).toBe('withdrawn')
  })
  test('Stopped → ReconnectDue, without money', () => {
    const one = stoppedWorld()
    one.list(disputed(one))
    expect(path(one)[0]).toBe('reconnect-due')
    expect(one.meter().relay).toBe('closed')
    expect(one.state()).toBe('suspended')
  })
  test('Suspended → PreStopNotified when it ends: told anew, with a new lead', () => {
    const one = usedUp(world())
    one.list(disputed(one))
    one.pass(hour)
    one.list([])
    expect(one.state()).toBe('pre-stop-notified')
    expect(one.facts().earliestStopAt).toBe(one.now() + 30 * minute)
  })
})

describe('a restart', () => {
  test('between the bytes and the answer: the meter is asked before anything is repeated', () => {
    const one = usedUp(world())
    one.line('crash')
    one.pass(31 * minute)
    one.pass(10 * minute)
    expect(one.state()).toBe('stopped')
    expect(one.takeSeen().filter(({ kind }) => kind === 'trip-sent')).toHaveLength(1)
  })
})

test('there are nineteen states', () => {
  expect(new Set(powerStates).size).toBe(19)
})
