import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Client } from 'pg'
import { findCluster } from './places.ts'

/** Where clients connect: a socket folder as host. */
export type EmbeddedConnection = Readonly<{ host: string; port: number; user: string; database: string }>

export const superuser = 'xianfu'
const databaseName = 'xianfu'
/** A local socket answers at once; more than this is a fault. */
const probeTimeoutMs = 5_000

/** What `postmaster.pid` says (PostgreSQL's src/include/utils/pidfile.h): one value a line. */
export type Postmaster = Readonly<{
  pid: number
  port: number
  socketDirectory: string
  status: 'starting' | 'stopping' | 'ready' | 'standby' | 'unknown'
}>

export const readPostmaster = async (cluster: string): Promise<Postmaster | undefined> => {
  const text = await readFile(join(cluster, 'postmaster.pid'), 'utf8').catch((error: unknown) => {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') return undefined
    if (code === 'EACCES')
      throw new Error(
        `The database folder ${cluster} belongs to another user: start as that user, or set DATABASE_URL.`,
      )
    throw error
  })
  if (text === undefined) return undefined
  const lines = text.split('\n').map((line) => line.trim())
  const pid = Number(lines[0])
  // Another process is just writing the file: it is there, but says nothing yet.
  if (!Number.isInteger(pid) || pid <= 0) return { pid: 0, port: 0, socketDirectory: '', status: 'unknown' }
  const status = (['starting', 'stopping', 'ready', 'standby'] as const).find((word) => word === lines[7]) ?? 'unknown'
  return { pid, port: Number(lines[3] ?? 0), socketDirectory: lines[4] ?? '', status }
}

/**
 * Whether that process is PostgreSQL still. Process numbers are used again after a restart of the machine or of a
 * container, so the number alone proves nothing; `someone-else` is a live process of another program.
 */
export const lifeOf = async ({ pid }: Postmaster): Promise<'alive' | 'dead' | 'someone-else'> => {
  if (pid === 0) return 'alive'
  try {
    process.kill(pid, 0)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return 'dead'
  }
  if (process.platform !== 'linux') return 'alive'
  const stat = await readFile(`/proc/${String(pid)}/stat`, 'utf8').catch(() => undefined)
  if (stat === undefined) return 'dead'
  if (!/^\d+ \(postgres\)/.test(stat)) return 'someone-else'
  // A dead process that nobody has buried yet (state Z) is dead all the same.
  return /^\d+ \(postgres\) Z/.test(stat) ? 'dead' : 'alive'
}

/** The server that runs on this folder, ours or another process's, if it takes connections now. */
export const findRunningPostgres = async (dataDirectory: string): Promise<EmbeddedConnection | undefined> => {
  const cluster = await findCluster(dataDirectory)
  const postmaster = cluster === undefined ? undefined : await readPostmaster(cluster)
  if (postmaster?.status !== 'ready' || (await lifeOf(postmaster)) !== 'alive') return undefined
  const connection = connectionOf(postmaster)
  return (await answers(connection)) ? connection : undefined
}

export const connectionOf = ({ socketDirectory, port }: Postmaster): EmbeddedConnection => ({
  host: socketDirectory,
  port,
  user: superuser,
  database: databaseName,
})

/** Whether a session can be opened; makes the database on the way, should the first start have been cut short. */
export const answers = async (connection: EmbeddedConnection): Promise<boolean> => {
  try {
    await withClient({ ...connection, database: 'postgres' }, async (client) => {
      const { rowCount } = await client.query('select from pg_database where datname = $1', [databaseName])
      if (rowCount === 0) await createDatabase(client)
    })
    return true
  } catch {
    return false
  }
}

const createDatabase = async (client: Client): Promise<void> => {
  await client.query(`create database ${databaseName}`).catch((error: unknown) => {
    // 42P04 and 23505: another process made it in the same moment.
    if (!['42P04', '23505'].includes((error as { code?: string }).code ?? '')) throw error
  })
}

const withClient = async (connection: EmbeddedConnection, work: (client: Client) => Promise<void>): Promise<void> => {
  const client = new Client({
    ...connection,
    connectionTimeoutMillis: probeTimeoutMs,
    query_timeout: probeTimeoutMs * 4,
  })
  client.on('error', () => undefined)
  try {
    await client.connect()
    await work(client)
  } finally {
    await client.end().catch(() => undefined)
  }
}
