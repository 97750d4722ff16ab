import type { Sql } from '../database.ts'
import { lossRunsOf, type LossRun } from '../meter-behind.ts'

export type RelatedView = Readonly<{
  id: number
  address: string
  place: string
  from_at: number
  to_at: number | null
}>
export type LineLossView = Readonly<{
  ratio: number
  limit: number | null
  master: RelatedView | null
  subs: readonly RelatedView[]
  runs: readonly LossRun[]
}>

const subsShown = 500
const spansShown = 13

/** Null when there is no such meter. */
export const viewLineLoss = async (sql: Sql, meterId: number): Promise<LineLossView | null> => {
  const [row] = await sql.query<{ loss_ratio: number; loss_limit: number | null; name: string }>(
    `select loss_ratio, loss_limit, trim(address || ' ' || place) as name from meter where id = $1`,
    [meterId],
  )
  if (row === undefined) return null
  const [master] = await sql.query<RelatedView>(
    `select m.id, m.address, m.place, b.from_at, b.to_at from meter_behind b join meter m on m.id = b.master_id
     where b.sub_id = $1 and b.to_at is null`,
    [meterId],
  )
  const subs = await sql.query<RelatedView>(
    `select m.id, m.address, m.place, b.from_at, b.to_at from meter_behind b join meter m on m.id = b.sub_id
     where b.master_id = $1 order by b.to_at is not null, m.address, b.from_at limit ${String(subsShown)}`,
    [meterId],
  )
  const runs = subs.length === 0 ? [] : await lossRunsOf(sql, row.name, spansShown)
  return { ratio: row.loss_ratio, limit: row.loss_limit, master: master ?? null, subs, runs }
}
