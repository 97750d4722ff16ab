import { delayWith, type Clock } from './clock.ts'

/** A clock that stands still until a test moves it. */
export type HandClock = Clock &
  Readonly<{
    /** Lets so much machine time pass: what falls due is run in its order, each at its own moment. */
    pass(elapsedMs: number): void
    /** Moves the wall clock alone, as a person or a time server does. */
    setWall(now: number): void
    /** How much is waiting to be run. */
    waiting(): number
  }>

type Due = Readonly<{ at: number; run: () => void }>

/**
 * Time by hand, for tests that prove timing without waiting for it.
 *
 * @example
 * const clock = handClock({ now: Date.UTC(2026, 0, 1) })
 * clock.after(40, () => console.log('forty milliseconds later'))
 * clock.pass(40)
 */
export const handClock = ({ now, rate = 1 }: Readonly<{ now: number; rate?: number }>): HandClock => {
  let wallAtZero = now
  let elapsed = 0
  let due: Due[] = []
  const after: Clock['after'] = (elapsedMs, run) => {
    const entry: Due = { at: elapsed + Math.max(0, elapsedMs), run }
    due.push(entry)
    return () => {
      due = due.filter((other) => other !== entry)
    }
  }
  return {
    now: () => Math.round(wallAtZero + elapsed * rate),
    elapsedMs: () => elapsed,
    rate,
    after,
    delay: delayWith(after),
    waiting: () => due.length,
    setWall(to) {
      wallAtZero = to - elapsed * rate
    },
    pass(elapsedMs) {
      const end = elapsed + elapsedMs
      for (;;) {
        // The first of the earliest: equal moments run in the order in which they were asked for.
        const next = due.reduce<Due | null>((best, entry) => (best === null || entry.at < best.at ? entry : best), null)
        if (next === null || next.at > end) break
        due = due.filter((entry) => entry !== next)
        elapsed = next.at
        next.run()
      }
      elapsed = end
    },
  }
}
