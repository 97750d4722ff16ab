import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startEmbeddedPostgres } from '../../server/dist/app/embedded-postgres/start-embedded-postgres.js'
import { connectionUrl } from '../../server/dist/store/connection.js'
import { openDatabase } from '../../server/dist/store/database.js'
import { migrate } from '../../server/dist/store/migrate.js'

const onError = (error) => process.stderr.write(`${String(error)}\n`)

/** The server to measure: the one of `url`, or one of the embedded binaries of its own, which is gone afterwards. */
export const withServer = async ({ url, settings, tell }, work) => {
  if (url) return work(url)
  const folder = await mkdtemp(join(tmpdir(), 'xianfu-bench-'))
  await chmod(folder, 0o711)
  const server = await startEmbeddedPostgres({ dataDirectory: join(folder, 'data'), settings, onProgress: tell })
  try {
    return await work(connectionUrl({ ...server.connection, database: 'postgres' }))
  } finally {
    await server.stop()
    await rm(folder, { recursive: true, force: true })
  }
}

/** Its version and the settings that matter, in words. */
export const describeServer = async (url) => {
  const admin = openDatabase({ connection: { connectionString: url }, maxConnections: 1, onError })
  const rows = await admin.query(
    `select name, current_setting(name) as value from pg_settings
     where name in ('server_version', 'shared_buffers', 'max_wal_size', 'synchronous_commit', 'fsync') order by name = 'server_version' desc, name`,
  )
  await admin.close()
  return rows
    .map(({ name, value }) => (name === 'server_version' ? `PostgreSQL ${value}` : `${name} ${value}`))
    .join(', ')
}

/** A migrated database on that server for the time of the work. */
export const withDatabase = async (adminUrl, name, work) => {
  const admin = openDatabase({ connection: { connectionString: adminUrl }, maxConnections: 1, onError })
  await admin.query(`drop database if exists ${name} with (force)`)
  await admin.query(`create database ${name}`)
  const url = new URL(adminUrl)
  url.pathname = `/${name}`
  let over = false
  const database = openDatabase({
    connection: { connectionString: url.href },
    // Connections that are still closing when the database is dropped.
    onError: (error) => (over ? undefined : onError(error)),
  })
  try {
    await migrate(database)
    return await work(database, url.href)
  } finally {
    over = true
    await database.close()
    await admin.query(`drop database if exists ${name} with (force)`)
    await admin.close()
  }
}
