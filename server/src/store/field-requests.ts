import type { Sql } from './database.ts'
import { fieldAnswerChannel, fieldRequestChannel, notify } from './notify.ts'

export type FieldRequest = Readonly<{ id: string; meterId: number; headendId: string; validForMs: number }>

/** Asks the process that holds the meter's gateway; it is told when this commits. */
export const askHolder = async (sql: Sql, { id, meterId, headendId, validForMs }: FieldRequest): Promise<void> => {
  await sql.query(
    `insert into field_request (id, meter_id, headend_id, expires_at)
     values ($1, $2, $3, clock_timestamp() + make_interval(secs => $4))`,
    [id, meterId, headendId, validForMs / 1_000],
  )
  await notify(sql, fieldRequestChannel, headendId)
}

/** Takes what waits for this process, each request once; what is too late is left alone. */
export const takeFieldRequests = async (
  sql: Sql,
  headendId: string,
  limit: number,
): Promise<readonly Readonly<{ id: string; meterId: number }>[]> => {
  const rows = await sql.query<{ id: string; meter_id: number }>(
    `update field_request set taken_at = clock_timestamp() where id in (
       select id from field_request where headend_id = $1 and taken_at is null and expires_at > clock_timestamp()
       order by asked_at limit $2 for update skip locked)
     returning id, meter_id`,
    [headendId, limit],
  )
  return rows.map(({ id, meter_id: meterId }) => ({ id, meterId }))
}

export const answerFieldRequest = async (sql: Sql, id: string, answer: unknown): Promise<void> => {
  await sql.query('update field_request set answer = $2, answered_at = clock_timestamp() where id = $1', [
    id,
    JSON.stringify(answer),
  ])
  await notify(sql, fieldAnswerChannel, id)
}

export const findFieldAnswer = async (sql: Sql, id: string): Promise<unknown> => {
  const [row] = await sql.query<{ answer: unknown }>('select answer from field_request where id = $1', [id])
  return row?.answer ?? null
}

/** Requests are of the moment; what is older than an hour is of no use to anybody. */
export const dropOldFieldRequests = async (sql: Sql): Promise<void> => {
  await sql.query(`delete from field_request where asked_at < clock_timestamp() - interval '1 hour'`)
}
