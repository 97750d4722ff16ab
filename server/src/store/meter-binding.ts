import type { Sql } from './database.ts'

export type BoundMeter = Readonly<{ id: number; accountId: number | null; lastAt: number | null; held: boolean }>

type Row = { id: number; account_id: number | null; last_at: number | null; held: boolean }

const boundMeters = async (sql: Sql, where: string, value: unknown): Promise<readonly BoundMeter[]> => {
  const rows = await sql.query<Row>(
    `select id, account_id, last_at, newest_quality is not distinct from 'held' as held from meter
     where ${where} order by id for no key update`,
    [value],
  )
  return rows.map(({ id, account_id: accountId, last_at: lastAt, held }) => ({ id, accountId, lastAt, held }))
}

/** Locks and reads meters; their accounts are locked before. */
export const lockBoundMeters = async (sql: Sql, meterIds: readonly number[]): Promise<readonly BoundMeter[]> =>
  boundMeters(sql, 'id = any($1::int[])', meterIds)

export const lockMetersOfAccount = async (sql: Sql, accountId: number): Promise<readonly BoundMeter[]> =>
  boundMeters(sql, 'account_id = $1', accountId)

export const meterIdsOfAccount = async (sql: Sql, accountId: number): Promise<readonly number[]> =>
  (await sql.query<{ id: number }>('select id from meter where account_id = $1 order by id', [accountId])).map(
    ({ id }) => id,
  )

/** Gives free meters to an account; they move into its bucket. */
export const bindMeters = async (sql: Sql, meterIds: readonly number[], accountId: number): Promise<void> => {
  await sql.query(
    `update meter m set account_id = a.id, bucket = a.bucket from account a where a.id = $2 and m.id = any($1::int[])`,
    [meterIds, accountId],
  )
}

/**
 * Takes meters off their account and cuts their settlement periods short at their last reading. The next period carries
 * on from those very registers, under whatever account they come to, so no unit of energy is lost or charged twice. The
 * cut period leaves its key (the start of the month) to the one that follows in the same month.
 */
export const releaseMeters = async (sql: Sql, meterIds: readonly number[]): Promise<void> => {
  await sql.query(
    `update settlement_period p set start_at = p.start_at - interval '1 microsecond', end_at = greatest(m.last_at, p.start_at)
     from meter m where m.id = p.meter_id and m.id = any($1::int[]) and p.end_at > m.last_at`,
    [meterIds],
  )
  await sql.query('update meter set account_id = null where id = any($1::int[])', [meterIds])
}
