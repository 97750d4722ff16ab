import type { Clock } from '../domain/clock.ts'
import type { Database } from './database.ts'

/** "xianfu" and one more: the migration lock has the word itself. */
const lockKey = 0x7869616e6676n
const upperHalf = Number(lockKey >> 32n)
const lowerHalf = Number(lockKey & 0xffff_ffffn)

/** First and longest pause between two attempts to hold it again, elapsed time. */
const firstPauseMs = 200
const longestPauseMs = 10_000
const usualLookEveryMs = 2_000

export type HoldOptions = Readonly<{
  /** Tells this process from every other, over all its connections. */
  self: string
  delay: Clock['delay']
  /** So often the connection is looked at, elapsed time; every two seconds when absent. */
  lookEveryMs?: number
  /** The connection was lost, and by the time it was back another server had taken the database: this one must stop. */
  onTaken(): void
}>

/**
 * Holds the right to be the one server of this database, for as long as the process lives; null when another has it.
 * The lock lives in a transaction of its own, so it goes with the connection however we end. Where only the connection
 * ends (PostgreSQL was restarted), it is taken again as soon as there is one.
 */
export const holdInstallation = async (
  database: Database,
  options: HoldOptions,
): Promise<(() => Promise<void>) | null> => {
  let hold: Hold | null = await takeLock(database, options)
  if (hold === null) return null
  const stopping = new AbortController()

  const keep = async (): Promise<void> => {
    let pauseMs = firstPauseMs
    while (!stopping.signal.aborted) {
      await hold?.ended
      if (stopping.signal.aborted) return
      try {
        hold = await takeAgain(database, options)
        if (hold === null) return options.onTaken()
        pauseMs = firstPauseMs
      } catch {
        // The database is still away.
        await options.delay(pauseMs, stopping.signal).catch(() => undefined)
        pauseMs = Math.min(pauseMs * 2, longestPauseMs)
      }
    }
  }

  const keeping = keep()
  return async () => {
    stopping.abort()
    hold?.release()
    await keeping
    hold?.release()
    await hold?.ended
  }
}

/** `ended` resolves when the lock is no longer held, whyever. */
type Hold = Readonly<{ release(): void; ended: Promise<void> }>

const takeLock = async (
  database: Database,
  { self, delay, lookEveryMs = usualLookEveryMs }: HoldOptions,
): Promise<Hold | null> => {
  const letGo = new AbortController()
  let answer: (got: boolean) => void = () => undefined
  const answered = new Promise<boolean>((resolve) => {
    answer = resolve
  })
  const holding = database.transaction(async (sql) => {
    await sql.query('set local idle_in_transaction_session_timeout = 0')
    await sql.query(`select set_config('application_name', $1, true)`, [nameOf(self)])
    const [row] = await sql.query<{ got: boolean }>('select pg_try_advisory_xact_lock($1) as got', [lockKey])
    answer(row?.got === true)
    if (row?.got !== true) return
    while (!letGo.signal.aborted) {
      await delay(lookEveryMs, letGo.signal).catch(() => undefined)
      // A connection that is gone does not say so by itself.
      await sql.query('select 1')
    }
  })
  const ended = holding.catch(() => undefined)
  const got = await Promise.race([answered, holding.then(() => false)])
  return got ? { release: () => letGo.abort(), ended } : null
}

/** A session of our own whose connection is gone may live on in the server for a while, and would keep us out. */
const takeAgain = async (database: Database, options: HoldOptions): Promise<Hold | null> => {
  await database.query(
    `select pg_terminate_backend(a.pid)
     from pg_locks l join pg_stat_activity a on a.pid = l.pid
     where l.locktype = 'advisory' and l.classid::bigint = $1 and l.objid::bigint = $2 and l.granted
       and a.datname = current_database() and a.application_name = $3`,
    [upperHalf, lowerHalf, nameOf(options.self)],
  )
  return takeLock(database, options)
}

/** PostgreSQL keeps 63 bytes of it. */
const nameOf = (self: string): string => `xianfu house ${self}`.slice(0, 63)
