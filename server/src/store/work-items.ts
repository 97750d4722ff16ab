import { workItemRules, type WorkItemKind, type WorkItemState } from '../domain/work-item.ts'
import type { Sql } from './database.ts'
import { notifyLive } from './notify.ts'

export type NewWorkItem = Readonly<{
  kind: WorkItemKind
  /** `meter:17`, `account:5`, `gateway:3` …: one item of a kind is open for a subject at any time. */
  subject: string
  siteId?: number | null
  accountId?: number | null
  meterId?: number | null
  gatewayId?: number | null
  /** What a person needs to know; codes and figures, no sentences. */
  detail?: Readonly<Record<string, unknown>>
  /** Wall time, other than the kind's own. */
  dueAt?: number | null
}>

/**
 * Opens items, or counts those that are open already; answers how many are new. Written last in the order of locks
 * (accounts → meters → ledger accounts → commands → work items), sorted, so that two writers never wait for each other.
 * The site is found by the account, meter or gateway where it is not named.
 */
export const openWorkItems = async (sql: Sql, items: readonly NewWorkItem[], now: number): Promise<number> => {
  if (items.length === 0) return 0
  const sorted = items.toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1))
  const unique = sorted.filter((item, index) => index === 0 || keyOf(item) !== keyOf(sorted[index - 1] ?? item))
  const rows = await sql.query<{ fresh: boolean }>(
    `insert into work_item as w (kind, subject, site_id, account_id, meter_id, gateway_id, severity, detail, opened_at,
                                 seen_at, due_at)
     select n.kind, n.subject,
            coalesce(n.site_id, (select site_id from account where id = n.account_id),
                     (select g.site_id from meter m join gateway g on g.id = m.gateway_id where m.id = n.meter_id),
                     (select site_id from gateway where id = n.gateway_id)),
            coalesce(n.account_id, (select account_id from meter where id = n.meter_id)), n.meter_id, n.gateway_id,
            n.severity, n.detail, $1, $1, n.due_at
     from unnest($2::text[], $3::text[], $4::int[], $5::int[], $6::int[], $7::int[], $8::text[], $9::jsonb[],
                 $10::timestamptz[])
       as n(kind, subject, site_id, account_id, meter_id, gateway_id, severity, detail, due_at)
     on conflict (kind, subject) where closed_at is null
       do update set seen = w.seen + 1, seen_at = greatest(w.seen_at, excluded.seen_at), detail = excluded.detail
     returning w.seen = 1 as fresh`,
    [
      new Date(now),
      unique.map(({ kind }) => kind),
      unique.map(({ subject }) => subject),
      unique.map(({ siteId }) => siteId ?? null),
      unique.map(({ accountId }) => accountId ?? null),
      unique.map(({ meterId }) => meterId ?? null),
      unique.map(({ gatewayId }) => gatewayId ?? null),
      unique.map(({ kind }) => workItemRules[kind].severity),
      unique.map(({ detail }) => JSON.stringify(detail ?? {})),
      unique.map((item) => dueOf(item, now)),
    ],
  )
  await notifyLive(sql, ['work-item'])
  return rows.filter(({ fresh }) => fresh).length
}

const keyOf = ({ kind, subject }: NewWorkItem): string => `${kind} ${subject}`

const dueOf = ({ kind, dueAt }: NewWorkItem, now: number): Date | null => {
  const { dueAfterMs } = workItemRules[kind]
  const due = dueAt === undefined ? (dueAfterMs === null ? null : now + dueAfterMs) : dueAt
  return due === null ? null : new Date(due)
}

/** What the open item of a kind and subject holds, locked; null when none is open. */
export const lockOpenDetail = async (
  sql: Sql,
  kind: WorkItemKind,
  subject: string,
): Promise<Readonly<Record<string, unknown>> | null> => {
  const [row] = await sql.query<{ detail: Readonly<Record<string, unknown>> }>(
    'select detail from work_item where kind = $1 and subject = $2 and closed_at is null for no key update',
    [kind, subject],
  )
  return row?.detail ?? null
}

/** What these items tell is over: they end by themselves. `because` is a code. Answers how many were open. */
export const closeWorkItems = async (
  sql: Sql,
  { kind, subjects }: Readonly<{ kind: WorkItemKind; subjects: readonly string[] }>,
  now: number,
  because: string,
): Promise<number> => {
  if (subjects.length === 0) return 0
  const rows = await sql.query(
    `update work_item set closed_at = $3, closed_because = $4
     where id in (select id from work_item where kind = $1 and subject = any($2::text[]) and closed_at is null
                  order by subject for no key update)
     returning id`,
    [kind, subjects, new Date(now), because],
  )
  if (rows.length > 0) await notifyLive(sql, ['work-item'])
  return rows.length
}

export const lockWorkItem = async (sql: Sql, id: number): Promise<WorkItemState | null> => {
  const [row] = await sql.query<{ closed: boolean; acknowledged: boolean; owner_id: number | null }>(
    `select closed_at is not null as closed, acknowledged_at is not null as acknowledged, owner_id
     from work_item where id = $1 for no key update`,
    [id],
  )
  return row === undefined ? null : { closed: row.closed, acknowledged: row.acknowledged, ownerId: row.owner_id }
}

type Deed = Readonly<{ id: number; operatorId: number; now: number }>

export const takeWorkItem = async (sql: Sql, { id, operatorId }: Deed): Promise<void> => {
  await sql.query('update work_item set owner_id = $2 where id = $1', [id, operatorId])
}

/** Who acknowledges an item that nobody owns takes it, too. */
export const acknowledgeWorkItem = async (sql: Sql, { id, operatorId, now }: Deed): Promise<void> => {
  await sql.query(
    `update work_item set acknowledged_at = $3, acknowledged_by = $2, owner_id = coalesce(owner_id, $2) where id = $1`,
    [id, operatorId, new Date(now)],
  )
}

export const endWorkItem = async (
  sql: Sql,
  { id, operatorId, now, because }: Deed & { because: string },
): Promise<void> => {
  await sql.query('update work_item set closed_at = $3, closed_by = $2, closed_because = $4 where id = $1', [
    id,
    operatorId,
    new Date(now),
    because,
  ])
}

/** Open items of which a step may have passed since they were looked at last, at most `limit`, locked. */
export const workItemsRunningLate = async (
  sql: Sql,
  now: number,
  limit: number,
): Promise<readonly Readonly<{ id: number; openedAt: number; dueAt: number; escalation: number }>[]> => {
  const rows = await sql.query<{ id: bigint; opened_at: number; due_at: number; escalation: number }>(
    `select id, opened_at, due_at, escalation from work_item
     where closed_at is null and due_at is not null and escalation < 3
       and opened_at + (due_at - opened_at) * (array[0.5, 0.8, 1.0])[escalation + 1] <= $1
     order by id limit $2 for no key update skip locked`,
    [new Date(now), limit],
  )
  return rows.map((row) => ({
    id: Number(row.id),
    openedAt: row.opened_at,
    dueAt: row.due_at,
    escalation: row.escalation,
  }))
}

export const escalateWorkItem = async (sql: Sql, id: number, escalation: number): Promise<void> => {
  await sql.query('update work_item set escalation = $2 where id = $1', [id, escalation])
}
