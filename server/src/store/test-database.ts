import { randomBytes } from 'node:crypto'
import { basename } from 'node:path'
import { expect, inject } from 'vitest'
import type { Connection } from './connection.ts'
import { openDatabase, type Database } from './database.ts'
import { testDatabasePrefix } from './test-database-name.ts'
import type { TestServer } from './vitest-global-setup.ts'

export type TestDatabase = Readonly<{
  database: Database
  connection: Connection
  /** For programs started by a test: the value of their `DATABASE_URL`. */
  url: string
  name: string
  /**
   * Closes our connections. The database itself goes at the end of the run, or stays if the file has failed: only then
   * is that known.
   */
  drop(): Promise<void>
}>

export type TestDatabaseOptions = Readonly<{
  /** `migrated` (the default) has the program's schema; `empty` has nothing. */
  content?: 'migrated' | 'empty'
}>

/** A fresh database for one test file; call it in `beforeAll`, and `drop` in `afterAll`. */
export const createTestDatabase = async ({ content = 'migrated' }: TestDatabaseOptions = {}): Promise<TestDatabase> => {
  const server: TestServer = inject('testServer')
  if (!server.ok) throw new Error(`no PostgreSQL for tests: ${server.reason}`)
  if (content === 'migrated' && !server.template.ok) throw new Error(`the migrations fail: ${server.template.reason}`)
  const template = content === 'migrated' && server.template.ok ? server.template.name : 'template1'
  const file = expect.getState().testPath ?? 'unknown'
  const readable = basename(file)
    .replace(/\..*$/, '')
    .replaceAll(/[^a-z0-9]+/g, '_')
    .slice(0, 24)
  const name = `${testDatabasePrefix(server.runId, file)}${readable}_${randomBytes(3).toString('hex')}`
  const onError = (): void => undefined
  const admin = openDatabase({ connection: { connectionString: server.adminUrl }, maxConnections: 1, onError })
  try {
    await admin.query(`create database ${name} template ${template}`)
  } finally {
    await admin.close()
  }
  const url = new URL(server.adminUrl)
  url.pathname = `/${name}`
  const connection = { connectionString: url.href }
  const database = openDatabase({ connection, onError })
  return { database, connection, url: url.href, name, drop: async () => database.close() }
}
