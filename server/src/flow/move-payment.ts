import { reversalsOf } from '../domain/reversal.ts'
import { zeroMoney, type MicroYuan } from '../domain/quantity.ts'
import { linesOfOperation } from '../store/journal.ts'
import { lockOperation } from '../store/operations.ts'
import { findPaymentById, insertPayment } from '../store/payments.ts'
import { operate, type Asked, type MoneyContext, type Operated } from './operate.ts'

export type MovePaymentInput = Asked & Readonly<{ paymentId: string; toAccountId: number }>
export type MovePaymentRefusal = 'unknown-payment' | 'reversed-already' | 'reason-missing'
export type MovedPayment = Readonly<{ paymentId: string; fromAccountId: number; balance: MicroYuan }>

/**
 * Puts right a payment that was taken for the wrong room (错户): it is reversed where it was credited, and credited where
 * it belongs, at once and with the same cash in the same drawer. Both accounts are decided on, so supply that the wrong
 * account got by it may be warned of, and the right one comes back.
 */
export const createMovePayment =
  (context: MoneyContext) =>
  async ({
    paymentId,
    toAccountId,
    ...asked
  }: MovePaymentInput): Promise<Operated<MovedPayment, MovePaymentRefusal>> => {
    const payment = await findPaymentById(context.database, paymentId)
    if (payment === null) return { ok: false, code: 'unknown-payment' }
    const { accountId: fromAccountId, amount, channel } = payment
    const accountIds = [fromAccountId, toAccountId]
    const request = { ...asked, kind: 'move-payment', accountIds, input: { paymentId, toAccountId } } as const
    return operate(context, request, async ({ sql, standing, post, now: at }) => {
      if (asked.reason.trim() === '') return { ok: false, code: 'reason-missing' }
      if (fromAccountId === toAccountId) return { ok: false, code: 'same-account' }
      if (standing(toAccountId).closed) return { ok: false, code: 'account-closed' }
      if ((await lockOperation(sql, paymentId))?.reversedBy !== null) return { ok: false, code: 'reversed-already' }
      const lines = await linesOfOperation(sql, paymentId)
      const movedId = context.ids.uuid()
      // Where it belongs it is credited as a whole: no share of a debt was spoken of when it was taken.
      const whole = { amount, toDebt: zeroMoney, wish: null }
      const moved = {
        id: movedId,
        accountId: toAccountId,
        key: `moved ${paymentId}`,
        channel,
        ...whole,
        // Who moves it has done it: in the first one's shift it comes in once.
        operatorId: asked.operatorId,
        at,
      }
      const balance = await insertPayment(sql, { ...moved, inputHash: `${channel}:${amount.toString()}` })
      const drawer = lines[0]?.debit.code === 'cash-drawer' ? Number(lines[0].debit.owner) : null
      const credited = { accountId: toAccountId, amount, paymentId: movedId, channel, cashierId: drawer, at }
      await post([...reversalsOf(lines, at), { template: 'payment', operationId: movedId, ...credited }], movedId)
      return { ok: true, result: { paymentId: movedId, fromAccountId, balance }, reverses: paymentId }
    })
  }
