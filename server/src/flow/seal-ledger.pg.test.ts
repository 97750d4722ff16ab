import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { machineClock } from '../domain/testing/machine-clock.ts'
import { openDatabase, type Database } from '../store/database.ts'
import { createTestDatabase, type TestDatabase } from '../store/test-database.ts'
import { sealLedger } from './seal-ledger.ts'

let at: TestDatabase
let writer: Database
const clock = machineClock(() => Date.parse('2026-11-25T00:00:00Z'))

beforeAll(async () => {
  at = await createTestDatabase()
  writer = openDatabase({ connection: at.connection, onError: () => undefined, maxConnections: 1 })
})
afterAll(async () => {
  await writer.close()
  await at.drop()
})

test('the one writer under way, the newest of all, is waited for', async () => {
  let letGo = (): void => undefined
  const goes = new Promise<void>((resolve) => (letGo = resolve))
  let hasDrawn = (): void => undefined
  const drawn = new Promise<void>((resolve) => (hasDrawn = resolve))
  const writing = writer.transaction(async (sql) => {
    // As posting does: locks first, which take a transaction id, then a number of the journal.
    await sql.query('select pg_current_xact_id()')
    await sql.query("select nextval('transfer_entry')")
    hasDrawn()
    await goes
  })
  await drawn
  let isSealed = false
  const sealing = sealLedger({ database: at.database, clock }).then((blocks) => {
    isSealed = true
    return blocks
  })
  await sleep(200)
  expect(isSealed).toBe(false)
  letGo()
  await writing
  expect(await sealing).toMatchObject([{ firstEntry: 1n, lastEntry: 1n, transfers: 0 }])
})
