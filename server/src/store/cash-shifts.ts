import { paymentChannels, type PaymentChannel } from '../domain/payment-channel.ts'
import { microYuan, type MicroYuan } from '../domain/quantity.ts'
import type { Sql } from './database.ts'

/** What came in and went out by one means of payment, micro-yuan. */
export type MeansTotal = Readonly<{
  means: PaymentChannel
  payments: number
  taken: MicroYuan
  refunds: number
  refunded: MicroYuan
  /** What reversals brought in, less what they took out. */
  reversed: MicroYuan
}>

export type OpenShift = Readonly<{
  id: string
  cashierId: number
  openedAt: number
  /** By the books in the drawer before it. */
  carried: MicroYuan
  /** Counted at the beginning. */
  opening: MicroYuan
}>

type OpenRow = { id: string; cashier_id: number; opened_at: number; carried: bigint; opening: bigint }

const openOf = (row: OpenRow): OpenShift => ({
  id: row.id,
  cashierId: row.cashier_id,
  openedAt: row.opened_at,
  carried: microYuan(row.carried),
  opening: microYuan(row.opening),
})

/** Who a cashier is, for whoever looks at their drawer. */
export const cashierName = async (sql: Sql, cashierId: number): Promise<string> =>
  (await sql.query<{ name: string }>('select name from operator where id = $1', [cashierId]))[0]?.name ?? ''

/** False when the cashier has one open already. */
export const insertShift = async (sql: Sql, shift: OpenShift): Promise<boolean> => {
  const rows = await sql.query(
    `insert into cash_shift (id, cashier_id, opened_at, carried, opening) values ($1, $2, $3, $4, $5)
     on conflict (cashier_id) where closed_at is null do nothing returning id`,
    [shift.id, shift.cashierId, new Date(shift.openedAt), shift.carried, shift.opening],
  )
  return rows.length > 0
}

/** The shift that a cashier has open, locked. */
export const lockOpenShift = async (sql: Sql, cashierId: number): Promise<OpenShift | null> => {
  const [row] = await sql.query<OpenRow>(
    `select id, cashier_id, opened_at, carried, opening from cash_shift
     where cashier_id = $1 and closed_at is null for no key update`,
    [cashierId],
  )
  return row === undefined ? null : openOf(row)
}

export const closeShift = async (
  sql: Sql,
  id: string,
  end: Readonly<{
    expected: MicroYuan
    counted: MicroYuan
    note: string
    totals: readonly MeansTotal[]
    at: number
  }>,
): Promise<void> => {
  await sql.query(
    'update cash_shift set closed_at = $2, expected = $3, counted = $4, note = $5, totals = $6 where id = $1',
    [id, new Date(end.at), end.expected, end.counted, end.note, JSON.stringify(end.totals, amountAsText)],
  )
}

const amountAsText = (_: string, value: unknown): unknown => (typeof value === 'bigint' ? value.toString() : value)

/** Transfers are about the moment of their operation, give or take a clock that was set; it bounds the days looked into. */
const slackMs = 86_400_000

/**
 * What a cashier has done since the open shift began, by means: cash by what touched the cashier's own drawer, the other
 * means by who did it. Cash that somebody else has moved in this drawer is not here; the books know it.
 */
export const shiftTotals = async (sql: Sql, shift: OpenShift, now: number): Promise<readonly MeansTotal[]> => {
  const rows = await sql.query<{
    means: PaymentChannel
    payments: bigint
    taken: bigint
    refunds: bigint
    refunded: bigint
    reversed: bigint
  }>(
    `with moved as (
       select t.kind, t.amount, d.code = 'customer-prepayment' as leaves,
              case when d.code = 'customer-prepayment' then c.code else d.code end as code,
              case when d.code = 'customer-prepayment' then c.owner else d.owner end as owner
       from operation o
         join transfer t on t.operation_id = o.id and t.at between $3 and $4
           and t.kind in ('payment', 'refund', 'reversal')
         join ledger_account d on d.id = t.debit_id join ledger_account c on c.id = t.credit_id
       where o.operator_id = $2 and o.real_at >= (select opened_real_at from cash_shift where id = $1)
         and 'customer-prepayment' in (d.code, c.code))
     select case when code = 'cash-drawer' then 'cash-counter' else owner end as means,
            count(*) filter (where kind = 'payment') as payments,
            coalesce(sum(amount) filter (where kind = 'payment'), 0)::bigint as taken,
            count(*) filter (where kind = 'refund') as refunds,
            coalesce(sum(amount) filter (where kind = 'refund'), 0)::bigint as refunded,
            coalesce(sum(case when leaves then -amount else amount end) filter (where kind = 'reversal'), 0)::bigint as reversed
     from moved
     where (code = 'cash-drawer' and owner = $5) or code in ('channel-clearing', 'refunds-payable') group by 1`,
    [shift.id, shift.cashierId, new Date(shift.openedAt - slackMs), new Date(now + slackMs), String(shift.cashierId)],
  )
  return paymentChannels.flatMap((means) => {
    const row = rows.find((one) => one.means === means)
    if (row === undefined) return []
    const { taken, refunded, reversed } = row
    return [
      {
        means,
        payments: Number(row.payments),
        taken: microYuan(taken),
        refunds: Number(row.refunds),
        refunded: microYuan(refunded),
        reversed: microYuan(reversed),
      },
    ]
  })
}
