import type { WireReport } from '../domain/collection/wire-report.ts'
import type { Sql } from './database.ts'

/**
 * What processes beside the house say of the lines they hold. Times are real ones of the database's own clock. The table
 * is not written ahead: after a crash of the database it is empty, and filled again within a round.
 */

export type NamedReport = Readonly<{ gatewayId: number; report: WireReport }>

/** Writes down reports of gateways that this process holds; answers which it does hold. */
export const saveLineReports = async (
  sql: Sql,
  headendId: string,
  reports: readonly NamedReport[],
): Promise<readonly number[]> => {
  const rows = await sql.query<{ gateway_id: number }>(
    `insert into line_report as r (gateway_id, headend_id, at, report)
     select n.gateway_id, $1, clock_timestamp(), n.report
     from unnest($2::int[], $3::jsonb[]) as n(gateway_id, report) join gateway g on g.id = n.gateway_id and g.headend_id = $1
     order by n.gateway_id
     on conflict (gateway_id) do update set headend_id = excluded.headend_id, at = excluded.at, report = excluded.report
     returning r.gateway_id`,
    [headendId, reports.map(({ gatewayId }) => gatewayId), reports.map(({ report }) => JSON.stringify(report))],
  )
  return rows.map(({ gateway_id: id }) => id)
}

/** Whatever is written of this process's lines holds true now; answers of how many lines something is. */
export const confirmLineReports = async (sql: Sql, headendId: string): Promise<number> => {
  const [row] = await sql.query<{ reports: bigint }>(
    `update headend_process set lines_at = clock_timestamp() where id = $1
     returning (select count(*) from line_report where headend_id = $1) as reports`,
    [headendId],
  )
  return Number(row?.reports ?? 0n)
}

/** Reports die with the lease of who wrote them. */
export const dropLineReports = async (sql: Sql): Promise<void> => {
  await sql.query(
    'delete from line_report r using headend_process h where h.id = r.headend_id and h.ended_at is not null',
  )
}

export type LineHolder = Readonly<{
  /** Of the process that holds the line's gateway. */
  name: string
  /** Null where it has not told anything yet, or tells it in the house itself. */
  told: Readonly<{ report: WireReport; ageMs: number }> | null
}>

/** Lines whose gateways are held by a living process, with what it says of them. */
export const listLineHolders = async (sql: Sql): Promise<ReadonlyMap<number, LineHolder>> => {
  const rows = await sql.query<{ id: number; name: string; report: WireReport | null; age_ms: number | null }>(
    `select g.id, h.name, r.report,
            (extract(epoch from clock_timestamp() - greatest(r.at, h.lines_at)) * 1000)::float8 as age_ms
     from gateway g join headend_process h on h.id = g.headend_id
     left join line_report r on r.gateway_id = g.id and r.headend_id = g.headend_id
     where g.online and h.ended_at is null`,
  )
  return new Map(
    rows.map(({ id, name, report, age_ms: age }) => [
      id,
      { name, told: report === null || age === null ? null : { report, ageMs: Math.max(0, Math.round(age)) } },
    ]),
  )
}
