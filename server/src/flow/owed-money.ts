import { objectionToCollect, objectionToFee, objectionToWriteOff, type WriteOffKind } from '../domain/account.ts'
import { addMoney, subtractMoney, type MicroYuan } from '../domain/quantity.ts'
import { operate, type Asked, type MoneyContext, type Operated } from './operate.ts'

type Input = Asked & Readonly<{ accountId: number; amount: MicroYuan }>
export type WriteOffInput = Input & Readonly<{ of: WriteOffKind }>
type Balance = Readonly<{ balance: MicroYuan }>

/** Charges a fee that is no energy: a replacement card, a monthly management fee. */
export const createChargeFee =
  (context: MoneyContext) =>
  async ({ accountId, amount, ...asked }: Input): Promise<Operated<Balance, never>> =>
    operate(
      context,
      { ...asked, kind: 'fee', accountIds: [accountId], input: { amount } },
      async ({ standing, post, now: at }) => {
        const before = standing(accountId)
        const code = objectionToFee(before, amount)
        if (code !== null) return { ok: false, code }
        await post([{ template: 'fee', accountId, amount, at }])
        return { ok: true, result: { balance: subtractMoney(before.prepayment, amount) } }
      },
    )

/** Takes part of an old debt (欠费扣收) out of what was prepaid; never more than there is. */
export const createCollectDebt =
  (context: MoneyContext) =>
  async ({ accountId, amount, ...asked }: Input): Promise<Operated<Balance & { debt: MicroYuan }, never>> =>
    operate(
      context,
      { ...asked, kind: 'collect-debt', accountIds: [accountId], input: { amount } },
      async ({ standing, post, now: at }) => {
        const { prepayment, receivable, ...rest } = standing(accountId)
        const code = objectionToCollect({ prepayment, receivable, ...rest }, amount)
        if (code !== null) return { ok: false, code }
        await post([{ template: 'debt-collection', accountId, amount, at }])
        const [balance, debt] = [subtractMoney(prepayment, amount), subtractMoney(receivable, amount)]
        return { ok: true, result: { balance, debt } }
      },
    )

/** Gives up what will not be paid (坏账核销): an overdrawn prepayment, or old debt. */
export const createWriteOff =
  (context: MoneyContext) =>
  async ({ accountId, amount, of, ...asked }: WriteOffInput): Promise<Operated<Balance & { debt: MicroYuan }, never>> =>
    operate(
      context,
      { ...asked, kind: 'write-off', accountIds: [accountId], input: { amount, of } },
      async ({ standing, post, now: at }) => {
        const { prepayment, receivable, ...rest } = standing(accountId)
        const code = objectionToWriteOff({ prepayment, receivable, ...rest }, of, amount)
        if (code !== null) return { ok: false, code }
        await post([{ template: of === 'debt' ? 'debt-write-off' : 'write-off', accountId, amount, at }])
        const balance = of === 'debt' ? prepayment : addMoney(prepayment, amount)
        const debt = of === 'debt' ? subtractMoney(receivable, amount) : receivable
        return { ok: true, result: { balance, debt } }
      },
    )
