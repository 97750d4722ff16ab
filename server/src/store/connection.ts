import { TypeOverrides, types, type ClientConfig } from 'pg'
import { StoreError } from './store-error.ts'

/** Where the server is. `host` may be the folder of a Unix socket (absolute path). */
export type Connection =
  | Readonly<{ connectionString: string }>
  | Readonly<{ host: string; port: number; user: string; database: string; password?: string }>

/** Longest run of any one statement; PostgreSQL cancels it afterwards. A step that needs longer must be cut in batches. */
export const statementTimeoutMs = 60_000
/** Longest wait for a new connection, or for a free one of the pool. */
export const connectTimeoutMs = 10_000
/** Longest silence inside an open transaction, so that a stuck step does not hold its locks for ever. */
const idleInTransactionTimeoutMs = 60_000
/** How much longer than the server's own bound we wait for its answer before the connection is given up. */
export const answerMarginMs = 5_000

const oid = { int8: 20, int8Array: 1016, date: 1082, dateArray: 1182, timestamptz: 1184, timestamptzArray: 1185 }

const parseInt8 = (text: string): bigint => BigInt(text)
const plainInstant = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)?\+00$/

/** Our sessions speak UTC; what is not plain goes through the driver's own parser (years before Christ, infinity). */
export const parseInstant = (text: string): number =>
  plainInstant.test(text)
    ? Date.parse(`${text.slice(0, 10)}T${text.slice(11, -3)}Z`)
    : Number(types.getTypeParser(types.builtins.TIMESTAMPTZ)(text) as Date | number)

/** With a year of four digits, which PostgreSQL and JavaScript write alike. */
const isPlain = (instant: Date): boolean => instant.getTime() >= 0 && instant.getTime() < Date.UTC(10_000, 0, 1)

/**
 * An array of numbers, instants, truth values or texts as PostgreSQL's own text. The driver would look into every element
 * for what it may be; anything but these is left to it.
 */
export const parameterOf = (value: unknown): unknown => {
  if (!Array.isArray(value) || value.length < 2) return value
  let text = ''
  for (const item of value as readonly unknown[]) {
    if (item === null || item === undefined) text += ',NULL'
    else if (typeof item === 'number' || typeof item === 'bigint' || typeof item === 'boolean')
      text += `,${String(item)}`
    else if (typeof item === 'string')
      text += `,"${needsEscape.test(item) ? item.replaceAll(escaped, String.raw`\$&`) : item}"`
    else if (item instanceof Date && isPlain(item)) text += `,"${item.toISOString()}"`
    else return value
  }
  return `{${text.slice(1)}}`
}

/** What an array's text has to escape within quotes. */
const needsEscape = /["\\]/
const escaped = /["\\]/g

/** Splits a one-dimensional array literal of values that need no quotes (numbers, instants, dates). */
const arrayOf =
  <T>(parse: (text: string) => T) =>
  (text: string): readonly (T | null)[] =>
    text === '{}'
      ? []
      : text
          .slice(1, -1)
          .split(',')
          .map((item) => (item === 'NULL' ? null : parse(item.replaceAll('"', ''))))

const asIs = (text: string): string => text

/**
 * int8 → bigint, numeric → text, timestamptz → UTC epoch milliseconds, date → text; the rest as `pg` does it. Held by
 * each connection, not globally, so that another user of `pg` in the same process is not surprised.
 */
const rowTypes = (): TypeOverrides => {
  const overrides = new TypeOverrides()
  overrides.setTypeParser(oid.int8, parseInt8)
  overrides.setTypeParser(oid.int8Array, arrayOf(parseInt8))
  overrides.setTypeParser(oid.timestamptz, parseInstant)
  overrides.setTypeParser(oid.timestamptzArray, arrayOf(parseInstant))
  overrides.setTypeParser(oid.date, asIs)
  overrides.setTypeParser(oid.dateArray, arrayOf(asIs))
  return overrides
}

/** The settings every connection of ours shares. */
export const clientConfig = (connection: Connection): ClientConfig => ({
  ...address(connection),
  types: rowTypes(),
  application_name: 'xianfu',
  keepAlive: true,
  // What is asked for together leaves together: the server does not wait for us between two statements of a step.
  pipeline: true,
  connectionTimeoutMillis: connectTimeoutMs,
  statement_timeout: statementTimeoutMs,
  query_timeout: statementTimeoutMs + answerMarginMs,
  idle_in_transaction_session_timeout: idleInTransactionTimeoutMs,
  options: '-c TimeZone=UTC -c DateStyle=ISO',
})

const address = (connection: Connection): ClientConfig => {
  if (!('connectionString' in connection)) return connection
  parseUrl(connection.connectionString)
  return { connectionString: connection.connectionString }
}

/** The address for messages and logs: never the password, nor any parameter, which may hold one. */
export const describeConnection = (connection: Connection): string => {
  if (!('connectionString' in connection)) {
    return `${connection.host}${connection.host.startsWith('/') ? '' : `:${String(connection.port)}`}/${connection.database}`
  }
  const url = parseUrl(connection.connectionString)
  const host = url.searchParams.get('host') ?? decodeURIComponent(url.hostname)
  return `${host === noHost ? 'the local server' : host}${url.port === '' ? '' : `:${url.port}`}${url.pathname}`
}

/**
 * The same connection as one URL, as `DATABASE_URL` and other programs want it. The folder of a Unix socket becomes a
 * percent-encoded host, which `pg` and libpq both read.
 */
export const connectionUrl = (connection: Connection): string => {
  if ('connectionString' in connection) return connection.connectionString
  const { host, port, user, database, password } = connection
  const login = encodeURIComponent(user) + (password === undefined ? '' : `:${encodeURIComponent(password)}`)
  const place = host.startsWith('/') || !host.includes(':') ? encodeURIComponent(host) : `[${host}]`
  return `postgresql://${login}@${place}:${String(port)}/${encodeURIComponent(database)}`
}

/** Stands for the empty host, which `URL` refuses behind a user name. */
const noHost = 'no-host'

const parseUrl = (text: string): URL => {
  const bad = (): StoreError =>
    new StoreError('bad-address', 'DATABASE_URL must look like postgresql://user:password@host:5432/database')
  if (!/^postgres(ql)?:\/\//.test(text)) throw bad()
  for (const candidate of [text, text.replace('@/', `@${noHost}/`)]) {
    try {
      return new URL(candidate)
    } catch {
      // The error of URL quotes its input, password and all, so it is dropped on purpose.
    }
  }
  throw bad()
}
