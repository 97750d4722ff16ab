import type { PurchaseState } from '../../domain/meter-purchase.ts'
import type { SettlementMode } from '../../domain/agreement.ts'
import type { Sql } from '../database.ts'
import type { PurchaseStep } from '../meter-purchases.ts'

export type PurseView = Readonly<{
  account_id: number | null
  mode: SettlementMode
  shown: bigint | null
  purchase_count: number | null
  read_at: number | null
  booked: bigint
  pending: bigint
  available: bigint
  dispute: string | null
}>

/** Null when there is no such meter. */
export const viewPurse = async (sql: Sql, meterId: number): Promise<PurseView | null> => {
  const [row] = await sql.query<PurseView>(
    `select m.account_id, coalesce(g.settlement_mode, 'remote') as mode, w.balance as shown, w.purchase_count, w.read_at, w.dispute,
            coalesce((select sum(credits - debits) from ledger_account
              where code = 'meter-wallet' and account_id = a.id and owner = m.id::text), 0)::bigint as booked,
            coalesce((select sum(credits - debits) from ledger_account
              where code = 'meter-purchase-pending' and account_id = a.id and owner = m.id::text), 0)::bigint as pending,
            coalesce((select credits - debits from ledger_account
              where code = 'customer-prepayment' and account_id = a.id), 0) as available
     from meter m left join account a on a.id = m.account_id left join agreement g on g.id = a.agreement_id
     left join meter_wallet w on w.meter_id = m.id where m.id = $1`,
    [meterId],
  )
  return row ?? null
}

export type PurchaseView = Readonly<{
  id: string
  at: number
  amount: bigint
  state: PurchaseState
  proving_count: number | null
  attempts: number
  last_answer: 'accepted' | 'refused' | null
  expires_at: number
  finished_at: number | null
  operator: string | null
  life: readonly Readonly<{ at: number; step: PurchaseStep; attempts: number; reason: string | null }>[]
}>

const purchasesShown = 50
/** A purchase has a handful of steps; one that waits for a dead meter has no more, because `unread` is said once. */
const stepsShown = 40

/** The last purchases of a meter with their lives, newest first. */
export const viewPurchases = async (sql: Sql, meterId: number): Promise<readonly PurchaseView[]> =>
  sql.query<PurchaseView>(
    `select p.id, p.at, p.amount, p.state, p.proving_count, p.attempts, p.last_answer, p.expires_at, p.finished_at,
            r.name as operator, coalesce(e.life, '[]') as life
     from meter_purchase p left join operation o on o.id = p.id left join operator r on r.id = o.operator_id
     left join lateral (
       select jsonb_agg(jsonb_build_object('at', floor(extract(epoch from at) * 1000)::bigint, 'step', kind, 'attempts', attempts,
                                           'reason', reason) order by id) as life
       from (select * from meter_purchase_event where purchase_id = p.id order by id limit ${String(stepsShown)}) s) e on true
     where p.meter_id = $1 order by p.at desc, p.id desc limit ${String(purchasesShown)}`,
    [meterId],
  )
