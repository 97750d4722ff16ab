import { randomBytes } from 'node:crypto'
import { chmod, mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
// The one place where the store looks up to the program around it: the tests need the server that the program brings.
import { startEmbeddedPostgres } from '../app/embedded-postgres/start-embedded-postgres.ts'
import { connectionUrl } from './connection.ts'
import { openDatabase } from './database.ts'
import { migrate } from './migrate.ts'
import { testDatabasePrefix } from './test-database-name.ts'

/** A run of tests that need no database shall not fail for want of one, so the workers are told of failure too. */
export type TestServer =
  | Readonly<{ ok: true; runId: string; adminUrl: string; template: TestTemplate }>
  | Readonly<{ ok: false; reason: string }>
type TestTemplate = Readonly<{ ok: true; name: string }> | Readonly<{ ok: false; reason: string }>

declare module 'vitest' {
  // Merging with Vitest's own declaration works by interface only.
  interface ProvidedContext {
    testServer: TestServer
  }
}

const folderPrefix = 'xianfu-test-'
/** Databases of failed runs are kept this long. */
const keepFailedMs = 24 * 60 * 60_000

/** Losing test data in a power cut is no loss. */
const testSettings = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', shared_buffers: '64MB' }

/**
 * One server for the whole run, with a migrated template to clone. `XIANFU_TEST_DATABASE_URL` names another server
 * instead (with a role that may create databases), for tests on PostgreSQL 15.
 */
const setup = async (project: TestProject): Promise<() => Promise<void>> => {
  const runId = randomBytes(3).toString('hex')
  const given = process.env['XIANFU_TEST_DATABASE_URL']
  if (given !== undefined) {
    project.provide('testServer', { ok: true, runId, adminUrl: given, template: await makeTemplate(given, runId) })
    return async () => {
      tell(await clear(project, given, runId), 'the server of XIANFU_TEST_DATABASE_URL')
    }
  }
  await removeOldFolders()
  const folder = await mkdtemp(join(tmpdir(), folderPrefix))
  // As root PostgreSQL runs as somebody else, who must be able to enter.
  await chmod(folder, 0o711)
  const dataDirectory = join(folder, 'data')
  try {
    const server = await startEmbeddedPostgres({ dataDirectory, settings: testSettings, onProgress: () => undefined })
    const adminUrl = connectionUrl({ ...server.connection, database: 'postgres' })
    project.provide('testServer', { ok: true, runId, adminUrl, template: await makeTemplate(adminUrl, runId) })
    return async () => {
      const kept = failedFiles(project).length === 0 ? [] : await clear(project, adminUrl, runId)
      await server.stop()
      if (kept.length === 0) await rm(folder, { recursive: true, force: true })
      tell(kept, dataDirectory)
    }
  } catch (error) {
    await rm(folder, { recursive: true, force: true })
    project.provide('testServer', { ok: false, reason: reasonOf(error) })
    return async () => undefined
  }
}

// oxlint-disable-next-line import/no-default-export -- Vitest finds a global set-up by its default export.
export default setup

const onError = (): void => undefined

const makeTemplate = async (adminUrl: string, runId: string): Promise<TestTemplate> => {
  const name = `test_${runId}_template`
  const admin = openDatabase({ connection: { connectionString: adminUrl }, maxConnections: 1, onError })
  await admin.query(`create database ${name}`)
  const url = new URL(adminUrl)
  url.pathname = `/${name}`
  const database = openDatabase({ connection: { connectionString: url.href }, onError })
  try {
    await migrate(database)
    await database.close()
    // Cloning is refused while anybody is connected to the template, so nobody may.
    await admin.query(`alter database ${name} allow_connections false`)
    return { ok: true, name }
  } catch (error) {
    return { ok: false, reason: reasonOf(error) }
  } finally {
    await database.close()
    await admin.close()
  }
}

const failedFiles = (project: TestProject): readonly string[] =>
  project.vitest.state
    .getFiles()
    .filter(({ result }) => result?.state === 'fail')
    .map(({ filepath }) => filepath)

/** Removes this run's databases but those of failed files, whose names are returned. */
const clear = async (project: TestProject, adminUrl: string, runId: string): Promise<readonly string[]> => {
  const admin = openDatabase({ connection: { connectionString: adminUrl }, maxConnections: 1, onError })
  try {
    const failed = failedFiles(project).map((file) => testDatabasePrefix(runId, file))
    const rows = await admin.query<{ datname: string }>(
      'select datname from pg_database where starts_with(datname, $1)',
      [`test_${runId}_`],
    )
    const kept = rows.map(({ datname }) => datname).filter((name) => failed.some((prefix) => name.startsWith(prefix)))
    for (const { datname } of rows) {
      if (!kept.includes(datname)) await admin.query(`drop database if exists ${datname} with (force)`)
    }
    return kept
  } finally {
    await admin.close()
  }
}

const tell = (kept: readonly string[], where: string): void => {
  if (kept.length > 0)
    process.stderr.write(`Kept in ${where} for a day, as their tests have failed: ${kept.join(', ')}\n`)
}

const removeOldFolders = async (): Promise<void> => {
  for (const name of await readdir(tmpdir())) {
    if (!name.startsWith(folderPrefix)) continue
    const folder = join(tmpdir(), name)
    const found = await stat(folder).catch(() => undefined)
    if (found === undefined || found.uid !== process.getuid?.()) continue
    if (Date.now() - found.mtimeMs > keepFailedMs) await rm(folder, { recursive: true, force: true })
  }
}

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
