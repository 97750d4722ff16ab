import { setTimeout as sleep } from 'node:timers/promises'
import type { Clock } from '../clock.ts'

/** The machine's elapsed time and its delays, with a wall time of the test's own. */
export const machineClock = (now: () => number): Clock => ({
  now,
  elapsedMs: () => performance.now(),
  rate: 1,
  delay: async (elapsedMs, signal) => {
    await sleep(elapsedMs, undefined, signal === undefined ? {} : { signal })
  },
  after: (elapsedMs, act) => {
    const timer = setTimeout(act, elapsedMs)
    return () => clearTimeout(timer)
  },
})

/** A wall clock that goes at the machine's pace from `start` (UTC epoch ms), beginning now. */
export const clockFrom = (start: number): Clock => {
  const begun = performance.now()
  return machineClock(() => Math.round(start + performance.now() - begun))
}
