import type { AccountRefusal } from '../domain/account.ts'
import type { CounterOperation } from '../domain/counter-operation.ts'
import type { MicroYuan } from '../domain/quantity.ts'
import type { ReversalRefusal } from '../domain/reversal.ts'
import { createCloseAccount } from './close-account.ts'
import { createFreeze, createUnfreeze } from './freeze.ts'
import { createMovePayment, type MovePaymentRefusal } from './move-payment.ts'
import type { MoneyContext, Operated } from './operate.ts'
import { createWriteOff } from './owed-money.ts'
import { createConfirmRefund, createRefund, type ConfirmRefundRefusal } from './refund.ts'
import { createReverse } from './reverse.ts'
import { createTransferMoney } from './transfer-money.ts'

export type CarryOutRefusal = AccountRefusal | ReversalRefusal | MovePaymentRefusal | ConfirmRefundRefusal
export type CarriedOut = Readonly<
  | {
      ok: true
      operationId: string
      fresh: boolean
      /** Micro-yuan given back by closing. */ returned: MicroYuan | null
    }
  | { ok: false; code: CarryOutRefusal }
>

type Asked = Readonly<{ accountId: number; key: string; reason: string; operatorId: number }>

/** From what is asked at the counter to the flow that does it. */
export const createCarryOut = (context: MoneyContext) => {
  const refund = createRefund(context)
  const confirmRefund = createConfirmRefund(context)
  const reverse = createReverse(context)
  const movePayment = createMovePayment(context)
  const transfer = createTransferMoney(context)
  const freeze = createFreeze(context)
  const unfreeze = createUnfreeze(context)
  const writeOff = createWriteOff(context)
  const close = createCloseAccount(context)
  return async (operation: CounterOperation, asked: Asked): Promise<CarriedOut> => {
    const { accountId, ...by } = asked
    switch (operation.kind) {
      case 'refund':
        return carried(await refund({ ...asked, amount: operation.amount, channel: operation.channel }))
      case 'refund-paid':
        return carried(await confirmRefund({ ...asked, refundId: operation.refundId }))
      case 'reverse':
        return carried(await reverse({ ...by, operationId: operation.operationId }))
      case 'move-payment':
        return carried(await movePayment({ ...by, paymentId: operation.paymentId, toAccountId: operation.toAccountId }))
      case 'transfer':
        return carried(
          await transfer({
            ...by,
            fromAccountId: accountId,
            toAccountId: operation.toAccountId,
            amount: operation.amount,
          }),
        )
      case 'freeze':
        return carried(await freeze({ ...asked, amount: operation.amount }))
      case 'unfreeze':
        return carried(await unfreeze({ ...asked, amount: operation.amount }))
      case 'write-off':
        return carried(await writeOff({ ...asked, amount: operation.amount, of: operation.of }))
      case 'close-account': {
        // The last readings come as all readings do: `read-now` settles one at once.
        const closed = await close({ ...asked, lastReadings: [], channel: operation.channel })
        return closed.ok ? { ...done(closed), returned: closed.result.returned } : closed
      }
    }
  }
}

const carried = (
  operated: Operated<unknown, ReversalRefusal | MovePaymentRefusal | ConfirmRefundRefusal>,
): CarriedOut => (operated.ok ? done(operated) : operated)

const done = ({ operationId, fresh }: Readonly<{ operationId: string; fresh: boolean }>) =>
  ({ ok: true, operationId, fresh, returned: null }) as const
