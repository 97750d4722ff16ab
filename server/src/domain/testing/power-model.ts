import * as fc from 'fast-check'
import type { CreditTerms } from '../credit-facts.ts'
import type { ListKind } from '../protection-list.ts'
import { microYuan } from '../quantity.ts'
import { defaultStopTerms } from '../stop-terms.ts'
import { createWorld, type Delivery, type Happening, type World } from './power-world.ts'

/**
 * Lives of an account as fast-check commands. The oracle knows nothing of the policy: it keeps its own few facts (money,
 * lists, hours) and judges what the meter did and what left the house.
 */
export type Oracle = {
  balance: bigint
  granted: bigint
  lists: { kind: ListKind; from: number; to: number | null }[]
  noTrip: { from: number; to: number }[]
  expectedUntil: number
  frozen: boolean
  /** By command: how often its bytes have left, and how often it opened the relay. */
  sent: Map<number, number>
  opened: Map<number, number>
  counts: Coverage
}

export type Coverage = { steps: Map<string, number>; states: Map<string, number>; moves: Map<string, number> }

export const emptyCoverage = (): Coverage => ({ steps: new Map(), states: new Map(), moves: new Map() })

const count = (map: Map<string, number>, key: string): void => void map.set(key, (map.get(key) ?? 0) + 1)

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour
const yuan = (amount: number): bigint => BigInt(amount) * 1_000_000n
/** A Wednesday, 11:00 in Shanghai. */
const start = Date.parse('2026-11-25T03:00:00Z')
const restore = yuan(1)

export type Variant = 'plain' | 'permit' | 'approved' | 'emergency' | 'important'
const variants: readonly Variant[] = ['plain', 'plain', 'permit', 'approved', 'emergency', 'important']

const termsOf = (variant: Variant): CreditTerms => ({
  thresholds: {
    alarm1: microYuan(yuan(10)),
    alarm2: microYuan(yuan(5)),
    cutOff: microYuan(0n),
    restore: microYuan(restore),
  },
  noticeLeadMs: 30 * minute,
  reconnect: variant === 'permit' ? 'permit-close' : 'direct-close',
  tripWindow: { fromMinute: 9 * 60, toMinute: 16 * 60, weekdays: [1, 2, 3, 4, 5] },
  timeZone: 'Asia/Shanghai',
  stop: {
    ...defaultStopTerms,
    approval: variant === 'approved' ? 'approved' : 'automatic',
    emergencyCredit: microYuan(variant === 'emergency' ? yuan(10) : 0n),
  },
})

/** Whether nobody may be tripped at this moment, told without the program's own calendar (the zone has no summer time). */
const isProtectedTime = (oracle: Oracle, at: number): boolean => {
  const local = new Date(at + 8 * hour)
  const weekday = local.getUTCDay()
  const clock = local.getUTCHours()
  if (weekday === 0 || weekday === 6 || clock < 9 || clock >= 16) return true
  if (oracle.noTrip.some(({ from, to }) => from <= at && at < to)) return true
  return oracle.lists.some(({ kind, from, to }) => kind !== 'important' && from <= at && (to === null || at < to))
}

class Broken extends Error {}

