import type { Posting } from '../domain/ledger.ts'
import { formatMoney, microYuan, subtractMoney, type MicroYuan } from '../domain/quantity.ts'
import { drawerBalance, lockDrawer } from '../store/cash.ts'
import { cashierName, closeShift, insertShift, lockOpenShift, shiftTotals } from '../store/cash-shifts.ts'
import type { Sql } from '../store/database.ts'
import { openWorkItems } from '../store/work-items.ts'
import { handOverPostings } from './cash.ts'
import { operate, type Asked, type OperateContext, type Operated } from './operate.ts'

export type OpenShiftInput = Omit<Asked, 'operatorId'> & Readonly<{ operatorId: number; counted: MicroYuan }>
export type ShiftOpened = Readonly<{ shiftId: string; carried: MicroYuan; counted: MicroYuan }>

/**
 * Begins a cashier's shift (开班) with what was counted in the drawer. More than the books know is the float that was drawn
 * from the bank (备用金); less is missing, and booked as such.
 */
export const createOpenShift =
  (context: OperateContext) =>
  async ({
    counted,
    ...asked
  }: OpenShiftInput): Promise<Operated<ShiftOpened, 'amount-below-zero' | 'shift-open-already'>> => {
    const { operatorId: cashierId } = asked
    const request = { ...asked, kind: 'open-shift', accountIds: [], input: { cashierId, counted } } as const
    return operate(context, request, async ({ sql, post, now: at }) => {
      if (counted < 0n) return { ok: false, code: 'amount-below-zero' }
      await lockDrawer(sql, cashierId)
      const carried = await drawerBalance(sql, cashierId)
      const shiftId = context.ids.uuid()
      if (!(await insertShift(sql, { id: shiftId, cashierId, openedAt: at, carried, opening: counted })))
        return { ok: false, code: 'shift-open-already' }
      const base = { accountId: null, cashierId, at } as const
      const more = subtractMoney(counted, carried)
      const postings: Posting[] = []
      if (more > 0n) postings.push({ ...base, template: 'float-drawn', amount: more })
      if (more < 0n) postings.push({ ...base, template: 'cash-short', amount: subtractMoney(carried, counted) })
      await post(postings)
      if (more < 0n) await openDifference(sql, { shiftId, cashierId, difference: more }, at)
      return { ok: true, result: { shiftId, carried, counted } }
    })
  }

export type CloseShiftInput = OpenShiftInput
export type ShiftClosed = Readonly<{
  shiftId: string
  expected: MicroYuan
  counted: MicroYuan
  difference: MicroYuan
}>

/** Fractions of a fen stand in the books where a balance was paid out as it was; nobody can count them. */
const countable = microYuan(10_000n)

/**
 * Ends a cashier's shift (交班): what was counted goes to the bank, what is missing or too much is booked, said why, and
 * looked at by somebody else. What the shift came to is kept as it is now.
 */
export const createCloseShift =
  (context: OperateContext) =>
  async ({
    counted,
    ...asked
  }: CloseShiftInput): Promise<
    Operated<ShiftClosed, 'amount-below-zero' | 'no-open-shift' | 'difference-without-reason'>
  > => {
    const { operatorId: cashierId, reason } = asked
    const request = { ...asked, kind: 'close-shift', accountIds: [], input: { cashierId, counted } } as const
    return operate(context, request, async ({ sql, post, now: at }) => {
      if (counted < 0n) return { ok: false, code: 'amount-below-zero' }
      await lockDrawer(sql, cashierId)
      const shift = await lockOpenShift(sql, cashierId)
      if (shift === null) return { ok: false, code: 'no-open-shift' }
      const expected = await drawerBalance(sql, cashierId)
      const difference = subtractMoney(counted, expected)
      const isOff = difference >= countable || subtractMoney(expected, counted) >= countable
      if (isOff && reason.trim() === '') return { ok: false, code: 'difference-without-reason' }
      const totals = await shiftTotals(sql, shift, at)
      await post(handOverPostings({ cashierId, expected, counted, at }))
      await closeShift(sql, shift.id, { expected, counted, note: reason.trim(), totals, at })
      if (isOff) await openDifference(sql, { shiftId: shift.id, cashierId, difference, reason }, at)
      return { ok: true, result: { shiftId: shift.id, expected, counted, difference } }
    })
  }

type Difference = Readonly<{ shiftId: string; cashierId: number; difference: MicroYuan; reason?: string }>

const openDifference = async (
  sql: Sql,
  { shiftId, cashierId, difference, reason = '' }: Difference,
  now: number,
): Promise<void> => {
  const cashier = await cashierName(sql, cashierId)
  const detail = { cashier, difference: formatMoney(difference), ...(reason.trim() !== '' && { reason }) }
  await openWorkItems(sql, [{ kind: 'cash-difference', subject: `shift:${shiftId}`, detail }], now)
}
