import type { Database } from './database.ts'

/** "xianfu" and one more: the migration lock has the word itself. */
const lockKey = 0x7869616e6676n

/**
 * Holds the right to be the one server of this database, for as long as the process lives; null when another has it.
 * The lock lives in a transaction of its own, so it goes with the connection however we end.
 */
export const holdInstallation = async (database: Database): Promise<(() => Promise<void>) | null> => {
  let release = (): void => undefined
  const held = new Promise<void>((resolve) => {
    release = resolve
  })
  let answer: (got: boolean) => void = () => undefined
  const answered = new Promise<boolean>((resolve) => {
    answer = resolve
  })
  const holding = database
    .transaction(async (sql) => {
      await sql.query('set local idle_in_transaction_session_timeout = 0')
      const [row] = await sql.query<{ got: boolean }>('select pg_try_advisory_xact_lock($1) as got', [lockKey])
      answer(row?.got === true)
      if (row?.got === true) await held
    })
    .catch((error: unknown) => {
      answer(false)
      throw error
    })
  holding.catch(() => undefined)
  if (!(await answered)) {
    await holding
    return null
  }
  return async () => {
    release()
    await holding.catch(() => undefined)
  }
}
