import { afterAll, beforeAll, expect, test } from 'vitest'
import { openDatabase } from './database.ts'
import { ensurePartitions } from './partitions.ts'
import { createTestDatabase, type TestDatabase } from './test-database.ts'

let at: TestDatabase
const day = 86_400_000
const first = Date.UTC(2026, 2, 1)

beforeAll(async () => {
  at = await createTestDatabase()
})
afterAll(async () => at.drop())

const days = async (parent: string): Promise<number> => {
  const [row] = await at.database.query<{ count: bigint }>(
    'select count(*) as count from pg_inherits where inhparent = $1::regclass',
    [parent],
  )
  return Number(row?.count)
}

test('many that make the same days at once make each of them once', async () => {
  const pools = Array.from({ length: 8 }, () =>
    openDatabase({ connection: at.connection, maxConnections: 1, onError: () => undefined }),
  )
  // Each has looked before and found nothing, so that what it remembers of the catalog is out of date.
  for (const pool of pools) await pool.query('select ensure_day_partitions($1::date, $1::date)', ['2026-02-01'])
  await Promise.all(pools.map(async (pool) => ensurePartitions(pool, first, first + 10 * day)))
  for (const pool of pools) await pool.close()
  expect(await days('transfer')).toBe(1 + 14)
  expect(await days('reading')).toBe(1 + 14)
})

test('a writer under way is not waited for, and a day has all that the whole has', async () => {
  const from = first + 100 * day
  await at.database.transaction(async (sql) => {
    await sql.query('lock table transfer, reading in row exclusive mode')
    await ensurePartitions(at.database, from, from)
  })
  const triggers = await at.database.query<{ name: string }>(
    "select tgname as name from pg_trigger where tgrelid = 'transfer_20260609'::regclass order by 1",
  )
  expect(triggers.map(({ name }) => name)).toEqual(['transfer_is_immutable', 'written_through_the_whole'])
  const indexes = async (table: string) =>
    at.database.query<{ count: bigint }>('select count(*) as count from pg_index where indrelid = $1::regclass', [
      table,
    ])
  expect(await indexes('transfer_20260609')).toEqual(await indexes('transfer'))
  const checks = async (table: string) =>
    at.database.query<{ name: string }>(
      "select conname as name from pg_constraint where conrelid = $1::regclass and contype = 'c' order by 1",
      [table],
    )
  expect(await checks('transfer_20260609')).toEqual(await checks('transfer'))
})
