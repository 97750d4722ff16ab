import * as fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { accountsDue } from '../store/credit-decisions.ts'
import { audit } from './audit.ts'
import { post } from './post.ts'
import { createAddToList } from './stop-lists.ts'
import { createScriptedHeadend, type ScriptedHeadend } from './testing/scripted-headend.ts'
import { createTown, wednesday, yuan, type Town } from './testing/town.ts'
import { runDispatcher } from './testing/run-dispatcher.ts'

/**
 * Lives of an account as in `domain/power-model`, few and short, but with the real walks on the real PostgreSQL: the oracle
 * keeps its own money and lists, and judges what left the house and how the relay stands.
 */
type Act =
  | 'use'
  | 'pay a little'
  | 'pay'
  | 'wait'
  | 'silence'
  | 'lost answer'
  | 'stuck'
  | 'restart'
  | 'protect'
  | 'read'
const acts: readonly Act[] = [
  'use',
  'use',
  'use',
  'wait',
  'wait',
  'pay a little',
  'pay',
  'silence',
  'lost answer',
  'stuck',
  'restart',
  'protect',
  'read',
]

const minute = 60_000
const day = 1_440 * minute
const restore = yuan(1)

let town: Town
let house = 0
beforeAll(async () => {
  town = await createTown(Array.from({ length: 40 }, (_, index) => ({ place: `H${String(index)}`, opening: 6 })))
  // Many lives at one place of one day: the guard is tested elsewhere.
  await town.database.query('update trip_guard set most_per_minute = 10000, most_per_day_floor = 10000')
})
afterAll(async () => town.close())
beforeEach(() => {
  house = 0
})

/** 11:00 in Shanghai on the next working day: each life has a day of its own, and the clock never goes back. */
const nextMorning = (now: number): number => {
  let at = wednesday + Math.ceil((now - wednesday + 1) / day) * day
  while ([0, 6].includes(new Date(at).getUTCDay())) at += day
  return at
}

const live = async (place: string, life: readonly Act[]): Promise<{ trips: number; closes: number }> => {
  town.clock.set(nextMorning(town.clock.now()))
  const { accountId, meterId } = await town.place(place)
  const headend: ScriptedHeadend = createScriptedHeadend()
  let balance = yuan(6)
  let totalWh = 0
  let protectedUntil = 0
  let stop: () => Promise<void> = async () => undefined
  const start = (): void => {
    stop = runDispatcher(town, headend)
  }
  const decideDue = async (): Promise<void> => {
    const due = await accountsDue(town.database, town.clock.now(), 100)
    if (due.includes(accountId))
      await town.database.transaction(async (sql) => {
        await post(sql, town.context.ids, { now: town.clock.now(), accountIds: [accountId], postings: [] })
      })
  }
  /** Until nothing of this meter is due now, or under way. */
  const rest = async (): Promise<void> => {
    for (let look = 0; look < 2_000; look += 1) {
      const busy = await town.database.query(
        `select from relay_command where meter_id = $1
         and (state in ('sent', 'acknowledged') or state = 'queued' and (not_before <= $2 or owner is not null))`,
        [meterId, new Date(town.clock.now())],
      )
      if (busy.length === 0) return
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
    throw new Error(`the dispatcher finds no rest: ${JSON.stringify(town.logged.slice(-3))}`)
  }
  const read = async (wh: number): Promise<void> => {
    if (headend.relay === 'closed') {
      totalWh += wh
      balance = (balance - yuan(wh / 1_000)) as typeof balance
    }
    await town.settle([
      await town.reading(place, totalWh, {
        status: { relay: headend.relay, relayCommand: headend.relay, keepPower: false, alarm: true },
      }),
    ])
  }
  const pass = async (minutes: number): Promise<void> => {
    for (let gone = 0; gone < minutes; gone += 1) {
      town.clock.move(minute)
      const before = headend.sent.filter((action) => action === 'trip').length
      await decideDue()
      await rest()
      const after = headend.sent.filter((action) => action === 'trip').length
      if (after > before) {
        expect(balance <= 0n, `a trip left with ${String(balance)}`).toBe(true)
        expect(town.clock.now() >= protectedUntil, 'a trip left under protection').toBe(true)
      }
    }
  }
  let payments = 0
  const pay = async (amount: number): Promise<void> => {
    payments += 1
    balance = (balance + yuan(amount)) as typeof balance
    await town.pay({
      accountId,
      key: `p${String(payments)}`,
      amount: yuan(amount),
      channel: 'cash-counter',
      operatorId: null,
    })
  }
  const deeds: Readonly<Record<Act, () => Promise<void>>> = {
    use: async () => {
      await pass(10)
      await read(3_000)
    },
    read: async () => read(0),
    wait: async () => pass(31),
    'pay a little': async () => pay(1),
    pay: async () => pay(20),
    silence: async () => headend.behave('silence'),
    'lost answer': async () => headend.behave('silence-but-obeyed'),
    stuck: async () => headend.behave('stuck'),
    restart: async () => {
      await stop()
      start()
    },
    protect: async () => {
      protectedUntil = town.clock.now() + 60 * minute
      const input = {
        accountId,
        kind: 'complaint',
        from: null,
        to: protectedUntil,
        reason: 'x',
        operator: null,
      } as const
      await createAddToList(town.context)(input)
    },
  }
  await read(0)
  start()
  try {
    for (const act of life) {
      await deeds[act]()
      await rest()
    }
    headend.behave('obey')
    await read(0)
    await pass(62)
    const openedByUs = headend.sent.includes('trip') && headend.relay === 'open'
    expect(openedByUs && balance > restore, `open with ${String(balance)}`).toBe(false)
    expect(openedByUs && town.clock.now() < protectedUntil, 'open under protection').toBe(false)
    const twice = await town.database.query(
      `select e.command_id from command_event e join relay_command c on c.id = e.command_id
       where c.meter_id = $1 and c.kind = 'trip' and e.kind = 'verified' group by 1 having count(*) > 1`,
      [meterId],
    )
    expect(twice).toEqual([])
    // Nothing of this house is left for the next life: they share the line.
    await pay(100)
    await pass(62)
    expect(headend.relay).toBe('closed')
  } finally {
    await stop()
  }
  const count = (what: string): number => headend.sent.filter((action) => action === what).length
  return { trips: count('trip'), closes: count('direct-close') }
}

test('on the real walks too: no relay stays open in spite of money, no trip under protection, and the books are right', async () => {
  let trips = 0
  let closes = 0
  await fc.assert(
    fc.asyncProperty(fc.array(fc.constantFrom(...acts), { minLength: 4, maxLength: 10 }), async (life) => {
      const seen = await live(`H${String(house)}`, life)
      house += 1
      trips += seen.trips
      closes += seen.closes
    }),
    {
      numRuns: 12,
      // Each life needs a house of its own, so a failing one is told as it was, not made shorter.
      endOnFailure: true,
      examples: [
        [['use', 'use', 'wait', 'pay']],
        [['use', 'use', 'lost answer', 'wait', 'pay', 'wait']],
        [['use', 'use', 'silence', 'wait', 'restart', 'pay']],
        [['use', 'use', 'wait', 'protect', 'wait']],
      ],
    },
  )
  expect(trips).toBeGreaterThan(2)
  expect(closes).toBeGreaterThan(1)
  expect((await audit(town.database)).flatMap(({ wrong }) => wrong)).toEqual([])
}, 240_000)
