import type { CreditStage, Decision as CreditDecision } from '../domain/credit-policy.ts'
import type { MicroYuan } from '../domain/quantity.ts'
import type { Sql } from './database.ts'

export type SavedDecision = Readonly<{
  accountId: number
  stage: CreditStage
  earliestStopAt: number | null
  toldAt: number | null
  reasons: readonly string[]
  workItems: CreditDecision['workItems']
  emergency: CreditDecision['emergency']
  lookAgainAt: number | null
  balance: MicroYuan
}>

/** Writes decisions; `stage_since` moves only when the stage does. */
export const saveDecisions = async (sql: Sql, decisions: readonly SavedDecision[], now: number): Promise<void> => {
  if (decisions.length === 0) return
  const instant = (at: number | null): Date | null => (at === null ? null : new Date(at))
  await sql.query(
    `update account a
     set stage = d.stage, earliest_stop_at = d.earliest, told_at = d.told, decision = d.decision, decided_at = $5,
         decide_at = d.look,
         stage_since = case when a.stage = d.stage then a.stage_since else $5 end,
         emergency_offered_at = case d.emergency when 'offer' then $5 when 'over' then null else a.emergency_offered_at end,
         emergency_granted = case d.emergency when 'over' then 0 else a.emergency_granted end
     from unnest($1::int[], $2::text[], $3::timestamptz[], $4::jsonb[], $6::timestamptz[], $7::timestamptz[], $8::text[])
       as d(id, stage, earliest, decision, told, look, emergency)
     where a.id = d.id`,
    [
      decisions.map(({ accountId }) => accountId),
      decisions.map(({ stage }) => stage),
      decisions.map(({ earliestStopAt }) => instant(earliestStopAt)),
      decisions.map(({ reasons, workItems, balance }) =>
        JSON.stringify({ reasons, balance: balance.toString(), ...(workItems.length > 0 && { work: workItems }) }),
      ),
      new Date(now),
      decisions.map(({ toldAt }) => instant(toldAt)),
      decisions.map(({ lookAgainAt }) => instant(lookAgainAt)),
      decisions.map(({ emergency }) => emergency),
    ],
  )
}

/** How often an account that waits (for the trip window, for a trip to come through) is decided again, wall time. */
const decideAgainAfterMs = 5 * 60_000

/**
 * Accounts whose moment has come (a lead time is over, a list begins or ends, a receipt has not come), and those that have
 * been waiting since for a window or a proven trip.
 */
export const accountsDue = async (sql: Sql, now: number, limit: number): Promise<readonly number[]> => {
  const rows = await sql.query<{ id: number }>(
    `select id from (
       select id, decide_at as due from account where decide_at <= $1
       union
       select id, earliest_stop_at from account
       where stage in ('stop-notified', 'cut-off') and earliest_stop_at <= $1
         and (decided_at < earliest_stop_at or decided_at < $2)
         and not coalesce(decision->'reasons' ? 'supply-stopped', false)) d
     group by id order by min(due), id limit $3`,
    [new Date(now), new Date(now - decideAgainAfterMs), limit],
  )
  return rows.map(({ id }) => id)
}
