import { microOf } from '../../format/decimal.ts'

export type Thresholds = Readonly<{ alarm1: string; alarm2: string; cutOff: string; restore: string }>
export type ScaleMark = Readonly<{ name: keyof Thresholds; percent: number }>
export type BalanceScale = Readonly<{ percent: number; marks: readonly ScaleMark[] }>

const names = ['cutOff', 'restore', 'alarm2', 'alarm1'] as const satisfies readonly (keyof Thresholds)[]

/**
 * Where the balance stands among the thresholds, in percent of a scale that reaches half a spread below and one above
 * them; a balance beyond it stands at its end.
 */
export const balanceScale = (balance: string, thresholds: Thresholds): BalanceScale => {
  const money = (text: string): number => Number(microOf(text)) / 1e6
  const values = names.map((name) => money(thresholds[name]))
  const spread = Math.max(Math.max(...values) - Math.min(...values), 1)
  const low = Math.min(...values) - spread / 2
  const high = Math.max(...values) + spread
  const percentOf = (value: number): number =>
    Math.min(Math.max(Math.round(((value - low) / (high - low)) * 1_000) / 10, 0), 100)
  return {
    percent: percentOf(money(balance)),
    marks: names.map((name, index) => ({ name, percent: percentOf(values[index] ?? 0) })),
  }
}
