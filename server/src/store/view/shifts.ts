import { microYuan } from '../../domain/quantity.ts'
import type { MeansTotal, OpenShift } from '../cash-shifts.ts'
import type { Sql } from '../database.ts'

export type ShiftView = OpenShift &
  Readonly<{
    cashier: string
    closed: Readonly<{
      at: number
      expected: bigint
      counted: bigint
      note: string
      totals: readonly MeansTotal[]
    }> | null
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

/** Shifts of one cashier, or of all, the newest first. */
export const viewShifts = async (sql: Sql, cashierId: number | null): Promise<readonly ShiftView[]> =>
  (await rowsOf(sql, cashierId, false)).map(shiftOf)

/** The shift that a cashier has open. */
export const viewOpenShift = async (sql: Sql, cashierId: number): Promise<ShiftView | null> => {
  const [row] = await rowsOf(sql, cashierId, true)
  return row === undefined ? null : shiftOf(row)
}

const rowsOf = async (sql: Sql, cashierId: number | null, openOnly: boolean): Promise<readonly Row[]> =>
  sql.query<Row>(
    `select h.id, h.cashier_id, o.name as cashier, h.opened_at, h.carried, h.opening, h.closed_at, h.expected, h.counted,
            h.note, h.totals
     from cash_shift h join operator o on o.id = h.cashier_id
     where ($1::int is null or h.cashier_id = $1) and (h.closed_at is null or not $2)
     order by h.opened_at desc, h.id desc limit ${String(shiftsShown)}`,
    [cashierId, openOnly],
  )

const shiftOf = (row: Row): ShiftView => ({
  id: row.id,
  cashierId: row.cashier_id,
  cashier: row.cashier,
  openedAt: row.opened_at,
  carried: microYuan(row.carried),
  opening: microYuan(row.opening),
  closed:
    row.closed_at === null || row.expected === null || row.counted === null
      ? null
      : {
          at: row.closed_at,
          expected: row.expected,
          counted: row.counted,
          note: row.note ?? '',
          totals: (row.totals ?? []).map((total) => ({
            means: total.means as MeansTotal['means'],
            payments: Number(total.payments),
            taken: microYuan(BigInt(total.taken)),
            refunds: Number(total.refunds),
            refunded: microYuan(BigInt(total.refunded)),
            reversed: microYuan(BigInt(total.reversed)),
          })),
        },
})
