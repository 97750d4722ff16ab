import { subtractMoney, zeroMoney, type MicroYuan } from './quantity.ts'

/** The balance that the books give a meter's purse against what the meter itself was seen to show (本地费控余额核对). */

export type BookBalance = Readonly<{
  meterId: number
  address: string
  account: string
  accountId: number
  balance: MicroYuan
}>
export type ObservedBalance = Readonly<{ line: number; address: string; at: string | null; balance: MicroYuan }>

export type BalanceDifference = Readonly<
  | { kind: 'balance-differs'; book: BookBalance; observed: ObservedBalance; by: MicroYuan }
  /** Seen in the field, and no purse in the books. */
  | { kind: 'unknown-meter'; observed: ObservedBalance }
  /** The same meter twice with different balances: which one counts is for a person to say. */
  | { kind: 'observed-twice'; observed: ObservedBalance; first: ObservedBalance }
>

export type BalanceComparison = Readonly<{
  agreed: number
  /** In the books, and not among the observations. */
  unseen: readonly BookBalance[]
  differences: readonly BalanceDifference[]
}>

/** `tolerance`: what a meter may have used since the books were brought up to date. */
export const compareBalances = (
  books: readonly BookBalance[],
  observed: readonly ObservedBalance[],
  tolerance: MicroYuan,
): BalanceComparison => {
  const bookOf = new Map(books.map((book) => [book.address, book]))
  const seen = new Map<string, ObservedBalance>()
  const differences: BalanceDifference[] = []
  let agreed = 0
  for (const one of observed) {
    const [book, first] = [bookOf.get(one.address), seen.get(one.address)]
    if (first !== undefined) {
      if (first.balance !== one.balance) differences.push({ kind: 'observed-twice', observed: one, first })
      continue
    }
    seen.set(one.address, one)
    if (book === undefined) {
      differences.push({ kind: 'unknown-meter', observed: one })
      continue
    }
    const by = subtractMoney(one.balance, book.balance)
    if (by <= tolerance && by >= subtractMoney(zeroMoney, tolerance)) agreed += 1
    else differences.push({ kind: 'balance-differs', book, observed: one, by })
  }
  return { agreed, unseen: books.filter(({ address }) => !seen.has(address)), differences }
}
