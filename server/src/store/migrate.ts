import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Database, Sql } from './database.ts'
import { StoreError } from './store-error.ts'

/*
 * Our own fifty lines instead of a migration library: the libraries at hand know no checksum, so an edited old file
 * would go unnoticed, and they want their own marks inside the SQL files for the way back that we do not have.
 */

export type MigrateOptions = Readonly<{
  /** Folder of the numbered files; the program's own by default. */
  directory?: string
  /** Told one line per applied file. */
  onProgress?: (message: string) => void
}>

/** `server/migrations`: the same two steps up from the sources and from the built program. */
export const migrationsDirectory = fileURLToPath(new URL('../../migrations/', import.meta.url))

/** Longest run of one statement of a migration, or wait for another process that is migrating. */
const migrationTimeoutMs = 30 * 60_000
/** Key of the advisory lock that keeps two processes from migrating at once: "xianfu" in ASCII. */
const lockKey = 0x7869616e6675n
const filePattern = /^(\d{4})_[a-z0-9_-]+\.sql$/

type Migration = Readonly<{ number: number; name: string; text: string; checksum: string }>
type Applied = Readonly<{ number: number; name: string; checksum: string }>

/**
 * Applies what has not been applied yet, one transaction per file, and returns the names of the files applied.
 * Throws a {@link StoreError} when the files do not continue what the database has seen, before changing anything.
 */
export const migrate = async (database: Database, options: MigrateOptions = {}): Promise<readonly string[]> => {
  const migrations = await readMigrations(options.directory ?? migrationsDirectory)
  const done: string[] = []
  checkHistory(migrations, await prepareHistory(database))
  for (const migration of migrations) {
    if (await applyOnce(database, migrations, migration)) {
      options.onProgress?.(`database: applied ${migration.name}`)
      done.push(migration.name)
    }
  }
  return done
}

/** Whether anything is left to apply; changes nothing but making the history table. */
export const pendingMigrations = async (
  database: Database,
  directory = migrationsDirectory,
): Promise<readonly string[]> => {
  const migrations = await readMigrations(directory)
  const applied = await prepareHistory(database)
  checkHistory(migrations, applied)
  return migrations.slice(applied.length).map(({ name }) => name)
}

const readMigrations = async (directory: string): Promise<readonly Migration[]> => {
  const names = (await readdir(directory)).filter((name) => name.endsWith('.sql')).sort()
  return Promise.all(
    names.map(async (name, index) => {
      const number = Number(filePattern.exec(name)?.[1])
      if (number !== index + 1) {
        throw new StoreError(
          'migration-out-of-order',
          `${name}: migrations are named 0001_words.sql and numbered without gaps`,
        )
      }
      // A checkout with other line ends is the same migration.
      const text = (await readFile(join(directory, name), 'utf8')).replaceAll('\r\n', '\n')
      return { number, name, text, checksum: createHash('sha256').update(text).digest('hex') }
    }),
  )
}

const prepareHistory = async (database: Database): Promise<readonly Applied[]> =>
  database.transaction(
    async (sql) => {
      await lock(sql)
      await sql.query(`create table if not exists migration (
        number int primary key, name text not null, checksum text not null, applied_at timestamptz not null default now())`)
      return history(sql)
    },
    { statementTimeoutMs: migrationTimeoutMs },
  )

const applyOnce = async (
  database: Database,
  migrations: readonly Migration[],
  migration: Migration,
): Promise<boolean> =>
  database.transaction(
    async (sql) => {
      await lock(sql)
      // Looked at again under the lock: another process may have been faster.
      const applied = await history(sql)
      checkHistory(migrations, applied)
      if (applied.length >= migration.number) return false
      try {
        await sql.query(migration.text)
      } catch (error) {
        throw inFile(error, migration.name)
      }
      await sql.query('insert into migration (number, name, checksum) values ($1, $2, $3)', [
        migration.number,
        migration.name,
        migration.checksum,
      ])
      return true
    },
    { statementTimeoutMs: migrationTimeoutMs },
  )

/** Held until the transaction ends. */
const lock = async (sql: Sql): Promise<void> => {
  await sql.query('select pg_advisory_xact_lock($1)', [lockKey])
}

const history = async (sql: Sql): Promise<readonly Applied[]> =>
  sql.query<Applied>('select number, name, checksum from migration order by number')

const checkHistory = (migrations: readonly Migration[], applied: readonly Applied[]): void => {
  for (const [index, { name, checksum }] of applied.entries()) {
    const file = migrations[index]
    if (file === undefined) {
      throw new StoreError(
        'migration-missing',
        `the database has ${name}, which this program does not know: use a newer program`,
      )
    }
    if (file.name !== name || file.checksum !== checksum) {
      throw new StoreError(
        'migration-changed',
        `${file.name} is not what was applied as ${name}: restore it and add a new file instead`,
      )
    }
  }
}

const inFile = (error: unknown, name: string): unknown =>
  error instanceof StoreError && error.code === 'statement-failed'
    ? new StoreError(error.code, `${name}: ${error.message}`, {
        cause: error,
        sqlState: error.sqlState,
        constraint: error.constraint,
      })
    : error
