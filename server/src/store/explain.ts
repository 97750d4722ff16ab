import type { LedgerCode } from '../domain/ledger/chart.ts'
import { microYuan, wattHours, type MicroYuan, type WattHours } from '../domain/quantity.ts'
import type { Sql } from './database.ts'

/** What one transfer rests on, as far as anything is known of it. */
export type ExplainedLine = Readonly<{
  entry: bigint
  id: string
  at: number
  postedAt: number
  kind: string
  amount: MicroYuan
  debit: LedgerCode
  credit: LedgerCode
  balanceAfter: MicroYuan
  refersTo: string | null
  payment: Readonly<{ id: string; channel: string }> | null
  charge: Readonly<{
    place: string
    address: string
    used: WattHours
    /** The registers of the reading that was charged; null when it was since dropped from the database. */
    registers: Readonly<{ totalWh: WattHours; ratesWh: readonly WattHours[] }> | null
    plan: Readonly<{ name: string; version: number }>
    agreementVersion: number
  }> | null
  operation: Readonly<{ id: string; kind: string; key: string; reason: string; operator: string | null }> | null
}>

type Row = {
  entry: bigint
  id: string
  at: number
  posted_at: number
  kind: string
  amount: bigint
  debit: LedgerCode
  credit: LedgerCode
  balance_after: bigint
  refers_to: string | null
  payment_id: string | null
  channel: string | null
  place: string
  address: string
  used_wh: bigint | null
  total_wh: bigint | null
  rates_wh: bigint[] | null
  plan_name: string | null
  plan_version: number
  agreement_version: number
  operation_id: string | null
  o_kind: string
  o_key: string
  o_reason: string
  login: string | null
}

/** Lines of an account posted until an instant, in their order, from one number of the journal on. */
export const explainedLines = async (
  sql: Sql,
  accountId: number,
  until: number,
  afterEntry: bigint,
  limit: number,
): Promise<readonly ExplainedLine[]> => {
  const rows = await sql.query<Row>(
    `select t.entry, t.id, t.at, t.posted_at, t.kind, t.amount, d.code as debit, c.code as credit, t.balance_after, t.refers_to,
            t.payment_id, p.channel, m.place, m.address, t.used_wh, r.total_wh, r.rates_wh, pl.name as plan_name,
            pl.version as plan_version, g.version as agreement_version,
            t.operation_id, o.kind as o_kind, o.key as o_key, o.reason as o_reason, u.login
     from transfer t
     join ledger_account d on d.id = t.debit_id join ledger_account c on c.id = t.credit_id
     left join payment p on p.id = t.payment_id
     left join meter m on m.id = t.meter_id
     left join reading r on r.meter_id = t.meter_id and r.at = t.at and t.agreement_id is not null
     left join price_plan pl on pl.id = t.price_plan_id
     left join agreement g on g.id = t.agreement_id
     left join operation o on o.id = t.operation_id
     left join operator u on u.id = o.operator_id
     where t.account_id = $1 and t.posted_at <= $2 and t.entry > $3 order by t.entry limit $4`,
    [accountId, new Date(until), afterEntry, limit],
  )
  return rows.map(lineOf)
}

const lineOf = (row: Row): ExplainedLine => ({
  entry: row.entry,
  id: row.id,
  at: row.at,
  postedAt: row.posted_at,
  kind: row.kind,
  amount: microYuan(row.amount),
  debit: row.debit,
  credit: row.credit,
  balanceAfter: microYuan(row.balance_after),
  refersTo: row.refers_to,
  payment: row.payment_id === null || row.channel === null ? null : { id: row.payment_id, channel: row.channel },
  charge:
    row.plan_name === null
      ? null
      : {
          place: row.place,
          address: row.address,
          used: wattHours(row.used_wh ?? 0n),
          registers:
            row.total_wh === null
              ? null
              : { totalWh: wattHours(row.total_wh), ratesWh: (row.rates_wh ?? []).map(wattHours) },
          plan: { name: row.plan_name, version: row.plan_version },
          agreementVersion: row.agreement_version,
        },
  operation:
    row.operation_id === null
      ? null
      : { id: row.operation_id, kind: row.o_kind, key: row.o_key, reason: row.o_reason, operator: row.login },
})
