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

export const createBackOff = (limits: BackOffLimits): BackOff => new GrowingPause(limits)

/** A class, as there is one for each of a million meters. */
class GrowingPause implements BackOff {
  readonly #limits: BackOffLimits
  #failures = 0
  #pauseMs = 0
  #untilMs = 0

  constructor(limits: BackOffLimits) {
    this.#limits = limits
  }

  permission(priority: Priority, nowMs: number): 'full' | 'probe' | 'refuse' {
    if (this.#pauseMs === 0 || !patient.has(priority)) return 'full'
    return nowMs < this.#untilMs ? 'refuse' : 'probe'
  }

  isPausing(): boolean {
    return this.#pauseMs > 0
  }

  answered(): boolean {
    const wasBackingOff = this.#pauseMs > 0
    this.#failures = 0
    this.#pauseMs = 0
    return wasBackingOff
  }

  silent(nowMs: number): number | null {
    const { backOffAfterFailures, backOffFirstMs, backOffLongestMs } = this.#limits
    this.#failures += 1
    if (this.#failures < backOffAfterFailures) return null
    // A question that was let through in the middle of a pause does not lengthen it.
    if (this.#pauseMs > 0 && nowMs < this.#untilMs) return null
    this.#pauseMs = this.#pauseMs === 0 ? backOffFirstMs : Math.min(this.#pauseMs * 2, backOffLongestMs)
    this.#untilMs = nowMs + this.#pauseMs
    return this.#pauseMs
  }
}
