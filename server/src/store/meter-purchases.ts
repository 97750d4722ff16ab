import type { MeterPurchase, PurchaseState, PurseReading } from '../domain/meter-purchase.ts'
import { microYuan, type MicroYuan } from '../domain/quantity.ts'
import type { Sql } from './database.ts'
import { wholeField, type Reach } from './headends.ts'

export type StoredPurchase = MeterPurchase &
  Readonly<{ id: string; bucket: number; accountId: number; meterId: number; pendingTransferId: string | null }>

type Row = {
  id: string
  bucket: number
  account_id: number
  meter_id: number
  amount: bigint
  state: PurchaseState
  proving_count: number | null
  attempts: number
  last_answer: 'accepted' | 'refused' | null
  expires_at: number
  pending_id: string | null
}

const purchaseOf = (row: Row): StoredPurchase => ({
  id: row.id,
  bucket: row.bucket,
  accountId: row.account_id,
  meterId: row.meter_id,
  amount: microYuan(row.amount),
  state: row.state,
  provingCount: row.proving_count,
  attempts: row.attempts,
  lastAnswer: row.last_answer,
  expiresAt: row.expires_at,
  pendingTransferId: row.pending_id,
})

export type NewPurchase = Readonly<{
  id: string
  accountId: number
  meterId: number
  amount: MicroYuan
  at: number
  expiresAt: number
}>

export const insertPurchase = async (sql: Sql, purchase: NewPurchase): Promise<void> => {
  await sql.query(
    `insert into meter_purchase (id, bucket, account_id, meter_id, amount, at, next_step_at, expires_at)
     select $1, bucket, id, $3, $4, $5, $5, $6 from account where id = $2`,
    [
      purchase.id,
      purchase.accountId,
      purchase.meterId,
      purchase.amount,
      new Date(purchase.at),
      new Date(purchase.expiresAt),
    ],
  )
}

/** What stands in the way of buying for a meter, under its account's lock. */
export type PurseStanding = Readonly<{
  accountId: number | null
  local: boolean
  open: boolean
  disputed: boolean
}>

export const purseStanding = async (sql: Sql, meterId: number): Promise<PurseStanding | null> => {
  const [row] = await sql.query<{ account_id: number | null; local: boolean; open: boolean; disputed: boolean }>(
    `select m.account_id, coalesce(g.settlement_mode = 'local', false) as local,
            exists (select from meter_purchase p where p.meter_id = m.id and p.state in ('waiting', 'written', 'disputed')) as open,
            coalesce(w.disputed_at is not null, false) as disputed
     from meter m left join account a on a.id = m.account_id left join agreement g on g.id = a.agreement_id
     left join meter_wallet w on w.meter_id = m.id where m.id = $1`,
    [meterId],
  )
  return row === undefined
    ? null
    : { accountId: row.account_id, local: row.local, open: row.open, disputed: row.disputed }
}

/**
 * Takes due purchases for a while: another that looks meanwhile does not see them, and if we die they are due again.
 */
export const claimPurchases = async (
  sql: Sql,
  now: number,
  until: number,
  limit: number,
  { without = [], reach = wholeField }: Readonly<{ without?: readonly string[]; reach?: Reach }> = {},
): Promise<readonly string[]> => {
  const rows = await sql.query<{ id: string }>(
    `update meter_purchase set next_step_at = $2 where id in (
       select id from meter_purchase where state in ('waiting', 'written') and next_step_at <= $1
         and id <> all ($4::uuid[]) and meter_in_reach(meter_id, $5, $6)
       order by next_step_at limit $3 for update skip locked) returning id`,
    [new Date(now), new Date(until), limit, [...without], reach.self, reach.onlyHeld],
  )
  return rows.map(({ id }) => id)
}

/**
 * Gateways are there again: what waits for their meters need not wait any longer. What is being carried on meanwhile
 * is not taken up twice: `runPurchases` knows it.
 */
