import { performance } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Clock } from '../domain/clock.ts'

/**
 * Where virtual time is anchored: at machine time `realMs` (UTC epoch) the wall clock shows `virtualMs`, and from there
 * runs `rate` times as fast. Server and virtual field get the same anchor, so the meters' clocks agree with ours.
 */
export type ClockAnchor = { readonly virtualMs: number; readonly realMs: number; readonly rate: number }

/** The machine's own clock. */
export const systemClock = (): Clock => anchoredClock({ virtualMs: 0, realMs: 0, rate: 1 })

/** A clock that runs from an anchor; `rate` 1 with equal anchors is the machine's clock. */
export const anchoredClock = (anchor: ClockAnchor): Clock => ({
  now: () => Math.round(anchor.virtualMs + (Date.now() - anchor.realMs) * anchor.rate),
  elapsedMs: () => performance.now(),
  rate: anchor.rate,
  delay: async (elapsedMs, signal) => {
    await sleep(elapsedMs, undefined, signal === undefined ? {} : { signal })
  },
  after: (elapsedMs, act) => {
    const timer = setTimeout(act, elapsedMs)
    return () => clearTimeout(timer)
  },
})
