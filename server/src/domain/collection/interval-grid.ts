import type { Span } from '../gap.ts'
import { localDays, slotAt, type LocalDays } from './slot.ts'

/**
 * The intervals in which a meter is to be read: the slots of its schedule, counted from local midnight, without the
 * spread by which they are collected. They follow one another without gap; the last one of a day is shorter where the
 * pace does not divide the day. UTC epoch milliseconds.
 */
export type IntervalGrid = Readonly<{
  minutes: number
  timeZone: string
  /** The interval that contains an instant. */
  at(instant: number): Span
  /** Those that begin in `[from, to)`, oldest first. */
  beginningIn(span: Span): readonly Span[]
  /** How many begin in `[from, to)`, without making them. */
  countIn(span: Span): number
}>

const minuteMs = 60_000

/** @param minutes a pace of at most a day */
export const intervalGrid = (timeZone: string, minutes: number): IntervalGrid => {
  const days = localDays(timeZone)
  const at = (instant: number): Span => {
    const { start, deadlineAt } = slotAt(instant, minutes, 0, days)
    return { from: start, to: deadlineAt }
  }
  return {
    minutes,
    timeZone,
    at,
    beginningIn({ from, to }) {
      const found: Span[] = []
      const around = at(from)
      for (let next = around.from === from ? around : at(around.to); next.from < to; next = at(next.to))
        found.push(next)
      return found
    },
    countIn: (span) => countIn(span, minutes * minuteMs, days),
  }
}

/** Day by day: beginnings of a day lie whole intervals after its midnight. */
const countIn = ({ from, to }: Span, intervalMs: number, days: LocalDays): number => {
  let count = 0
  for (let begin = from; begin < to;) {
    const { start, end } = days.dayOf(begin)
    const until = Math.min(to, end)
    count += Math.ceil((until - start) / intervalMs) - Math.ceil((begin - start) / intervalMs)
    begin = until
  }
  return count
}
