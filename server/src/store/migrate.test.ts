import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { migrate, pendingMigrations } from './migrate.ts'
import { createTestDatabase, type TestDatabase } from './test-database.ts'

let at: TestDatabase
let directory: string

beforeEach(async () => {
  at = await createTestDatabase({ content: 'empty' })
  directory = await mkdtemp(join(tmpdir(), 'migrations-'))
  await file('0001_meters.sql', 'create table meter (id int primary key);\ncreate index on meter (id);')
})
afterEach(async () => {
  await at.drop()
  await rm(directory, { recursive: true })
})

const file = async (name: string, text: string): Promise<void> => writeFile(join(directory, name), text)

test('applies each file once, in order, and says so', async () => {
  const said: string[] = []
  await file('0002_place.sql', 'alter table meter add place text;')
  expect(await pendingMigrations(at.database, directory)).toEqual(['0001_meters.sql', '0002_place.sql'])
  const onProgress = (message: string): unknown => said.push(message)
  expect(await migrate(at.database, { directory, onProgress })).toEqual(['0001_meters.sql', '0002_place.sql'])
  expect(await migrate(at.database, { directory, onProgress })).toEqual([])
  expect(said).toEqual(['database: applied 0001_meters.sql', 'database: applied 0002_place.sql'])
  expect(await at.database.query('select id, place from meter')).toEqual([])
})

test('two processes that start together apply a file once', async () => {
  const both = await Promise.all([migrate(at.database, { directory }), migrate(at.database, { directory })])
  expect(both.flat()).toEqual(['0001_meters.sql'])
})

test('a file that fails leaves nothing behind, and is named', async () => {
  await file('0002_wrong.sql', 'create table half (id int); select nonsense;')
  await expect(migrate(at.database, { directory })).rejects.toMatchObject({
    code: 'statement-failed',
    sqlState: '42703',
    message: expect.stringContaining('0002_wrong.sql') as string,
  })
  await expect(at.database.query('select from half')).rejects.toMatchObject({ sqlState: '42P01' })
  await file('0002_wrong.sql', 'create table half (id int);')
  expect(await migrate(at.database, { directory })).toEqual(['0002_wrong.sql'])
})

test.each<[string, string, () => Promise<void>]>([
  ['a changed file', 'migration-changed', async () => file('0001_meters.sql', 'create table meter (id bigint);')],
  ['a file gone', 'migration-missing', async () => rm(join(directory, '0001_meters.sql'))],
  ['a gap in the numbers', 'migration-out-of-order', async () => file('0003_late.sql', 'select 1')],
  ['a number taken twice', 'migration-out-of-order', async () => file('0001_more.sql', 'select 1')],
  ['a name without number', 'migration-out-of-order', async () => file('more.sql', 'select 1')],
])('refuses %s', async (_, code, change) => {
  await migrate(at.database, { directory })
  await change()
  await expect(migrate(at.database, { directory })).rejects.toMatchObject({ code })
})

test('other line ends are no change', async () => {
  await migrate(at.database, { directory })
  await file('0001_meters.sql', 'create table meter (id int primary key);\r\ncreate index on meter (id);')
  expect(await migrate(at.database, { directory })).toEqual([])
})
