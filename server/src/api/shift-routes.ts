import { closeShift, listShifts, openShift, readShift, type Shift } from '@xianfu/contract'
import type { FastifyInstance } from 'fastify'
import { addMoney, microYuan, parseMoney, subtractMoney, type MicroYuan } from '../domain/quantity.ts'
import { permissionsOf } from '../domain/role.ts'
import { drawerBalance } from '../store/cash.ts'
import { shiftTotals, type MeansTotal } from '../store/cash-shifts.ts'
import { viewOpenShift, viewShifts, type ShiftView } from '../store/view/shifts.ts'
import type { ApiAbilities } from './abilities.ts'
import { moneyText } from './present.ts'
import { ApiProblem } from './problem.ts'
import { understood } from './purchase-routes.ts'
import { createRegister, type WhoIs } from './register.ts'

/** Shifts of cashiers: each opens and closes their own. */
export const shiftRoutes = (app: FastifyInstance, abilities: ApiAbilities, whoIs: WhoIs): void => {
  const { database, clock } = abilities
  const register = createRegister(app, whoIs)

  const present = async (view: ShiftView): Promise<Shift> => {
    if (view.closed !== null) return presentShift(view, view.closed)
    const [totals, expected] = await Promise.all([
      shiftTotals(database, view, clock.now()),
      drawerBalance(database, view.cashierId),
    ])
    return presentShift(view, { totals, expected })
  }

  register.guarded(readShift, 'top-up', async (_, { id }) => {
    const [view, drawer] = await Promise.all([viewOpenShift(database, id), drawerBalance(database, id)])
    return { shift: view === null ? null : await present(view), drawer: moneyText(drawer) }
  })

  register.guarded(openShift, 'top-up', async ({ body: { key, counted } }, { id: operatorId }) => {
    const money = understood(parseMoney(counted), 'counted', counted)
    const opened = await abilities.openShift({ key, counted: money, reason: '', operatorId })
    if (!opened.ok) throw new ApiProblem(opened.code)
    return { shiftId: opened.result.shiftId, fresh: opened.fresh }
  })

  register.guarded(closeShift, 'top-up', async ({ body: { key, counted, note } }, { id: operatorId }) => {
    const money = understood(parseMoney(counted), 'counted', counted)
    const closed = await abilities.closeShift({ key, counted: money, reason: note, operatorId })
    if (!closed.ok) throw new ApiProblem(closed.code)
    const { shiftId, expected, difference } = closed.result
    return { shiftId, fresh: closed.fresh, expected: moneyText(expected), difference: moneyText(difference) }
  })

  register.guarded(listShifts, 'view', async (_, { id, role }) => {
    const seesAll = role === 'auditor' || permissionsOf[role].includes('refund')
    const views = await viewShifts(database, seesAll ? null : id)
    return { shifts: await Promise.all(views.map(present)) }
  })
}

type Ends = Readonly<{
  totals: readonly MeansTotal[]
  expected: bigint
  at?: number
  counted?: bigint
  note?: string
}>

const netOf = ({ taken, refunded, reversed }: MeansTotal): MicroYuan =>
  addMoney(subtractMoney(taken, refunded), reversed)

const presentShift = (view: ShiftView, { totals, expected, at, counted, note = '' }: Ends): Shift => {
  const own = totals.filter(({ means }) => means === 'cash-counter').map(netOf)
  const known = own.reduce(addMoney, view.opening)
  return {
    id: view.id,
    cashier: view.cashier,
    openedAt: view.openedAt,
    carried: moneyText(view.carried),
    opening: moneyText(view.opening),
    totals: totals.map((total) => ({
      means: total.means,
      payments: total.payments,
      taken: moneyText(total.taken),
      refunds: total.refunds,
      refunded: moneyText(total.refunded),
      reversed: moneyText(total.reversed),
      net: moneyText(netOf(total)),
    })),
    byOthers: moneyText(subtractMoney(microYuan(expected), known)),
    expected: moneyText(expected),
    closed:
      at === undefined || counted === undefined
        ? null
        : { at, counted: moneyText(counted), difference: moneyText(counted - expected), note },
  }
}
