import { asyncProperty, assert, array, constant, integer, nat, oneof, record } from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createTown, wednesday, yuan, type Town } from '../../flow/testing/town.ts'
import type { Sql } from '../database.ts'
import { createDaySums, type HourSums } from './day-sums.ts'

/** Wednesday's midnight in Shanghai. */
const midnight = wednesday - 11 * 3_600_000
const pollWithin = { timeout: 20_000, interval: 50 }
const channels = ['wechat-pay', 'alipay'] as const
const places = ['W', 'A'] as const

/** What the ledger itself says, all of it anew. */
const ledgerSays = async (sql: Sql, from: number): Promise<readonly HourSums[]> =>
  sql.query<HourSums>(
    `select date_bin('1 hour', at, $1::timestamptz) as at,
            coalesce(sum(used_wh) filter (where kind = 'energy-charge'), 0)::bigint as used_wh,
            coalesce(sum(amount) filter (where kind = 'energy-charge'), 0)::bigint as charged,
            coalesce(sum(amount) filter (where kind = 'payment'), 0)::bigint as paid
     from transfer where at >= $1 group by 1 order by 1`,
    [new Date(from)],
  )

/** Once more a transfer like one that is there: an honest row, written by whoever the test wants and as late as it wants. */
const writeLike = async (sql: Sql, channel: string, at: number): Promise<void> => {
  await sql.query(
    `insert into transfer (at, id, bucket, debit_id, credit_id, amount, kind, account_id, balance_after, posted_at)
     select $2, gen_random_uuid(), t.bucket, t.debit_id, t.credit_id, t.amount, t.kind, t.account_id, t.balance_after, $2
     from transfer t join ledger_account d on d.id = t.debit_id
     where t.kind = 'payment' and d.owner = $1 limit 1`,
    [channel, new Date(at)],
  )
}

/** A writer that has written and does not commit until it is told to. */
type OpenWriter = Readonly<{ written: Promise<void>; end: (keep: boolean) => Promise<void> }>

const openWriter = (town: Town, channel: string, at: number): OpenWriter => {
  let told = (_keep: boolean): void => undefined
  let wrote = (): void => undefined
  const order = new Promise<boolean>((resolve) => {
    told = resolve
  })
  const written = new Promise<void>((resolve) => {
    wrote = resolve
  })
  const over = town.database
    .transaction(async (sql) => {
      await writeLike(sql, channel, at)
      wrote()
      if (!(await order)) throw new Error('told to roll back')
    })
    .catch(() => undefined)
  return {
    written,
    end: async (keep) => {
      told(keep)
      await over
    },
  }
}

const step = oneof(
  { weight: 3, arbitrary: record({ kind: constant('look' as const) }) },
  {
    weight: 2,
    arbitrary: record({ kind: constant('charge' as const), hour: nat(10), wh: integer({ min: 1, max: 900 }) }),
  },
  { weight: 2, arbitrary: record({ kind: constant('open' as const), who: nat(1), hour: nat(10) }) },
  { weight: 2, arbitrary: record({ kind: constant('end' as const), who: nat(1), keep: nat(3) }) },
)

describe('the sums of a day', () => {
  let town: Town
  let totalWh = 1_000_000

  const charge = async (hour: number, wh: number): Promise<void> => {
    totalWh += wh
    const reading = await town.reading('M', totalWh, { at: midnight + hour * 3_600_000 + (totalWh % 3_000_000) })
    await town.settle([reading])
  }

  beforeAll(async () => {
    town = await createTown([{ place: 'M', opening: 500 }, ...places.map((place) => ({ place, opening: 0.01 }))])
    for (const [index, channel] of channels.entries()) {
      const { accountId } = await town.place(places[index] ?? '')
      await town.pay({ key: channel, accountId, amount: yuan(10 + index), channel, operatorId: null })
    }
    await charge(0, 0)
  })
  afterAll(async () => town.close())

  test('are those of the ledger at each look, whoever writes, is late, or gives up between the looks', async () => {
    await assert(
      asyncProperty(array(step, { minLength: 5, maxLength: 25 }), async (steps) => {
        const sums = createDaySums()
        const open = new Map<number, OpenWriter>()
        const look = async (): Promise<void> =>
          expect(await sums(town.database, midnight)).toEqual(await ledgerSays(town.database, midnight))
        try {
          for (const one of steps) {
            if (one.kind === 'look') await look()
            else if (one.kind === 'charge') await charge(one.hour, one.wh)
            else if (one.kind === 'open' && !open.has(one.who)) {
              const writer = openWriter(town, channels[one.who] ?? '', midnight + one.hour * 3_600_000)
              open.set(one.who, writer)
              await writer.written
            } else if (one.kind === 'end') {
              await open.get(one.who)?.end(one.keep > 0)
              open.delete(one.who)
            }
          }
          await look()
        } finally {
          for (const writer of open.values()) await writer.end(true)
        }
        await look()
        await look()
      }),
      { numRuns: 25 },
    )
  }, 120_000)

  test('miss nothing of a writer that drew its number long before it commits', async () => {
    const sums = createDaySums()
    await sums(town.database, midnight)
    const slow = openWriter(town, channels[0], midnight)
    await slow.written
    for (let later = 0; later < 3; later += 1) {
      await town.database.transaction(async (sql) => writeLike(sql, channels[1], midnight + 3_600_000))
      expect(await sums(town.database, midnight)).toEqual(await ledgerSays(town.database, midnight))
    }
    await slow.end(true)
    expect(await sums(town.database, midnight)).toEqual(await ledgerSays(town.database, midnight))
  })

  test('read of the ledger only what is new', async () => {
    const sums = createDaySums()
    const asked: bigint[] = []
    const watched: Sql = {
      query: async (text, values) => {
        const [, after] = /entry > (\d+)/u.exec(text) ?? []
        if (after !== undefined) asked.push(BigInt(after))
        return town.database.query(text, values)
      },
    }
    const [{ highest } = { highest: 0n }] = await town.database.query<{ highest: bigint }>(
      'select max(entry) as highest from transfer',
    )
    // Writers of other databases of the same server hold the end back, for as long as they are at work.
    await expect
      .poll(async () => {
        await sums(watched, midnight)
        return asked.at(-1) ?? 0n
      }, pollWithin)
      .toBeGreaterThanOrEqual(highest)
    expect(asked[0]).toBe(0n)
  })

  test('begin anew with a new day, and with looks that meet', async () => {
    const sums = createDaySums()
    await sums(town.database, midnight)
    const both = await Promise.all([sums(town.database, midnight + 3 * 3_600_000), sums(town.database, midnight)])
    expect(both).toEqual([
      await ledgerSays(town.database, midnight + 3 * 3_600_000),
      await ledgerSays(town.database, midnight),
    ])
  })
})
