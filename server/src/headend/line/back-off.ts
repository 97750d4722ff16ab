import type { Priority } from '../headend.ts'

/**
 * A meter that does not answer is left alone for a while, so that it does not take the line's time from its
 * neighbours. Only reads of the schedule respect it: a person, a relay command or its proof always gets through.
 */
export type BackOff = Readonly<{
  /** `full`: read as usual; `probe`: only the first item; `refuse`: not now. */
  permission(priority: Priority, nowMs: number): 'full' | 'probe' | 'refuse'
  isPausing(): boolean
  /** One answer clears everything. Returns whether the meter was backing off. */
  answered(): boolean
  /** Returns the pause that begins now, or null when the meter is not given up yet. */
  silent(nowMs: number): number | null
}>

export type BackOffLimits = Readonly<{ backOffFirstMs: number; backOffLongestMs: number; backOffAfterFailures: number }>

const patient: ReadonlySet<Priority> = new Set<Priority>(['scheduled', 'back-fill', 'clock'])

export const createBackOff = (limits: BackOffLimits): BackOff => {
  let failures = 0
  let pauseMs = 0
  let untilMs = 0
  return {
    permission(priority, nowMs) {
      if (pauseMs === 0 || !patient.has(priority)) return 'full'
      return nowMs < untilMs ? 'refuse' : 'probe'
    },
    isPausing: () => pauseMs > 0,
    answered() {
      const wasBackingOff = pauseMs > 0
      failures = 0
      pauseMs = 0
      return wasBackingOff
    },
    silent(nowMs) {
      failures += 1
      if (failures < limits.backOffAfterFailures) return null
      // A question that was let through in the middle of a pause does not lengthen it.
      if (pauseMs > 0 && nowMs < untilMs) return null
      pauseMs = pauseMs === 0 ? limits.backOffFirstMs : Math.min(pauseMs * 2, limits.backOffLongestMs)
      untilMs = nowMs + pauseMs
      return pauseMs
    },
  }
}
