import {
  addMoney,
  microYuan,
  roundAmount,
  splitTax,
  subtractMoney,
  sumAmounts,
  zeroMoney,
  type MicroYuan,
  type Ratio,
} from '../quantity.ts'
import type { Line } from './line.ts'
import type { RoundingRule } from './plan.ts'

/** A closed period as it is printed: every line in whole fen, the total their sum. */
export type Statement = Readonly<{
  lines: readonly PrintedLine[]
  total: MicroYuan
  /** What the total differs from the charges of the period: posted on its own, so that ledger and statement agree. */
  rounding: MicroYuan
  net: MicroYuan
  tax: MicroYuan
}>

export type PrintedLine = Readonly<{ line: Line; amount: MicroYuan }>

/** Rounds each line (or the total, where the plan says so) and tells the difference to what has been charged. */
export const closeStatement = (
  lines: readonly Line[],
  charged: MicroYuan,
  { rounding, taxRate }: Readonly<{ rounding: RoundingRule; taxRate: Ratio | null }>,
): Statement => {
  const { mode, unit, per } = rounding
  const printed = lines.map((line) => ({ line, amount: roundAmount(line.exact, mode, per === 'line' ? unit : micro) }))
  const counted = lines.filter(({ memo }) => !memo)
  const total =
    per === 'line'
      ? printed.reduce((sum, { line, amount }) => (line.memo ? sum : addMoney(sum, amount)), zeroMoney)
      : roundAmount(sumAmounts(counted.map(({ exact }) => exact)), mode, unit)
  const { net, tax } = taxRate === null ? { net: total, tax: zeroMoney } : splitTax(total, taxRate, fen)
  return { lines: printed, total, rounding: subtractMoney(total, charged), net, tax }
}

const micro = microYuan(1n)
const fen = microYuan(10_000n)
