import type { PaymentChannel } from '../domain/payment-channel.ts'
import { microYuan, wattHours } from '../domain/quantity.ts'
import type { LossReading } from '../domain/line-loss.ts'
import type { BookBalance } from '../domain/reconciliation-balance.ts'
import type { ItemState } from '../domain/reconciliation-item.ts'
import type { OurPayment } from '../domain/reconciliation.ts'
import type { WorkItemKind } from '../domain/work-item.ts'
import type { Sql } from './database.ts'

export type ReconciliationKind = 'line-loss' | 'payment-channel' | 'meter-balance'

export type NewRun = Readonly<{
  id: string
  kind: ReconciliationKind
  /** What was compared: a channel, a master meter. */
  subject: string
  inputHash: string
  from: number
  to: number
  summary: unknown
  operatorId: number | null
  at: number
}>

export type NewItem = Readonly<{
  kind: string
  fingerprint: string
  accountId: number | null
  detail: unknown
  /** Where the inbox shows it; several items may be one matter there. */
  work: ItemWork
}>
export type ItemWork = Readonly<{ kind: WorkItemKind; subject: string; meterId?: number }>

/** Writes a run with its differences; null when the same comparison of the same input is there already. */
export const insertRun = async (
  sql: Sql,
  run: NewRun,
  items: readonly NewItem[],
): Promise<Readonly<{ fresh: ReadonlySet<string> }> | null> => {
  const made = await sql.query(
    `insert into reconciliation (id, kind, subject, input_hash, from_at, to_at, summary, operator_id, at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict (kind, subject, input_hash) do nothing returning id`,
    [
      run.id,
      run.kind,
      run.subject,
      run.inputHash,
      new Date(run.from),
      new Date(run.to),
      JSON.stringify(run.summary),
      run.operatorId,
      new Date(run.at),
    ],
  )
  if (made.length === 0) return null
  // A difference that an earlier run has found is that one's item, whatever has become of it.
  const fresh = await sql.query<{ fingerprint: string }>(
    `insert into reconciliation_item (reconciliation_id, kind, fingerprint, account_id, detail, at, work_kind, work_subject)
     select $1, i.kind, i.fingerprint, i.account_id, i.detail, $2, i.work_kind, i.work_subject
     from unnest($3::text[], $4::text[], $5::int[], $6::jsonb[], $7::text[], $8::text[])
       as i(kind, fingerprint, account_id, detail, work_kind, work_subject)
     on conflict (fingerprint) do nothing returning fingerprint`,
    [
      run.id,
      new Date(run.at),
      items.map(({ kind }) => kind),
      items.map(({ fingerprint }) => fingerprint),
      items.map(({ accountId }) => accountId),
      items.map(({ detail }) => JSON.stringify(detail)),
      items.map(({ work }) => work.kind),
      items.map(({ work }) => work.subject),
    ],
  )
  return { fresh: new Set(fresh.map(({ fingerprint }) => fingerprint)) }
}

export type Item = Readonly<{
  id: number
  run: ReconciliationKind
  subject: string
  kind: string
  account: string | null
  detail: unknown
  state: ItemState
  reason: string
  operator: string | null
  at: number
  resolvedAt: number | null
}>

const listedAtMost = 1_000

/** Differences, the oldest first; only open ones unless told otherwise. */
export const listItems = async (sql: Sql, all: boolean): Promise<readonly Item[]> => {
  const rows = await sql.query<{
    id: bigint
    run: ReconciliationKind
    subject: string
    kind: string
    account: string | null
    detail: unknown
    state: ItemState
    reason: string
    operator: string | null
    at: number
    resolved_at: number | null
  }>(
    `select i.id, r.kind as run, r.subject, i.kind, a.number as account, i.detail, i.state, i.reason, o.login as operator,
            i.at, i.resolved_at
     from reconciliation_item i join reconciliation r on r.id = i.reconciliation_id
     left join account a on a.id = i.account_id left join operator o on o.id = i.operator_id
     where $1 or i.state = 'open' order by i.id limit ${String(listedAtMost)}`,
    [all],
  )
  return rows.map(({ resolved_at: resolvedAt, ...row }) => ({ ...row, id: Number(row.id), resolvedAt }))
}

export type LockedItem = Readonly<{
  state: ItemState
  kind: string
  accountId: number | null
  detail: Readonly<Record<string, unknown>>
  work: ItemWork | null
}>

