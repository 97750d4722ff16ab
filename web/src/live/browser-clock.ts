/** What the console needs of time. `now` is the machine's wall clock in epoch milliseconds. */
export type BrowserClock = {
  readonly now: () => number
  /** @returns a function that calls it off */
  readonly after: (delayMs: number, then: () => void) => () => void
  readonly every: (periodMs: number, then: () => void) => () => void
}

export const browserClock: BrowserClock = Object.freeze({
  now: () => Date.now(),
  after: (delayMs: number, then: () => void) => {
    const timer = setTimeout(then, delayMs)
    return () => clearTimeout(timer)
  },
  every: (periodMs: number, then: () => void) => {
    const timer = setInterval(then, periodMs)
    return () => clearInterval(timer)
  },
})