export const hastenPurchases = async (sql: Sql, gatewayIds: readonly number[], now: number): Promise<void> => {
  await sql.query(
    `update meter_purchase set next_step_at = $2 where state in ('waiting', 'written') and next_step_at > $2
       and meter_id in (select id from meter where gateway_id = any($1::int[]))`,
    [gatewayIds, new Date(now)],
  )
}

/** With the pending transfer that it completes. */
export const findPurchase = async (sql: Sql, id: string): Promise<StoredPurchase | null> => {
  const [row] = await sql.query<Row>(
    `select p.*, (select t.id from transfer t where t.operation_id = p.id and t.kind = 'purchase-pending') as pending_id
     from meter_purchase p where p.id = $1`,
    [id],
  )
  return row === undefined ? null : purchaseOf(row)
}

export type PurchaseChange = Readonly<{
  state?: PurchaseState
  provingCount?: number
  attempts?: number
  lastAnswer?: 'accepted' | 'refused' | null
  nextStepAt?: number
  finishedAt?: number
}>

/** What a change means to whoever waits. `unread` is said once, however often the meter is asked in vain. */
export type PurchaseStep =
  | Exclude<PurchaseState, 'waiting'>
  | 'accepted'
  | 'refused'
  /** Something may have arrived, and nothing was heard: the count will tell. */
  | 'no-answer'
  /** The purse could not be read. */
  | 'unread'

export type PurchaseNote = Readonly<{ step: PurchaseStep; at: number; reason?: string | null }>

/** Moves a purchase on and writes the step into its life. */
export const savePurchase = async (
  sql: Sql,
  { id, ...before }: StoredPurchase,
  change: PurchaseChange,
  { step, at, reason = null }: PurchaseNote,
): Promise<void> => {
  const { state, provingCount, attempts, lastAnswer } = { ...before, ...change }
  await sql.query(
    `with moved as (
       update meter_purchase set state = $2, proving_count = $3, attempts = $4, last_answer = $5,
         next_step_at = coalesce($6, next_step_at), finished_at = coalesce($7, finished_at) where id = $1 returning id)
     insert into meter_purchase_event (purchase_id, at, kind, attempts, proving_count, reason)
     select id, $8, $9, $4, $3, $10 from moved
     where $9 <> 'unread' or $9 is distinct from
       (select kind from meter_purchase_event e where e.purchase_id = $1 order by e.id desc limit 1)`,
    [
      id,
      state,
      provingCount,
      attempts,
      lastAnswer,
      dateOf(change.nextStepAt),
      dateOf(change.finishedAt),
      new Date(at),
      step,
      reason,
    ],
  )
}

const dateOf = (at: number | undefined): Date | null => (at === undefined ? null : new Date(at))

/** What the purse of a meter was last known to count, and what the ledger says is in it; null when it was never read. */
export const purseMirror = async (
  sql: Sql,
  meterId: number,
): Promise<Readonly<{ purchaseCount: number; balance: MicroYuan; readAt: number }> | null> => {
  const [row] = await sql.query<{ purchase_count: number; balance: bigint; read_at: number }>(
    `select w.purchase_count, w.read_at, coalesce((select sum(credits - debits) from ledger_account
       where code = 'meter-wallet' and owner = $1::int::text), 0)::bigint as balance
     from meter_wallet w where w.meter_id = $1`,
    [meterId],
  )
  return row === undefined
    ? null
    : { purchaseCount: row.purchase_count, balance: microYuan(row.balance), readAt: row.read_at }
}

/**
 * Meters in local mode whose purse was not read within their site's interval, those that were never read first. While a
 * purchase is on its way it looks after the purse itself.
 */
export const pursesDue = async (
  sql: Sql,
  now: number,
  without: readonly number[],
  limit: number,
  reach: Reach = wholeField,
): Promise<readonly number[]> => {
  const rows = await sql.query<{ id: number }>(
    `select m.id from agreement g join account a on a.id = g.account_id and a.agreement_id = g.id
       join meter m on m.account_id = a.id join site s on s.id = m.site_id left join meter_wallet w on w.meter_id = m.id
     where g.settlement_mode = 'local' and m.id <> all ($2::int[]) and meter_in_reach(m.id, $4, $5)
       and (w.read_at is null or w.read_at + make_interval(mins => s.reading_interval_minutes) <= $1)
       and not exists (select from meter_purchase p where p.meter_id = m.id and p.state in ('waiting', 'written'))
     order by w.read_at nulls first, m.id limit $3`,
    [new Date(now), [...without], limit, reach.self, reach.onlyHeld],
  )
  return rows.map(({ id }) => id)
}