export const lockItem = async (sql: Sql, id: number): Promise<LockedItem | null> => {
  const [row] = await sql.query<{
    state: ItemState
    kind: string
    account_id: number | null
    detail: Record<string, unknown>
    work_kind: WorkItemKind | null
    work_subject: string | null
  }>(
    `select state, kind, account_id, detail, work_kind, work_subject from reconciliation_item
     where id = $1 for no key update`,
    [id],
  )
  if (row === undefined) return null
  const { state, kind, account_id: accountId, detail, work_kind: workKind, work_subject: subject } = row
  const work = workKind === null || subject === null ? null : { kind: workKind, subject }
  return { state, kind, accountId, detail, work }
}

/** Whether any difference of a matter in the inbox is still open. */
export const hasOpenItems = async (sql: Sql, { kind, subject }: ItemWork): Promise<boolean> =>
  (
    await sql.query(
      "select from reconciliation_item where work_kind = $1 and work_subject = $2 and state = 'open' limit 1",
      [kind, subject],
    )
  ).length > 0

export const saveItem = async (
  sql: Sql,
  item: Readonly<{ id: number; state: ItemState; reason: string; operatorId: number | null; now: number }>,
): Promise<void> => {
  await sql.query(
    `update reconciliation_item set state = $2, reason = $3, operator_id = $4, resolved_at = case when $2 = 'open' then null else $5::timestamptz end
     where id = $1`,
    [item.id, item.state, item.reason, item.operatorId, new Date(item.now)],
  )
}

/** Ours of a channel in a span, and those of any time that the other side names. */
export const paymentsToCompare = async (
  sql: Sql,
  channel: PaymentChannel,
  { from, to }: Readonly<{ from: number; to: number }>,
  references: readonly string[],
): Promise<readonly OurPayment[]> => {
  const rows = await sql.query<{
    id: string
    key: string
    number: string
    account_id: number
    at: number
    amount: bigint
    reversed: boolean
  }>(
    `select p.id, p.key, a.number, p.account_id, p.at, p.amount,
            exists (select from operation o where o.reverses = p.id) as reversed
     from payment p join account a on a.id = p.account_id
     where p.channel = $1 and (p.at >= $2 and p.at < $3 or p.id::text = any($4::text[]) or p.key = any($4::text[]))
     order by p.at, p.id`,
    [channel, new Date(from), new Date(to), references],
  )
  return rows.map((row) => ({
    paymentId: row.id,
    key: row.key,
    account: row.number,
    accountId: row.account_id,
    at: row.at,
    amount: microYuan(row.amount),
    reversed: row.reversed,
    inSpan: row.at >= from && row.at < to,
  }))
}

export type NamedMeter = Readonly<{ meterId: number; address: string; place: string }>

export const metersByAddress = async (sql: Sql, addresses: readonly string[]): Promise<readonly NamedMeter[]> => {
  const rows = await sql.query<{ id: number; address: string; place: string }>(
    'select id, address, place from meter where address = any($1::text[]) order by id',
    [addresses],
  )
  return rows.map(({ id, address, place }) => ({ meterId: id, address, place }))
}

/** The last good reading of each meter at or before an instant, no older than `notBefore`. */
export const readingsBefore = async (
  sql: Sql,
  meterIds: readonly number[],
  notBefore: number,
  until: number,
): Promise<ReadonlyMap<number, LossReading>> => {
  const rows = await sql.query<{ meter_id: number; at: number; total_wh: bigint }>(
    `select distinct on (meter_id) meter_id, at, total_wh from reading
     where at >= $2 and at <= $3 and meter_id = any($1::int[]) and quality = 'good' order by meter_id, at desc`,
    [meterIds, new Date(notBefore), new Date(until)],
  )
  return new Map(rows.map((row) => [row.meter_id, { at: row.at, totalWh: wattHours(row.total_wh) }]))
}

/** What the ledger says is in the purse of each meter that has one. */
export const walletsInBooks = async (sql: Sql): Promise<readonly BookBalance[]> => {
  const rows = await sql.query<{
    meter_id: number
    address: string
    number: string
    account_id: number
    balance: bigint
  }>(
    `select m.id as meter_id, m.address, a.number, a.id as account_id, (l.credits - l.debits) as balance
     from ledger_account l join meter m on m.id = l.owner::int join account a on a.id = l.account_id
     where l.code = 'meter-wallet' order by m.id`,
  )
  return rows.map((row) => ({
    meterId: row.meter_id,
    address: row.address,
    account: row.number,
    accountId: row.account_id,
    balance: microYuan(row.balance),
  }))
}

export const operatorByLogin = async (sql: Sql, login: string): Promise<number | null> => {
  const [row] = await sql.query<{ id: number }>('select id from operator where login = $1', [login])
  return row?.id ?? null
}
