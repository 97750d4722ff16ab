import { mkdir, readFile, realpath, rm, rmdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { performance } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import { provideBinaries, type Binaries } from './binaries.ts'
import { createCluster } from './create-cluster.ts'
import { findCluster, placeNewCluster, prepareSocketDirectory } from './places.ts'
import { answers, connectionOf, lifeOf, readPostmaster, type EmbeddedConnection } from './running.ts'
import { chooseIdentity, defaultUnprivilegedId, type RunAs } from './run-as.ts'
import { spawnServer, type ServerProcess } from './server-process.ts'

export type EmbeddedPostgresOptions = Readonly<{
  /** Where the data shall be kept; made when absent. */
  dataDirectory: string
  /** One English line for each thing that takes time or that the operator should know. */
  onProgress: (message: string) => void
  /** Settings of postgresql.conf over the defaults, such as `{ shared_buffers: '512MB' }`. */
  settings?: Readonly<Record<string, string>>
  /** The identity PostgreSQL gets when we are root: a user number with an entry in the password file. */
  unprivilegedId?: number
}>

export type EmbeddedPostgres = Readonly<{
  connection: EmbeddedConnection
  /** False when the server belongs to another process: then it ends with that process, not with us. */
  owned: boolean
  /** Clean fast shutdown of a server of ours; nothing for an adopted one. */
  stop(): Promise<void>
}>

/** Longest wait for readiness, crash recovery of a big write-ahead log included. */
const startTimeoutMs = 5 * 60_000
/** Longest wait for a clean shutdown, which writes out everything that is in memory. */
const stopTimeoutMs = 60_000
const pollMs = 20
/** How often a long wait is told. */
const tellEveryMs = 5_000

/** Starts PostgreSQL on the folder, or adopts the one that runs there. Errors are one line that says what to do. */
export const startEmbeddedPostgres = async (options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> => {
  const { onProgress } = options
  if (process.platform === 'win32') {
    throw new Error(
      'The embedded PostgreSQL does not run on Windows yet: set DATABASE_URL to a PostgreSQL 15 or later.',
    )
  }
  await mkdir(resolve(options.dataDirectory), { recursive: true })
  const dataDirectory = await realpath(options.dataDirectory)
  const existing = await findCluster(dataDirectory)
  const runAs = await chooseIdentity(existing, options.unprivilegedId ?? defaultUnprivilegedId)
  const adopted = existing === undefined ? undefined : await adopt(existing, onProgress)
  if (adopted !== undefined) return adopted
  const binaries = await provideBinaries(runAs, onProgress)
  const cluster = existing ?? (await makeCluster(dataDirectory, binaries, runAs, onProgress))
  await refuseOtherMajor(cluster)
  const socketDirectory = await prepareSocketDirectory(cluster, runAs)
  const logFile = join(dataDirectory, 'postgres.log')
  const server = await spawnServer({
    binaries,
    cluster,
    socketDirectory,
    logFile,
    settings: options.settings ?? {},
    runAs,
  })
  return whenReady(server, { cluster, logFile, socketDirectory }, onProgress)
}

const makeCluster = async (
  dataDirectory: string,
  binaries: Binaries,
  runAs: RunAs,
  onProgress: (message: string) => void,
): Promise<string> => {
  const cluster = await placeNewCluster(dataDirectory, runAs, onProgress)
  onProgress(`database: making a new database in ${cluster}`)
  await createCluster(binaries, cluster, runAs)
  return cluster
}

/** The server that another process runs here, once it is ready; undefined when there is none (any more). */
const adopt = async (cluster: string, onProgress: (message: string) => void): Promise<EmbeddedPostgres | undefined> => {
  const patience = waiting(startTimeoutMs, onProgress)
  for (;;) {
    const postmaster = await readPostmaster(cluster)
    if (postmaster === undefined) return undefined
    const life = await lifeOf(postmaster)
    if (life !== 'alive') {
      onProgress('database: was not shut down cleanly last time; PostgreSQL will recover')
      // PostgreSQL sees to the file of a process that is gone, but not when its number now belongs to another program.
      // Never removed otherwise: another start may just have written it anew.
      if (life === 'someone-else') await rm(join(cluster, 'postmaster.pid'), { force: true })
      return undefined
    }
    if (postmaster.status === 'ready' && (await answers(connectionOf(postmaster)))) {
      onProgress('database: using the PostgreSQL that is already running on this folder')
      return { connection: connectionOf(postmaster), owned: false, stop: async () => undefined }
    }
    await patience.step(
      `database: waiting for another PostgreSQL (process ${String(postmaster.pid)}, ${postmaster.status})`,
    )
  }
}

const whenReady = async (
  server: ServerProcess,
  { cluster, logFile, socketDirectory }: Readonly<{ cluster: string; logFile: string; socketDirectory: string }>,
  onProgress: (message: string) => void,
): Promise<EmbeddedPostgres> => {
  const patience = waiting(startTimeoutMs, onProgress)
  for (;;) {
    if (server.isGone()) {
      // Two starts at the same moment: the other one has the folder, so its server is ours too.
      const adopted = await adopt(cluster, onProgress)
      if (adopted !== undefined) return adopted
      throw new Error(`PostgreSQL did not start: ${await lastWords(logFile)} (see ${logFile})`)
    }
    const postmaster = await readPostmaster(cluster)
    const isOurs = postmaster !== undefined && postmaster.pid === server.pid()
    if (isOurs && postmaster.status === 'ready' && (await answers(connectionOf(postmaster)))) {
      return { connection: connectionOf(postmaster), owned: true, stop: stopper(server, socketDirectory) }
    }
    await patience.step('database: PostgreSQL is starting').catch((error: unknown) => {
      server.requestStop()
      throw error
    })
  }
}

const stopper = (server: ServerProcess, socketDirectory: string): (() => Promise<void>) => {
  let stopping: Promise<void> | undefined
  return async () => {
    stopping ??= (async () => {
      const timeUp = new AbortController()
      server.requestStop()
      await Promise.race([
        server.gone,
        sleep(stopTimeoutMs, undefined, { signal: timeUp.signal }).catch(() => undefined),
      ])
      timeUp.abort()
      if (!server.isGone()) {
        throw new Error(`PostgreSQL is still stopping after ${String(stopTimeoutMs / 1000)} s; it goes on by itself.`)
      }
      // Empty by now; if another start has just made its socket there, it stays.
      await rmdir(socketDirectory).catch(() => undefined)
    })()
    return stopping
  }
}

/** A bounded wait that speaks up now and then. */
const waiting = (limitMs: number, onProgress: (message: string) => void): { step(what: string): Promise<void> } => {
  const started = performance.now()
  let told = started
  return {
    step: async (what) => {
      const now = performance.now()
      if (now - started > limitMs)
        throw new Error(`${what}, for more than ${String(limitMs / 1000)} s: look at its log, or set DATABASE_URL.`)
      if (now - told > tellEveryMs) {
        told = now
        onProgress(`${what}, ${String(Math.round((now - started) / 1000))} s so far`)
      }
      await sleep(pollMs)
    },
  }
}

/** Data of one major version cannot be read by another. */
const supportedMajor = '18'

const refuseOtherMajor = async (cluster: string): Promise<void> => {
  const major = await readFile(join(cluster, 'PG_VERSION'), 'utf8').then(
    (text) => text.trim(),
    (error: unknown) => {
      if ((error as NodeJS.ErrnoException).code !== 'EACCES') throw error
      throw new Error(
        `The database folder ${cluster} belongs to another user: start as that user, or set DATABASE_URL.`,
        { cause: error },
      )
    },
  )
  if (major !== supportedMajor) {
    throw new Error(
      `The database in ${cluster} was made by PostgreSQL ${major}, this is ${supportedMajor}: serve it by its own version and set DATABASE_URL.`,
    )
  }
}

const lastWords = async (logFile: string): Promise<string> => {
  const text = await readFile(logFile, 'utf8').catch(() => '')
  const lines = text.trimEnd().split('\n')
  return lines.findLast((line) => /FATAL|PANIC|ERROR|error while/.test(line)) ?? lines.at(-1) ?? 'it said nothing'
}
