import { ratio, type Ratio } from '../quantity.ts'
import type { DayCount } from './plan.ts'

/** Days as day numbers, ends excluded: what is rated, inside the billing month that it belongs to. */
export type RatedDays = Readonly<{ from: number; to: number; monthStart: number; monthEnd: number }>

/**
 * The part of a month between two of its days. With `thirty` each day is a thirtieth and the last one makes up the
 * difference, so that a whole month is 1 in February as in July, and its parts always add up to 1.
 */
export const partOfMonth = ({ from, to, monthStart, monthEnd }: RatedDays, days: DayCount): Ratio => {
  const [start, end] = [Math.max(from, monthStart), Math.min(to, monthEnd)]
  if (end <= start) return ratio(0n, 1n)
  const length = days === 'thirty' ? 30 : monthEnd - monthStart
  const counted = (day: number): number => (day >= monthEnd ? length : Math.min(day - monthStart, length))
  return ratio(BigInt(counted(end) - counted(start)), BigInt(length))
}
