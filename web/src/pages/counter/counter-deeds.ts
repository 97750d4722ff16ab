import type { AccountFile, AccountOperation, CounterMeans, CounterOperation } from '@xianfu/contract'
import { microOf, moneyOf } from '../../format/decimal.ts'

/** What can be done with an account as a whole. */
export type DeedName = 'refund' | 'transfer' | 'freeze' | 'unfreeze' | 'write-off' | 'close-account'
/** What can be done with one of its operations. */
export type LineDeedName = 'reverse' | 'move-payment' | 'refund-paid'

/** Only what the balance allows is offered; the server judges again. */
export const deedsOf = ({ closedAt, balance }: Pick<AccountFile, 'closedAt' | 'balance'>): readonly DeedName[] => {
  if (closedAt !== null) return []
  const has = microOf(balance.prepayment) > 0n
  const owes = microOf(balance.prepayment) < 0n || microOf(balance.debt) > 0n
  return [
    ...(has ? (['refund', 'transfer', 'freeze'] as const) : []),
    ...(microOf(balance.frozen) > 0n ? (['unfreeze'] as const) : []),
    ...(owes ? (['write-off'] as const) : []),
    'close-account',
  ]
}

export const lineDeedsOf = ({ kind, reversible, reversedBy, unpaid }: AccountOperation): readonly LineDeedName[] => [
  ...(reversible ? (['reverse'] as const) : []),
  ...(kind === 'payment' && reversedBy === null ? (['move-payment'] as const) : []),
  ...(unpaid ? (['refund-paid'] as const) : []),
]

/** What is reversed by one key: the newest payment that still stands. */
export const newestPayment = (operations: readonly AccountOperation[]): AccountOperation | null =>
  operations.find(({ kind, reversible }) => kind === 'payment' && reversible) ?? null

/** The whole of what a deed could move, in yuan; empty where there is nothing to suggest. */
export const wholeOf = (name: DeedName, { balance }: Pick<AccountFile, 'balance'>): string => {
  const micro = microOf(balance.prepayment)
  switch (name) {
    // Only whole fen are handed out.
    case 'refund':
      return short(micro - (micro % fen))
    case 'unfreeze':
      return short(microOf(balance.frozen))
    case 'write-off':
      return short(micro < 0n ? -micro : microOf(balance.debt))
    case 'transfer':
    case 'freeze':
    case 'close-account':
      return ''
  }
}

const fen = 10_000n

/** Without the zeros behind the fen. */
const short = (micro: bigint): string => moneyOf(micro).replace(/0{1,4}$/u, '')

type Values = Readonly<Record<string, string>>

/** From the fields of the form to what is asked of the server. */
export const operationOf = (name: DeedName, values: Values): CounterOperation => {
  const { amount = '', to = '', means = 'cash-counter', of = 'overdraft' } = values
  const money = amount.trim()
  const channel = means as CounterMeans
  switch (name) {
    case 'refund':
      return { kind: name, amount: money, channel }
    case 'transfer':
      return { kind: name, amount: money, toAccountId: Number(to) }
    case 'freeze':
    case 'unfreeze':
      return { kind: name, amount: money }
    case 'write-off':
      return { kind: name, amount: money, of: of === 'debt' ? 'debt' : 'overdraft' }
    case 'close-account':
      return { kind: name, channel }
  }
}

export const lineOperationOf = (name: LineDeedName, operationId: string, { to = '' }: Values): CounterOperation => {
  switch (name) {
    case 'reverse':
      return { kind: name, operationId }
    case 'move-payment':
      return { kind: name, paymentId: operationId, toAccountId: Number(to) }
    case 'refund-paid':
      return { kind: name, refundId: operationId }
  }
}

const COUNTED = /^\d{1,7}(\.\d{1,2})?$/u

/** Counted cash as typed: whole fen, nothing is allowed. */
export const isCounted = (text: string): boolean => COUNTED.test(text.trim())

/** What was counted less what the books say, in yuan; null while nothing is counted. */
export const differenceOf = (counted: string, expected: string): string | null =>
  isCounted(counted) ? moneyOf(microOf(counted.trim()) - microOf(expected)) : null

/** Fractions of a fen can not be counted. */
export const isOff = (difference: string): boolean => {
  const micro = microOf(difference)
  return micro >= fen || -micro >= fen
}
