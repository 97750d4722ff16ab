/** What the console needs of time. `now` is the machine's wall clock in epoch milliseconds. */
export type BrowserClock = {
  readonly now: () => number
  /** @returns a function that calls it off */
  readonly after: (delayMs: number, then: () => void) => () => void
  readonly every: (periodMs: number, then: () => void) => () => void
}
