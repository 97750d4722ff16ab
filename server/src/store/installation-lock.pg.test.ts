import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openDatabase, type Database } from './database.ts'
import { holdInstallation } from './installation-lock.ts'
import { createTestDatabase, type TestDatabase } from './test-database.ts'

let at: TestDatabase
let other: Database
let released: (() => Promise<void>)[]

beforeEach(async () => {
  at = await createTestDatabase()
  other = openDatabase({ connection: at.connection, onError: () => undefined })
  released = []
})
afterEach(async () => {
  for (const release of released) await release()
  await other.close()
  await at.drop()
})

const delay = async (ms: number, signal?: AbortSignal): Promise<void> =>
  sleep(ms, undefined, signal === undefined ? {} : { signal })

const hold = async (database: Database, self: string, onTaken: () => void = () => undefined): Promise<boolean> => {
  const release = await holdInstallation(database, { self, delay, onTaken, lookEveryMs: 50 })
  if (release !== null) released.push(release)
  return release !== null
}

/** The server ends the session that holds the lock. */
const cutOff = async (): Promise<number> => {
  const rows = await other.query(
    `select pg_terminate_backend(pid) from pg_stat_activity where application_name like 'xianfu house %' and datname = current_database()`,
  )
  return rows.length
}

const isHeld = async (): Promise<boolean> => {
  const [row] = await other.query<{ held: boolean }>(
    `select exists (select from pg_locks l join pg_stat_activity a on a.pid = l.pid where l.locktype = 'advisory'
       and a.datname = current_database() and a.application_name like 'xianfu house %') as held`,
  )
  return row?.held === true
}

test('one server has a database, and the next one has it when the first lets go', async () => {
  expect(await hold(at.database, 'a')).toBe(true)
  expect(await hold(other, 'b')).toBe(false)
  await released.pop()?.()
  expect(await hold(other, 'b')).toBe(true)
})

test('whoever loses the connection holds the database again as soon as it is back', async () => {
  let taken = 0
  await hold(at.database, 'a', () => void (taken += 1))
  expect(await cutOff()).toBe(1)
  await expect.poll(isHeld, { timeout: 10_000 }).toBe(true)
  expect(await hold(other, 'b')).toBe(false)
  expect(taken).toBe(0)
})

test('a server whose database was taken meanwhile is told so, and takes nothing back', async () => {
  let taken = 0
  const away = { ...at.database, isAway: false }
  const first: Database = {
    ...at.database,
    query: async (...asked) => {
      if (away.isAway) throw new Error('the network is away')
      return at.database.query(...asked)
    },
  }
  await hold(first, 'a', () => void (taken += 1))
  away.isAway = true
  await cutOff()
  expect(await hold(other, 'b')).toBe(true)
  away.isAway = false
  await expect.poll(() => taken, { timeout: 10_000 }).toBe(1)
  expect(await isHeld()).toBe(true)
})
