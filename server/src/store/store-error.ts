/**
 * What went wrong between us and PostgreSQL.
 *
 * - `unreachable`: no connection could be made, or the one in use was lost; the outcome of a commit in flight is unknown.
 * - `refused-login`: the server answered but does not let us in (user, password, database name).
 * - `time-out`: a statement ran longer than its bound and was cancelled.
 * - `conflict`: a transaction lost against others in every attempt.
 * - `statement-failed`: the statement itself is wrong or breaks a constraint; see `sqlState` and `constraint`.
 * - `closed`: the pool has been closed.
 * - `bad-address`: the connection string cannot be read.
 * - `migration-changed`, `migration-missing`, `migration-out-of-order`: the files do not continue what was applied.
 */
export type StoreErrorCode =
  | 'unreachable'
  | 'refused-login'
  | 'time-out'
  | 'conflict'
  | 'statement-failed'
  | 'closed'
  | 'bad-address'
  | 'migration-changed'
  | 'migration-missing'
  | 'migration-out-of-order'

export type StoreErrorDetail = Readonly<{
  cause?: unknown
  sqlState?: string | undefined
  constraint?: string | undefined
}>

/** The one error of the store. Its message is one line and never holds a password. */
export class StoreError extends Error {
  readonly code: StoreErrorCode
  /** PostgreSQL's five-character SQLSTATE, when the server has answered. */
  readonly sqlState: string | undefined
  /** Name of the constraint that was violated, if any. */
  readonly constraint: string | undefined

  constructor(code: StoreErrorCode, message: string, detail: StoreErrorDetail = {}) {
    super(message.replaceAll(/\s+/g, ' '), detail.cause === undefined ? {} : { cause: detail.cause })
    this.name = 'StoreError'
    this.code = code
    this.sqlState = detail.sqlState
    this.constraint = detail.constraint
  }
}

/** Deadlock detected and serialization failure (PostgreSQL documentation, appendix A): trying again may help. */
const conflictStates: ReadonlySet<string> = new Set(['40P01', '40001'])

const codeOfState = (state: string): StoreErrorCode => {
  if (conflictStates.has(state)) return 'conflict'
  if (state === '57014') return 'time-out'
  // 28: invalid authorization; 3D000: the database does not exist.
  if (state.startsWith('28') || state === '3D000') return 'refused-login'
  // 08: connection exceptions; 57P0x: the server shuts down or starts; 53300: too many connections.
  if (state.startsWith('08') || state.startsWith('57P0') || state === '53300') return 'unreachable'
  return 'statement-failed'
}

type ServerError = Error & { severity?: string; code?: string; constraint?: string }

/**
 * Translates what `pg` throws. `place` is the server's address without password.
 * Errors that are not the database's pass unchanged.
 */
export const toStoreError = (error: unknown, place: string): unknown => {
  if (!(error instanceof Error) || error instanceof StoreError) return error
  const { severity, code, constraint, message } = error as ServerError
  if (severity !== undefined && code !== undefined) {
    const kind = codeOfState(code)
    const text = kind === 'unreachable' || kind === 'refused-login' ? `PostgreSQL at ${place}: ${message}` : message
    return new StoreError(kind, text, { cause: error, sqlState: code, constraint })
  }
  if (message === 'Query read timeout') return new StoreError('time-out', 'PostgreSQL did not answer in time')
  if (message.startsWith('Cannot use a pool after')) return new StoreError('closed', 'the database has been closed')
  const reason = code ?? (message === '' ? error.name : message)
  if (isConnectionTrouble(error, code, message)) {
    return new StoreError(
      'unreachable',
      `cannot reach PostgreSQL at ${place} (${reason}): is it running and is DATABASE_URL right?`,
    )
  }
  return error
}

/** A driver error without SQLSTATE is the network's: a system code, or one of the driver's own sentences. */
const isConnectionTrouble = (error: Error, code: string | undefined, message: string): boolean =>
  (code !== undefined && /^E[A-Z]/.test(code)) ||
  error instanceof AggregateError ||
  /connection (terminated|timeout|closed|ended|error)|timeout (expired|exceeded) when|not queryable|socket|SASL|SCRAM|SSL/i.test(
    message,
  )

/** Whether a fresh attempt of the whole transaction may succeed. */
export const isConflict = (error: unknown): boolean => error instanceof StoreError && error.code === 'conflict'
