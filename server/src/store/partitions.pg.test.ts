import { afterAll, beforeAll, expect, test } from 'vitest'
import { openDatabase, type Database } from './database.ts'
import { ensurePartitions } from './partitions.ts'
import { createTestDatabase, type TestDatabase } from './test-database.ts'

const dayMs = 86_400_000
const now = Date.parse('2026-11-25T03:00:00Z')
let test1: TestDatabase
beforeAll(async () => {
  test1 = await createTestDatabase()
})
afterAll(async () => test1.drop())

const partitions = async (database: Database) =>
  (
    await database.query<{ name: string }>(
      `select relname as name from pg_class where relname ~ '^(reading|transfer)_[0-9]{8}$' order by 1`,
    )
  ).map(({ name }) => name)

test('several that find the same day missing make it once', async () => {
  const others = Array.from({ length: 6 }, () =>
    openDatabase({ connection: test1.connection, maxConnections: 1, onError: () => undefined }),
  )
  await Promise.all(others.map(async (database) => ensurePartitions(database, now, now)))
  await Promise.all(others.map(async (database) => database.close()))
  expect(await partitions(test1.database)).toEqual([
    'reading_20261125',
    'reading_20261126',
    'reading_20261127',
    'reading_20261128',
    'transfer_20261125',
    'transfer_20261126',
    'transfer_20261127',
    'transfer_20261128',
  ])
})

test('a span that no field can have is a fault, not a thousand tables', async () => {
  await expect(ensurePartitions(test1.database, now - 800 * dayMs, now)).rejects.toThrow(RangeError)
})
