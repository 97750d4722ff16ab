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

/** A browser without the call for it (Safari) counts as idle after this. */
const QUIET_MS = 300

/** Calls back when the browser has nothing to draw or to answer. @returns a function that calls it off */
export const whenIdle = (then: () => void): (() => void) => {
  if (typeof window.requestIdleCallback !== 'function') return browserClock.after(QUIET_MS, then)
  const handle = window.requestIdleCallback(then)
  return () => window.cancelIdleCallback(handle)
}
