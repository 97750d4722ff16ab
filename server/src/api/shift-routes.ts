import { closeShift, listShifts, openShift, readShift, type Shift } from '@xianfu/contract'
import type { FastifyInstance } from 'fastify'
import { addMoney, parseMoney, subtractMoney, type MicroYuan } from '../domain/quantity.ts'
import { permissionsOf } from '../domain/role.ts'
import { viewDrawer, viewOpenShift, viewShifts, type ShiftView } from '../store/view/shifts.ts'
import type { ApiAbilities } from './abilities.ts'
import { moneyText } from './present.ts'
import { ApiProblem } from './problem.ts'
import { understood } from './purchase-routes.ts'
import { createRegister, type WhoIs } from './register.ts'

/** Shifts of cashiers: each opens and closes their own. */
export const shiftRoutes = (app: FastifyInstance, abilities: ApiAbilities, whoIs: WhoIs): void => {
  const { database, clock } = abilities
  const register = createRegister(app, whoIs, database)

  register.guarded(readShift, 'top-up', async (_, { id }) => {
    const [view, drawer] = await Promise.all([viewOpenShift(database, id, clock.now()), viewDrawer(database, id)])
    return { shift: view === null ? null : present(view), drawer: moneyText(drawer) }
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

  register.guarded(listShifts, 'view', async (_, { id, role, sites }) => {
    const seesAll = role === 'auditor' || permissionsOf[role].includes('refund')
    const views = await viewShifts(database, seesAll ? null : id, clock.now(), sites)
    return { shifts: views.map(present) }
  })
}

const netOf = ({ taken, refunded, reversed }: ShiftView['totals'][number]): MicroYuan =>
  addMoney(subtractMoney(taken, refunded), reversed)

const present = (view: ShiftView): Shift => {
  const { totals, expected, closed } = view
  const known = totals
    .filter(({ means }) => means === 'cash-counter')
    .map(netOf)
    .reduce(addMoney, view.opening)
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
    byOthers: moneyText(subtractMoney(expected, known)),
    expected: moneyText(expected),
    closed:
      closed === null
        ? null
        : {
            at: closed.at,
            counted: moneyText(closed.counted),
            difference: moneyText(subtractMoney(closed.counted, expected)),
            note: closed.note,
          },
  }
}
