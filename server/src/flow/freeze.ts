import { objectionToSpend, objectionToUnfreeze } from '../domain/account.ts'
import { addMoney, subtractMoney, type MicroYuan } from '../domain/quantity.ts'
import { operate, type Asked, type MoneyContext, type Operated } from './operate.ts'

export type FreezeInput = Asked & Readonly<{ accountId: number; amount: MicroYuan }>
export type Frozen = Readonly<{ balance: MicroYuan; frozen: MicroYuan }>

/** Sets money aside (冻结), e.g. while a payment is disputed: it stays the customer's, but keeps no supply on. */
export const createFreeze =
  (context: MoneyContext) =>
  async ({ accountId, amount, ...asked }: FreezeInput): Promise<Operated<Frozen, never>> =>
    operate(
      context,
      { ...asked, kind: 'freeze', accountIds: [accountId], input: { amount } },
      async ({ standing, post, now: at }) => {
        const { prepayment, frozen, ...rest } = standing(accountId)
        const code = objectionToSpend({ prepayment, frozen, ...rest }, amount)
        if (code !== null) return { ok: false, code }
        await post([{ template: 'freeze', accountId, amount, at }])
        return { ok: true, result: { balance: subtractMoney(prepayment, amount), frozen: addMoney(frozen, amount) } }
      },
    )

/** Gives frozen money back to use (解冻). */
export const createUnfreeze =
  (context: MoneyContext) =>
  async ({ accountId, amount, ...asked }: FreezeInput): Promise<Operated<Frozen, never>> =>
    operate(
      context,
      { ...asked, kind: 'unfreeze', accountIds: [accountId], input: { amount } },
      async ({ standing, post, now: at }) => {
        const { prepayment, frozen, ...rest } = standing(accountId)
        const code = objectionToUnfreeze({ prepayment, frozen, ...rest }, amount)
        if (code !== null) return { ok: false, code }
        await post([{ template: 'unfreeze', accountId, amount, at }])
        return { ok: true, result: { balance: addMoney(prepayment, amount), frozen: subtractMoney(frozen, amount) } }
      },
    )
