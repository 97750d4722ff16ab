import {
  objectionToClose,
  objectionToSpend,
  objectionToTransfer,
  objectionToUnfreeze,
  objectionToWriteOff,
  type AccountRefusal,
  type Standing,
  type WriteOffKind,
} from './account.ts'
import type { PaymentChannel } from './payment-channel.ts'
import { microYuan, type MicroYuan } from './quantity.ts'

/** What a person at the counter asks of an account besides paying. */
export type CounterOperation = Readonly<
  | { kind: 'refund'; amount: MicroYuan; channel: PaymentChannel }
  | { kind: 'refund-paid'; refundId: string }
  | { kind: 'reverse'; operationId: string }
  | { kind: 'move-payment'; paymentId: string; toAccountId: number }
  | { kind: 'transfer'; toAccountId: number; amount: MicroYuan }
  | { kind: 'freeze' | 'unfreeze'; amount: MicroYuan }
  | { kind: 'write-off'; amount: MicroYuan; of: WriteOffKind }
  | { kind: 'close-account'; channel: PaymentChannel }
>
export type CounterOperationKind = CounterOperation['kind']

/** Most that one person who may refund gives back, undoes or passes on without a second one. */
export const aloneAtMost = microYuan(1_000_000_000n)

/**
 * Whether a second person has to agree. Money that leaves an account or is given up is what fraud at a counter is made of:
 * who only takes payments asks for all of it, and who may refund does it alone up to {@link aloneAtMost}. Giving up
 * what is owed is never one person's.
 *
 * @param stake micro-yuan that would move
 */
export const needsSecondPerson = (kind: CounterOperationKind, stake: MicroYuan, mayRefund: boolean): boolean => {
  if (!mayRefund) return true
  switch (kind) {
    case 'write-off':
      return true
    case 'refund':
    case 'reverse':
    case 'transfer':
    case 'close-account':
      return stake > aloneAtMost
    case 'refund-paid':
    case 'move-payment':
    case 'freeze':
    case 'unfreeze':
      return false
  }
}

/**
 * What stands in its way as the accounts are now, so that nobody is asked to agree to what can not be done; null: nothing
 * that is known here. It is decided again when it is done.
 */
export const objectionToAsking = (
  operation: CounterOperation,
  own: Standing,
  other: Standing | null,
): AccountRefusal | null => {
  switch (operation.kind) {
    case 'refund':
    case 'freeze':
      return objectionToSpend(own, operation.amount)
    case 'unfreeze':
      return objectionToUnfreeze(own, operation.amount)
    case 'transfer':
      return other === null ? 'unknown-account' : objectionToTransfer(own, other, operation.amount)
    case 'write-off':
      return objectionToWriteOff(own, operation.of, operation.amount)
    case 'close-account':
      return objectionToClose(own)
    case 'move-payment':
      if (other === null) return 'unknown-account'
      if (other.accountId === own.accountId) return 'same-account'
      return other.closed ? 'account-closed' : null
    case 'reverse':
    case 'refund-paid':
      return own.closed ? 'account-closed' : null
  }
}

/** The other account that an operation touches. */
export const otherAccountOf = (operation: CounterOperation): number | null =>
  'toAccountId' in operation ? operation.toAccountId : null