/** What the purse showed last, and what of it the ledger has for this account. */
export const purseOfAccount = async (
  sql: Sql,
  meterId: number,
  accountId: number,
): Promise<Readonly<{ shown: MicroYuan | null; booked: MicroYuan }>> => {
  const [row] = await sql.query<{ shown: bigint | null; booked: bigint }>(
    `select (select balance from meter_wallet where meter_id = $1) as shown,
            coalesce((select credits - debits from ledger_account
              where code = 'meter-wallet' and account_id = $2 and owner = $1::int::text), 0) as booked`,
    [meterId, accountId],
  )
  const shown = row?.shown ?? null
  return { shown: shown === null ? null : microYuan(shown), booked: microYuan(row?.booked ?? 0n) }
}

export const savePurse = async (
  sql: Sql,
  { meterId, bucket, at }: Readonly<{ meterId: number; bucket: number; at: number }>,
  { purchaseCount, balance }: Omit<PurseReading, 'lastPurchase'>,
): Promise<void> => {
  await sql.query(
    `insert into meter_wallet (meter_id, bucket, purchase_count, balance, read_at) values ($1, $2, $3, $4, $5)
     on conflict (meter_id) do update set purchase_count = excluded.purchase_count, balance = excluded.balance,
       read_at = excluded.read_at`,
    [meterId, bucket, purchaseCount, balance, new Date(at)],
  )
}

export const disputePurse = async (sql: Sql, meterId: number, why: string | null, at: number): Promise<void> => {
  await sql.query(
    `update meter_wallet set dispute = $2, disputed_at = case when $2::text is null then null else coalesce(disputed_at, $3) end
     where meter_id = $1`,
    [meterId, why, new Date(at)],
  )
}

export type PurseOwner = Readonly<{ accountId: number; bucket: number; agreementId: number; pricePlanId: number }>

/** The number of the account whose purse it is; null when it is nobody's or not in local mode. */
export const purseAccountNumber = async (sql: Sql, meterId: number): Promise<string | null> => {
  const [row] = await sql.query<{ number: string }>(
    `select a.number from meter m join account a on a.id = m.account_id join agreement g on g.id = a.agreement_id
     where m.id = $1 and g.settlement_mode = 'local'`,
    [meterId],
  )
  return row?.number ?? null
}

/** Whose purse it is and under which agreement; null when it is nobody's or not in local mode. */
export const purseOwner = async (sql: Sql, meterId: number): Promise<PurseOwner | null> => {
  const [row] = await sql.query<{ account_id: number; bucket: number; agreement_id: number; price_plan_id: number }>(
    `select a.id as account_id, a.bucket, g.id as agreement_id, g.price_plan_id
     from meter m join account a on a.id = m.account_id join agreement g on g.id = a.agreement_id
     where m.id = $1 and g.settlement_mode = 'local'`,
    [meterId],
  )
  return row === undefined
    ? null
    : {
        accountId: row.account_id,
        bucket: row.bucket,
        agreementId: row.agreement_id,
        pricePlanId: row.price_plan_id,
      }
}

export type AccountMeter = Readonly<{ accountId: number; meterId: number; address: string }>

/** The meters of an account by its number. */
export const metersOfAccount = async (sql: Sql, number: string): Promise<readonly AccountMeter[]> => {
  const rows = await sql.query<{ account_id: number; id: number; address: string }>(
    'select m.account_id, m.id, m.address from meter m join account a on a.id = m.account_id where a.number = $1 order by m.id',
    [number],
  )
  return rows.map(({ account_id: accountId, id: meterId, address }) => ({ accountId, meterId, address }))
}
