import { objectionToSpend } from '../domain/account.ts'
import type { PaymentChannel } from '../domain/payment-channel.ts'
import { subtractMoney, type MicroYuan } from '../domain/quantity.ts'
import { refundStanding } from '../store/refunds.ts'
import { operate, type Asked, type MoneyContext, type Operated } from './operate.ts'

export type RefundInput = Asked & Readonly<{ accountId: number; amount: MicroYuan; channel: PaymentChannel }>

/**
 * Gives prepaid money back (退费): in cash out of the cashier's drawer at once; by any other channel it is owed to the
 * customer until the channel has paid it, see {@link createConfirmRefund}.
 */
export const createRefund =
  (context: MoneyContext) =>
  async ({ accountId, amount, channel, ...asked }: RefundInput): Promise<Operated<{ balance: MicroYuan }, never>> =>
    operate(
      context,
      { ...asked, kind: 'refund', accountIds: [accountId], input: { amount, channel } },
      async ({ standing, post, now }) => {
        const before = standing(accountId)
        const code = objectionToSpend(before, amount)
        if (code !== null) return { ok: false, code }
        const cashierId = asked.operatorId
        await post([{ template: 'refund', accountId, amount, channel, cashierId, at: now }])
        return { ok: true, result: { balance: subtractMoney(before.prepayment, amount) } }
      },
    )

export type ConfirmRefundInput = Asked & Readonly<{ accountId: number; refundId: string }>
export type ConfirmRefundRefusal = 'unknown-refund' | 'paid-already' | 'refund-reversed'

/** The channel has paid a refund out: it is owed no longer. */
export const createConfirmRefund =
  (context: MoneyContext) =>
  async ({
    accountId,
    refundId,
    ...asked
  }: ConfirmRefundInput): Promise<Operated<{ amount: MicroYuan }, ConfirmRefundRefusal>> =>
    operate(
      context,
      { ...asked, kind: 'refund-paid', accountIds: [accountId], input: { refundId } },
      async ({ sql, post, now }) => {
        const refund = await refundStanding(sql, accountId, refundId)
        if (refund === null) return { ok: false, code: 'unknown-refund' }
        if (refund.reversed) return { ok: false, code: 'refund-reversed' }
        if (refund.paid) return { ok: false, code: 'paid-already' }
        const { amount, channel, transferId: refersTo } = refund
        await post([{ template: 'refund-paid', accountId, amount, channel, refersTo, at: now }])
        return { ok: true, result: { amount } }
      },
    )
