import { addMoney, subtractMoney, zeroMoney, type MicroYuan } from './quantity.ts'

/** What stands on the ledger accounts of one customer account; read under its lock. */
export type Standing = Readonly<{
  accountId: number
  bucket: number
  number: string
  customerId: number
  closed: boolean
  agreementId: number | null
  /** What is available: frozen money stands apart. Below zero it is owed. */
  prepayment: MicroYuan
  frozen: MicroYuan
  /** Old debt that is collected bit by bit. */
  receivable: MicroYuan
  /** Bought for the purse of a meter, not yet proven to be in it. */
  pending: MicroYuan
  /** In the purses of its meters. */
  wallet: MicroYuan
}>

/** Why nothing was done, in order of precedence. */
export type AccountRefusal =
  | 'unknown-account'
  | 'same-key-other-input'
  | 'account-closed'
  | 'same-account'
  | 'amount-not-above-zero'
  | 'not-enough-money'
  | 'not-so-much-frozen'
  | 'not-so-much-owed'
  | 'would-overdraw'
  | CloseObstacle

export type CloseObstacle =
  | 'money-is-frozen'
  | 'purchase-on-its-way'
  | 'money-in-the-meter'
  | 'debt-is-open'
  | 'owes-money'
  | 'last-reading-missing'

/** `null` means go. */
type Objection = AccountRefusal | null

export const objectionToSpend = ({ closed, prepayment }: Standing, amount: MicroYuan): Objection => {
  if (closed) return 'account-closed'
  if (amount <= 0n) return 'amount-not-above-zero'
  return amount > prepayment ? 'not-enough-money' : null
}

export const objectionToTransfer = (from: Standing, to: Standing, amount: MicroYuan): Objection => {
  if (from.closed || to.closed) return 'account-closed'
  if (from.accountId === to.accountId) return 'same-account'
  return objectionToSpend(from, amount)
}

export const objectionToUnfreeze = ({ closed, frozen }: Standing, amount: MicroYuan): Objection => {
  if (closed) return 'account-closed'
  if (amount <= 0n) return 'amount-not-above-zero'
  return amount > frozen ? 'not-so-much-frozen' : null
}

export const objectionToCollect = (standing: Standing, amount: MicroYuan): Objection =>
  objectionToSpend(standing, amount) ?? (amount > standing.receivable ? 'not-so-much-owed' : null)

/** A fee may make an account owe, as energy may: what is due is due. */
export const objectionToFee = ({ closed }: Standing, amount: MicroYuan): Objection => {
  if (closed) return 'account-closed'
  return amount <= 0n ? 'amount-not-above-zero' : null
}

export type WriteOffKind = 'overdraft' | 'debt'

/** Only what is owed can be written off. */
export const objectionToWriteOff = (standing: Standing, kind: WriteOffKind, amount: MicroYuan): Objection => {
  if (standing.closed) return 'account-closed'
  if (amount <= 0n) return 'amount-not-above-zero'
  const owed = kind === 'debt' ? standing.receivable : subtractMoney(zeroMoney, standing.prepayment)
  return amount > owed ? 'not-so-much-owed' : null
}

/** An account is closed when nothing but its prepayment is left, and that is returned. */
export const objectionToClose = (standing: Standing): Objection => {
  if (standing.closed) return 'account-closed'
  if (standing.frozen !== 0n) return 'money-is-frozen'
  if (standing.pending !== 0n) return 'purchase-on-its-way'
  if (standing.wallet !== 0n) return 'money-in-the-meter'
  if (standing.receivable !== 0n) return 'debt-is-open'
  return standing.prepayment < 0n ? 'owes-money' : null
}

/** All that is the customer's, wherever it stands. */
export const totalOf = ({ prepayment, frozen, pending, wallet }: Standing): MicroYuan =>
  [frozen, pending, wallet].reduce(addMoney, prepayment)
