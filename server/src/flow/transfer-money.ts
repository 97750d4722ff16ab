import { objectionToTransfer } from '../domain/account.ts'
import { subtractMoney, addMoney, type MicroYuan } from '../domain/quantity.ts'
import { operate, type Asked, type MoneyContext, type Operated } from './operate.ts'

export type TransferInput = Asked & Readonly<{ fromAccountId: number; toAccountId: number; amount: MicroYuan }>
export type Transferred = Readonly<{ fromBalance: MicroYuan; toBalance: MicroYuan }>

/**
 * Moves prepaid money from one account to another (户间转账), of the same customer or not. It passes through
 * `between-accounts`, so that each transfer stays within the bucket of one account.
 */
export const createTransferMoney =
  (context: MoneyContext) =>
  async ({ fromAccountId, toAccountId, amount, ...asked }: TransferInput): Promise<Operated<Transferred, never>> =>
    operate(
      context,
      { ...asked, kind: 'transfer', accountIds: [fromAccountId, toAccountId], input: { toAccountId, amount } },
      async ({ standing, post, now: at }) => {
        const [from, to] = [standing(fromAccountId), standing(toAccountId)]
        const code = objectionToTransfer(from, to, amount)
        if (code !== null) return { ok: false, code }
        await post([
          { template: 'transfer-out', accountId: fromAccountId, amount, at },
          { template: 'transfer-in', accountId: toAccountId, amount, at },
        ])
        const [fromBalance, toBalance] = [subtractMoney(from.prepayment, amount), addMoney(to.prepayment, amount)]
        return { ok: true, result: { fromBalance, toBalance } }
      },
    )
