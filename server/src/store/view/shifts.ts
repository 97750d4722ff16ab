import { microYuan, type MicroYuan } from '../../domain/quantity.ts'
import { drawerBalance } from '../cash.ts'
import { shiftTotals, type MeansTotal, type OpenShift } from '../cash-shifts.ts'
import type { Reach } from '../../domain/reach.ts'
import type { Sql } from '../database.ts'

export type ShiftView = OpenShift &
  Readonly<{
    cashier: string
    /** As they run now; of a closed shift as they were when it was closed. */
    totals: readonly MeansTotal[]
    /** What the drawer holds by the books, now or then. */
    expected: MicroYuan
    closed: Readonly<{ at: number; counted: MicroYuan; note: string }> | null
  }>

type Row = {
  id: string
  cashier_id: number
  cashier: string
  opened_at: number
  carried: bigint
  opening: bigint
  closed_at: number | null
  expected: bigint | null
  counted: bigint | null
  note: string | null
  totals: readonly Readonly<Record<keyof MeansTotal, string | number>>[] | null
}

const shiftsShown = 100

/** Shifts of one cashier, or of all who answer for no site beyond a reach, the newest first. */
export const viewShifts = async (
  sql: Sql,
  cashierId: number | null,
  now: number,
  reach: Reach = null,
): Promise<readonly ShiftView[]> =>
  Promise.all((await rowsOf(sql, cashierId, false, reach)).map(async (row) => shiftOf(sql, row, now)))

/** The shift that a cashier has open. */
export const viewOpenShift = async (sql: Sql, cashierId: number, now: number): Promise<ShiftView | null> => {
  const [row] = await rowsOf(sql, cashierId, true)
  return row === undefined ? null : shiftOf(sql, row, now)
}

/** What a cashier's drawer holds by the books. */
export const viewDrawer = async (sql: Sql, cashierId: number): Promise<MicroYuan> => drawerBalance(sql, cashierId)

const rowsOf = async (
  sql: Sql,
  cashierId: number | null,
  openOnly: boolean,
  reach: Reach = null,
): Promise<readonly Row[]> =>
  sql.query<Row>(
    `select h.id, h.cashier_id, o.name as cashier, h.opened_at, h.carried, h.opening, h.closed_at, h.expected, h.counted,
            h.note, h.totals
     from cash_shift h join operator o on o.id = h.cashier_id
     where ($1::int is null or h.cashier_id = $1) and (h.closed_at is null or not $2)
       and ($3::int[] is null or o.site_ids <@ $3 or h.cashier_id = $1)
     order by h.opened_at desc, h.id desc limit ${String(shiftsShown)}`,
    [cashierId, openOnly, reach],
  )

const shiftOf = async (sql: Sql, row: Row, now: number): Promise<ShiftView> => {
  const shift = {
    id: row.id,
    cashierId: row.cashier_id,
    cashier: row.cashier,
    openedAt: row.opened_at,
    carried: microYuan(row.carried),
    opening: microYuan(row.opening),
  }
  if (row.closed_at === null || row.expected === null || row.counted === null) {
    const [totals, expected] = await Promise.all([shiftTotals(sql, shift, now), drawerBalance(sql, row.cashier_id)])
    return { ...shift, totals, expected, closed: null }
  }
  const totals = (row.totals ?? []).map((total) => ({
    means: total.means as MeansTotal['means'],
    payments: Number(total.payments),
    taken: microYuan(BigInt(total.taken)),
    refunds: Number(total.refunds),
    refunded: microYuan(BigInt(total.refunded)),
    reversed: microYuan(BigInt(total.reversed)),
  }))
  const closed = { at: row.closed_at, counted: microYuan(row.counted), note: row.note ?? '' }
  return { ...shift, totals, expected: microYuan(row.expected), closed }
}
