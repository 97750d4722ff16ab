import type { Behind } from '../domain/meter-behind.ts'
import type { Sql } from './database.ts'

type Row = { id: number; sub_id: number; master_id: number; from_at: number; to_at: number | null }
const behindOf = (row: Row): Behind => ({
  id: row.id,
  subId: row.sub_id,
  masterId: row.master_id,
  from: row.from_at,
  to: row.to_at,
})

/** Whoever changes relations waits for the other: a loop of masters is seen by one only. */
export const lockRelations = async (sql: Sql): Promise<void> => {
  await sql.query("select pg_advisory_xact_lock(hashtext('xianfu meter relations'))")
}

export const relationsOfSub = async (sql: Sql, subId: number): Promise<readonly Behind[]> =>
  (await sql.query<Row>('select * from meter_behind where sub_id = $1 order by from_at', [subId])).map(behindOf)

/** The masters above a meter, itself first, by the relations that hold at an instant or later. */
export const mastersAbove = async (sql: Sql, meterId: number, at: number): Promise<readonly number[]> => {
  const rows = await sql.query<{ id: number }>(
    `with recursive above(id) as (
       select $1::int union
       select b.master_id from above a join meter_behind b on b.sub_id = a.id and coalesce(b.to_at, 'infinity') > $2)
     select id from above`,
    [meterId, new Date(at)],
  )
  return rows.map(({ id }) => id)
}

export const insertRelation = async (sql: Sql, relation: Omit<Behind, 'id'>): Promise<void> => {
  const { subId, masterId, from, to } = relation
  await sql.query('insert into meter_behind (sub_id, master_id, from_at, to_at) values ($1, $2, $3, $4)', [
    subId,
    masterId,
    new Date(from),
    to === null ? null : new Date(to),
  ])
}

export const endRelation = async (sql: Sql, id: number, at: number): Promise<void> => {
  await sql.query('update meter_behind set to_at = $2 where id = $1 and to_at is null', [id, new Date(at)])
}

export type LossPoint = Readonly<{
  meterId: number
  siteId: number
  timeZone: string
  address: string
  place: string
  ratio: number
  /** Millionths of what the master measures. */
  limit: number | null
}>

const pointColumns = `m.id as meter_id, m.site_id, s.time_zone, m.address, m.place, m.loss_ratio as ratio, m.loss_limit as "limit"`

type PointRow = {
  meter_id: number
  site_id: number
  time_zone: string
  address: string
  place: string
  ratio: number
  limit: number | null
}

const pointOf = ({ meter_id: meterId, site_id: siteId, time_zone: timeZone, ...row }: PointRow): LossPoint => ({
  meterId,
  siteId,
  timeZone,
  ...row,
})

export const pointsByAddress = async (sql: Sql, address: string): Promise<readonly LossPoint[]> =>
  (
    await sql.query<PointRow>(
      `select ${pointColumns} from meter m join site s on s.id = m.site_id where m.address = $1 order by m.id`,
      [address],
    )
  ).map(pointOf)

/** Every meter that has, or had, others behind it. */
export const masterPoints = async (sql: Sql): Promise<readonly LossPoint[]> =>
  (
    await sql.query<PointRow>(
      `select ${pointColumns} from meter m join site s on s.id = m.site_id
       where exists (select from meter_behind b where b.master_id = m.id) order by m.id`,
    )
  ).map(pointOf)

/** The meters that were behind a master in any part of a span, with their relations. */
export const pointsBehind = async (
  sql: Sql,
  masterId: number,
  { from, to }: Readonly<{ from: number; to: number }>,
): Promise<readonly (LossPoint & Readonly<{ behind: Behind }>)[]> => {
  const rows = await sql.query<PointRow & Row>(
    `select ${pointColumns}, b.id, b.sub_id, b.master_id, b.from_at, b.to_at
     from meter_behind b join meter m on m.id = b.sub_id join site s on s.id = m.site_id
     where b.master_id = $1 and b.from_at < $3 and coalesce(b.to_at, 'infinity') > $2 order by m.address, b.from_at`,
    [masterId, new Date(from), new Date(to)],
  )
  return rows.map((row) => {
    const { id, sub_id, master_id, from_at, to_at, ...point } = row
    return { ...pointOf(point), behind: behindOf({ id, sub_id, master_id, from_at, to_at }) }
  })
}

export const saveLossPoint = async (
  sql: Sql,
  meterId: number,
  { ratio, limit }: Readonly<{ ratio?: number; limit?: number | null }>,
): Promise<void> => {
  if (ratio !== undefined) await sql.query('update meter set loss_ratio = $2 where id = $1', [meterId, ratio])
  if (limit !== undefined) await sql.query('update meter set loss_limit = $2 where id = $1', [meterId, limit])
}

export type LossRun = Readonly<{
  subject: string
  from: number
  to: number
  at: number
  summary: Readonly<{
    master: string | null
    measured: string
    loss: string | null
    lossPercent: string | null
    findings: number
  }>
}>

/** The newest run of each span of a master, the newest span first. */
export const lossRunsOf = async (sql: Sql, subject: string, limit: number): Promise<readonly LossRun[]> => {
  const rows = await sql.query<{
    subject: string
    from_at: number
    to_at: number
    at: number
    summary: LossRun['summary']
  }>(
    `select * from (
       select distinct on (from_at, to_at) subject, from_at, to_at, at, summary from reconciliation
       where kind = 'line-loss' and subject = $1 order by from_at, to_at, at desc) r
     order by to_at desc, from_at desc limit $2`,
    [subject, limit],
  )
  return rows.map(({ from_at: from, to_at: to, ...row }) => ({ ...row, from, to }))
}

export const metersOfSite = async (
  sql: Sql,
  siteId: number,
): Promise<readonly Readonly<{ meterId: number; address: string }>[]> => {
  const rows = await sql.query<{ id: number; address: string }>('select id, address from meter where site_id = $1', [
    siteId,
  ])
  return rows.map(({ id: meterId, address }) => ({ meterId, address }))
}
