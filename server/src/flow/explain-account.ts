import { addMoney, subtractMoney, zeroMoney, type MicroYuan } from '../domain/quantity.ts'
import { findAccountByNumber } from '../store/accounts.ts'
import { customerBalancesAt, type CustomerBalance } from '../store/balance-history.ts'
import type { Sql } from '../store/database.ts'
import { explainedLines, type ExplainedLine } from '../store/explain.ts'

export type Explanation = Readonly<{
  accountId: number
  number: string
  at: number
  /** What was available at that instant: the sum of the lines. */
  balance: MicroYuan
  /** What stood elsewhere: frozen, on its way to a meter, in a meter, owed from before. */
  elsewhere: readonly CustomerBalance[]
  lines: readonly (ExplainedLine & Readonly<{ effect: MicroYuan }>)[]
  /** Where the lines do not add up to what the books say; empty when the balance is explained. */
  wrong: readonly string[]
}>

export type Explained = Readonly<{ ok: true; explanation: Explanation } | { ok: false; code: 'unknown-account' }>

const linesPerPage = 5_000

/**
 * Why is the balance of this account what it is at this instant? Every line from the first one on, each with what it rests
 * on, added up anew and held against what each line says it left and against the running totals.
 */
export const explainAccount = async (sql: Sql, number: string, at: number): Promise<Explained> => {
  const accountId = await findAccountByNumber(sql, number)
  if (accountId === null) return { ok: false, code: 'unknown-account' }
  const lines: (ExplainedLine & { effect: MicroYuan })[] = []
  const wrong: string[] = []
  let balance = zeroMoney
  for (let last = 0n; ;) {
    const page = await explainedLines(sql, accountId, at, last, linesPerPage)
    for (const line of page) {
      const effect = effectOf(line)
      balance = addMoney(balance, effect)
      if (balance !== line.balanceAfter) wrong.push(`entry ${String(line.entry)} does not leave what it says`)
      lines.push({ ...line, effect })
      last = line.entry
    }
    if (page.length < linesPerPage) break
  }
  const standing = await customerBalancesAt(sql, accountId, at)
  const booked = standing.find(({ code }) => code === 'customer-prepayment')?.balance ?? zeroMoney
  if (booked !== balance) wrong.push('the lines do not add up to the running totals')
  const elsewhere = standing.filter((one) => one.code !== 'customer-prepayment' && one.balance !== 0n)
  return { ok: true, explanation: { accountId, number, at, balance, elsewhere, lines, wrong } }
}

const effectOf = ({ debit, credit, amount }: ExplainedLine): MicroYuan => {
  if (credit === 'customer-prepayment') return amount
  return debit === 'customer-prepayment' ? subtractMoney(zeroMoney, amount) : zeroMoney
}