/** What must hold after every step, by what was seen. */
const judge = (oracle: Oracle, world: World): void => {
  for (const one of world.takeSeen()) {
    if (one.kind === 'moved') {
      count(oracle.counts.moves, `${one.from} → ${one.to}`)
      count(oracle.counts.states, one.to)
      continue
    }
    if (one.kind === 'relay-opened') {
      const times = (oracle.opened.get(one.command) ?? 0) + 1
      oracle.opened.set(one.command, times)
      if (times > 1) throw new Broken(`command ${String(one.command)} has opened the relay twice`)
      continue
    }
    const sent = (oracle.sent.get(one.command) ?? 0) + 1
    oracle.sent.set(one.command, sent)
    if (sent > 1 && one.stateSeen !== 'closed')
      throw new Broken(`command ${String(one.command)} was sent again without having seen a closed relay`)
    if (isProtectedTime(oracle, one.at))
      throw new Broken(`a trip left in a protected time: ${new Date(one.at).toISOString()}`)
    if (oracle.balance > -oracle.granted) throw new Broken(`a trip left with ${String(oracle.balance)} in the account`)
    if (oracle.frozen) throw new Broken('a trip left although all trips are frozen')
    if (one.at < oracle.expectedUntil) throw new Broken('a trip left while a payment was on its way')
    const { toldAt, notices } = one
    const receipt = notices.some(
      ({ kind, at, deliveredAt }) =>
        kind === 'pre-stop' &&
        at >= (toldAt ?? Infinity) &&
        deliveredAt !== null &&
        deliveredAt + 30 * minute <= one.at,
    )
    if (!receipt) throw new Broken('a trip left without a receipt of its notice and its lead')
  }
  const trips = world
    .commands()
    .filter(({ kind, state }) => kind === 'trip' && ['queued', 'sent', 'acknowledged'].includes(state))
  if (trips.length > 1) throw new Broken('two trips are open at once')
}

/**
 * The dispatcher has had its bounded time on a line that works, and who must press the button has: no relay that we opened
 * is open with money beyond the restore amount, or under protection.
 */
const settleDown = (oracle: Oracle, world: World): void => {
  world.line('obey')
  world.receipts('delivered')
  world.keepPower(false)
  for (let turn = 0; turn < 4; turn += 1) {
    world.pass(20 * minute)
    world.pressButton()
    judge(oracle, world)
  }
  const { relay, openedBy } = world.meter()
  if (relay !== 'open' || openedBy === null) return
  if (oracle.balance > restore - oracle.granted)
    throw new Broken('a relay that we opened is open in spite of the money')
  const never = oracle.lists.some(
    ({ kind, from, to }) => kind !== 'important' && from <= world.now() && (to === null || world.now() < to),
  )
  if (never) throw new Broken('a relay that we opened is open in spite of a protection')
}

type Step = fc.Command<Oracle, World>
const step = (name: string, run: (oracle: Oracle, world: World) => void): Step => ({
  check: () => true,
  run: (oracle, world) => {
    count(oracle.counts.steps, name.split(' ')[0] ?? name)
    run(oracle, world)
    // The oracle sees the end of emergency credit as a customer would: it is repaid, and not there any more.
    if (world.facts().emergency.granted === 0n) oracle.granted = 0n
    judge(oracle, world)
  },
  toString: () => name,
})

const happenings: readonly Happening[] = [
  'obey',
  'obey',
  'obey',
  'obey',
  'silence',
  'silence-but-obeyed',
  'silence-but-obeyed',
  'refusal',
  'stuck',
  'late',
  'offline',
  'crash',
]
const deliveries: readonly Delivery[] = ['delivered', 'delivered', 'failed', 'silent']
const never: readonly ListKind[] = ['protected', 'vulnerable', 'disputed', 'complaint', 'public-area']
const spans = [1, 5, 16, 31, 121, 8 * 60, 24 * 60, 3 * 24 * 60]

