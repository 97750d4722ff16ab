import type { Sql } from '../database.ts'

export type ReadingView = Readonly<{
  at: number
  total_wh: bigint
  used_wh: bigint | null
  power_mw: bigint | null
  quality: 'good' | 'held'
  held_because: string | null
  charged: bigint | null
  balance_after: bigint | null
}>
export type PaymentView = Readonly<{ at: number; amount: bigint; balance_after: bigint }>

/**
 * Readings of a meter in a span of time, oldest first. The primary key is (at, meter_id), so the span is walked over
 * all meters; spans are at most a week (see docs/decisions/0002-database.md).
 */
export const viewReadings = async (
  sql: Sql,
  meterId: number,
  from: number,
  to: number,
): Promise<readonly ReadingView[]> =>
  sql.query<ReadingView>(
    `select at, total_wh, used_wh, power_mw, quality, held_because, charged, balance_after from reading
     where meter_id = $1 and at >= $2 and at <= $3 and quality <> 'rejected' order by at limit 20000`,
    [meterId, new Date(from), new Date(to)],
  )

export const viewPayments = async (
  sql: Sql,
  accountId: number,
  from: number,
  to: number,
): Promise<readonly PaymentView[]> =>
  sql.query<PaymentView>(
    `select at, amount, balance_after from payment where account_id = $1 and at >= $2 and at <= $3 order by at limit 2000`,
    [accountId, new Date(from), new Date(to)],
  )
