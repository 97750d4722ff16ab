import { createHash } from 'node:crypto'
import type { Writable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { Pool, type PoolClient, type QueryConfig, type QueryResult } from 'pg'
import type { Clock } from '../domain/clock.ts'
import {
  answerMarginMs,
  clientConfig,
  connectTimeoutMs,
  describeConnection,
  parameterOf,
  type Connection,
} from './connection.ts'
import { keepListening } from './listen.ts'
import { isConflict, StoreError, toStoreError } from './store-error.ts'

/**
 * Somewhere to send statements: the database itself, or one open transaction. Statements of one transaction leave in the
 * order in which they are asked for, and one need not wait for the answer to the one before: ask for several and await them
 * together, and the server is not kept waiting. When one fails, so do those behind it, and the transaction with them.
 */
export type Sql = {
  query<Row>(text: string, values?: readonly unknown[]): Promise<readonly Row[]>
}

export type TransactionOptions = Readonly<{
  isolation?: 'read committed' | 'serializable'
  /** Another bound for the statements of this transaction, for work such as a migration. */
  statementTimeoutMs?: number
}>

export type Database = Sql & {
  /**
   * Commits what `work` did, or rolls back when it throws. After a deadlock or serialization failure the whole of
   * `work` runs again in a fresh transaction, so it must do nothing else than SQL.
   */
  transaction<T>(work: (sql: Sql) => Promise<T>, options?: TransactionOptions): Promise<T>
  /**
   * Resolves once the channel is listened to; goes on, reconnecting with back-off, until `signal` aborts or the
   * database is closed. After each reconnection `onNotice('')` is called, because notices may have been missed.
   */
  listen(channel: string, onNotice: (payload: string) => void, signal: AbortSignal): Promise<void>
  /** Throws a {@link StoreError} unless the server answers. */
  ping(): Promise<void>
  /** Ends all connections; bounded in time. */
  close(): Promise<void>
}

export type DatabaseOptions = Readonly<{
  connection: Connection
  /** Connections of the pool; each listener has one of its own besides. */
  maxConnections?: number
  /** Told of trouble on connections that nobody is waiting for. */
  onError: (error: unknown) => void
  /** Only its `delay` is used, for back-offs; the machine's own timer when absent. */
  clock?: Pick<Clock, 'delay'>
}>

const defaultMaxConnections = 8
/** Attempts of one transaction, the first included. */
export const transactionAttempts = 5
/** Pause before the second attempt; it grows by as much with each further one. */
const retryPauseMs = 10
/** Distinct texts that get a prepared statement per connection; more than these are sent unprepared. */
const maximumPreparedStatements = 1_000
/** Longest wait for running statements when closing. */
const closeTimeoutMs = 10_000
const idleConnectionMs = 60_000

const machineDelay: Clock['delay'] = async (elapsedMs, signal) => {
  await sleep(elapsedMs, undefined, signal === undefined ? {} : { signal })
}

/** Opens nothing yet: the first statement connects. A bad address throws here. */
export const openDatabase = (options: DatabaseOptions): Database => {
  const { connection, onError } = options
  const delay: Clock['delay'] = options.clock?.delay.bind(options.clock) ?? machineDelay
  const place = describeConnection(connection)
  const config = clientConfig(connection)
  const pool = new Pool({
    ...config,
    max: options.maxConnections ?? defaultMaxConnections,
    idleTimeoutMillis: idleConnectionMs,
    allowExitOnIdle: true,
  })
  pool.on('error', (error) => {
    onError(toStoreError(error, place))
  })
  const nameOf = statementNames()
  const send = sender(nameOf, place)
  const closing = new AbortController()

  const query = async <Row>(text: string, values?: readonly unknown[]): Promise<readonly Row[]> =>
    send(pool, text, values)

  const database: Database = {
    query,
    transaction: async (work, transactionOptions = {}) => {
      for (let attempt = 1; ; attempt += 1) {
        try {
          return await attemptTransaction(pool, send, place, work, transactionOptions)
        } catch (error) {
          if (!isConflict(error) || attempt >= transactionAttempts) throw error
          await delay(retryPauseMs * attempt)
        }
      }
    },
    listen: async (channel, onNotice, signal) =>
      keepListening({ config, place, delay, onError }, channel, onNotice, AbortSignal.any([signal, closing.signal])),
    ping: async () => {
      await query('select 1')
    },
    close: async () => {
      if (closing.signal.aborted) return
      closing.abort()
      const timeUp = new AbortController()
      await Promise.race([pool.end(), delay(closeTimeoutMs, timeUp.signal).catch(() => undefined)])
      timeUp.abort()
    },
  }
  homes.set(database, pool)
  return database
}

const homes = new WeakMap<object, object>()

/** One and the same object for a database and all its transactions: what is remembered of it hangs on that. */
export const homeOf = (sql: Sql): object => homes.get(sql) ?? sql

type Send = <Row>(
  target: Pool | PoolClient,
  text: string,
  values: readonly unknown[] | undefined,
  answerTimeoutMs?: number,
) => Promise<readonly Row[]>

type Message = QueryConfig & { query_timeout?: number }

/** The one place where statements leave, so the one place where errors are translated. */
const sender =
  (nameOf: (text: string) => string | undefined, place: string): Send =>
  async <Row>(
    target: Pool | PoolClient,
    text: string,
    values: readonly unknown[] | undefined,
    answerTimeoutMs?: number,
  ) => {
    const message: Message = { text }
    if (values !== undefined && values.length > 0) {
      message.values = values.map(parameterOf)
      const name = nameOf(text)
      if (name !== undefined) message.name = name
    }
    if (answerTimeoutMs !== undefined) message.query_timeout = answerTimeoutMs
    try {
      const result: QueryResult | readonly QueryResult[] = await target.query(message)
      // A text of several statements (a migration) gives a result for each: the last one counts.
      const last = Array.isArray(result) ? (result.at(-1) as QueryResult | undefined) : result
      return (last?.rows ?? []) as Row[]
    } catch (error) {
      throw toStoreError(error, place)
    }
  }

/** Only texts with parameters are prepared: a text without may hold several statements, which cannot be. */
const statementNames = (): ((text: string) => string | undefined) => {
  const names = new Map<string, string>()
  return (text) => {
    const known = names.get(text)
    if (known !== undefined || names.size >= maximumPreparedStatements) return known
    const name = `x${createHash('sha256').update(text).digest('base64url').slice(0, 20)}`
    names.set(text, name)
    return name
  }
}

/** A migration by another process may outdate a statement that this connection has prepared; a fresh one knows better. */
const isOutdatedPlan = (error: unknown): boolean =>
  error instanceof StoreError && error.sqlState === '0A000' && error.message.includes('cached plan')

const attemptTransaction = async <T>(
  pool: Pool,
  send: Send,
  place: string,
  work: (sql: Sql) => Promise<T>,
  options: TransactionOptions,
): Promise<T> => {
  const { statementTimeoutMs } = options
  const client = await pool.connect().catch((error: unknown) => {
    throw toStoreError(error, place)
  })
  const bound = statementTimeoutMs === undefined ? undefined : statementTimeoutMs + answerMarginMs
  let broken = false
  // Without a listener a connection that breaks between two statements would end the process.
  const onBroken = (): void => {
    broken = true
  }
  client.on('error', onBroken)
  try {
    holdBack(client)
    const begun = begin(client, send, options)
    const ask: Sql['query'] = async (text, values) => {
      holdBack(client)
      return send(client, text, values, bound)
    }
    const sql: Sql = { query: inside(begun, ask) }
    homes.set(sql, pool)
    const result = await work(sql)
    await begun
    await commit(client, place)
    return result
  } catch (error) {
    const rolledBack = await send(client, 'rollback', undefined, connectTimeoutMs).then(
      () => true,
      () => false,
    )
    broken ||= !rolledBack || isOutdatedPlan(error)
    if (isOutdatedPlan(error))
      throw new StoreError('conflict', 'the schema changed under a prepared statement', { cause: error })
    throw error
  } finally {
    client.off('error', onBroken)
    client.release(broken)
  }
}

const begin = async (
  client: PoolClient,
  send: Send,
  { isolation, statementTimeoutMs }: TransactionOptions,
): Promise<void> => {
  const texts = [`begin isolation level ${isolation ?? 'read committed'}`]
  if (statementTimeoutMs !== undefined)
    texts.push(`set local statement_timeout = ${String(Math.trunc(statementTimeoutMs))}`)
  await Promise.all(texts.map(async (text) => send(client, text, undefined)))
}

/**
 * Holds back what is written to the server until nothing more is asked for in this turn: then it leaves in one piece, and
 * the server is woken once. A journey costs both sides more than most statements do.
 */
const holdBack = (client: PoolClient): void => {
  const { stream } = (client as unknown as Readonly<{ connection: Readonly<{ stream: Writable }> }>).connection
  if (stream.writableCorked > 0) return
  stream.cork()
  process.nextTick(() => {
    stream.uncork()
  })
}

/**
 * What only reads or locks may travel with BEGIN; the rest, and what is asked for behind it, waits for the answer, for it
 * would be committed by itself if BEGIN failed. Nobody is given an answer before BEGIN has one.
 */
const inside = (begun: Promise<void>, query: Sql['query']): Sql['query'] => {
  let waiting = false
  let hasBegun = false
  begun.then(
    () => (hasBegun = true),
    () => undefined,
  )
  return async (text, values) => {
    waiting ||= !travelsWithBegin.test(text)
    if (waiting && !hasBegun) await begun
    const rows = await query(text, values)
    await begun
    return rows as readonly never[]
  }
}

const travelsWithBegin = /^\s*select\s/i

/**
 * PostgreSQL answers COMMIT of a transaction in which a statement has failed with a quiet ROLLBACK. Whoever swallowed
 * that failure must not believe that the work was saved.
 */
const commit = async (client: PoolClient, place: string): Promise<void> => {
  const { command } = await client.query('commit').catch((error: unknown) => {
    throw toStoreError(error, place)
  })
  if (command !== 'COMMIT') {
    throw new StoreError('statement-failed', 'a failed statement was ignored, so the transaction was rolled back')
  }
}