const steps: readonly (readonly [weight: number, fc.Arbitrary<Step>])[] = [
  [
    6,
    fc.constantFrom(1, 3, 6, 12, 30).map((amount) =>
      step(`use ${String(amount)}`, (oracle, world) => {
        if (world.meter().relay === 'closed') oracle.balance -= yuan(amount)
        world.use(yuan(amount), 'good')
      }),
    ),
  ],
  [3, fc.constant(step('read', (_, world) => world.use(0n, 'good')))],
  [1, fc.constant(step('hold', (_, world) => world.use(0n, 'held')))],
  [
    6,
    fc.constantFrom(1, 2, 8, 40).map((amount) =>
      step(`pay ${String(amount)}`, (oracle, world) => {
        oracle.balance += yuan(amount)
        world.pay(yuan(amount))
      }),
    ),
  ],
  [
    8,
    fc
      .constantFrom(...spans)
      .map((minutes) => step(`pass ${String(minutes)} min`, (_, world) => world.pass(minutes * minute))),
  ],
  // Most of a life is waiting, reading, and using.
  [
    24,
    fc.constantFrom(31, 31, 61).map((minutes) =>
      step(`live ${String(minutes)} min`, (oracle, world) => {
        world.pass(minutes * minute)
        if (world.meter().relay === 'closed') oracle.balance -= yuan(5)
        world.use(yuan(5), 'good')
      }),
    ),
  ],
  [8, fc.constantFrom(...happenings).map((next) => step(`line ${next}`, (_, world) => world.line(next)))],
  [2, fc.constantFrom(...deliveries).map((next) => step(`receipts ${next}`, (_, world) => world.receipts(next)))],
  [
    2,
    fc
      .record({
        kind: fc.constantFrom(...never),
        delay: fc.constantFrom(0, 0, hour),
        length: fc.constantFrom(hour, 2 * day),
      })
      .map(({ kind, delay, length }) =>
        step(`list ${kind}`, (oracle, world) => {
          const from = world.now() + delay
          oracle.lists = [...oracle.lists, { kind, from, to: from + length }]
          world.list(oracle.lists)
        }),
      ),
  ],
  [
    2,
    fc.constant(
      step('unlist', (oracle, world) => {
        oracle.lists = oracle.lists.map((entry) => ({ ...entry, to: Math.min(entry.to ?? world.now(), world.now()) }))
        world.list(oracle.lists)
      }),
    ),
  ],
  [
    1,
    fc.constantFrom(hour, day).map((length) =>
      step('no-trip', (oracle, world) => {
        oracle.noTrip = [...oracle.noTrip, { from: world.now(), to: world.now() + length }]
        world.noTrip(oracle.noTrip)
      }),
    ),
  ],
  [
    4,
    fc
      .constantFrom(true, true, false)
      .map((agree) => step(agree ? 'approve' : 'refuse', (_, world) => world.verdict(agree))),
  ],
  [
    2,
    fc.constant(
      step('grant', (oracle, world) => {
        world.grant()
        if (world.facts().emergency.granted > 0n) oracle.granted = world.facts().emergency.granted
      }),
    ),
  ],
  [
    1,
    fc.constant(
      step('expect-payment', (oracle, world) => {
        oracle.expectedUntil = world.now() + hour
        world.expectPayment(hour)
      }),
    ),
  ],
  [1, fc.boolean().map((on) => step(`keep-power ${on ? 'on' : 'off'}`, (_, world) => world.keepPower(on)))],
  [2, fc.constant(step('button', (_, world) => world.pressButton()))],
  [1, fc.constant(step('overload', (_, world) => world.openByItself()))],
  [
    1,
    fc.constantFrom(-2 * day, -hour, hour, 3 * day).map((ms) =>
      step(`clock ${String(ms / hour)} h`, (oracle, world) => {
        oracle.frozen = true
        world.jump(ms)
      }),
    ),
  ],
  [
    3,
    fc.constant(
      step('release', (oracle, world) => {
        oracle.frozen = false
        world.release()
      }),
    ),
  ],
  [2, fc.constant(step('restart', (_, world) => world.restart()))],
  [2, fc.constant(step('settle', settleDown))],
]

const weighted = steps.map(([weight, arbitrary]) => ({ weight, arbitrary }))

export const lives = (most: number) =>
  fc.tuple(fc.constantFrom(...variants), fc.commands([fc.oneof(...weighted)], { maxCommands: most, size: 'max' }))

/** One life from its opening payment to a calm end. */
export const live = (variant: Variant, life: Iterable<Step>, counts: Coverage): void => {
  const opening = 20
  const world = createWorld(termsOf(variant), start, microYuan(yuan(opening)))
  const oracle: Oracle = {
    balance: yuan(opening),
    granted: 0n,
    lists: variant === 'important' ? [{ kind: 'important', from: 0, to: null }] : [],
    noTrip: [],
    expectedUntil: 0,
    frozen: false,
    sent: new Map(),
    opened: new Map(),
    counts,
  }
  if (variant === 'important') world.list(oracle.lists)
  fc.modelRun(() => ({ model: oracle, real: world }), [...life, step('settle', settleDown)])
}
