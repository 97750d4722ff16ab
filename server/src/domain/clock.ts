/**
 * The only source of time. Wall time and elapsed time are kept apart because in a demonstration (and in simulated
 * months) the wall clock runs faster than the machine: schedules, deadlines and records use `now`, while time-outs,
 * back-offs and measured durations use `elapsedMs`.
 */
export type Clock = {
  /** Wall time as UTC epoch milliseconds. */
  now(): number
  /** Monotonic machine time in milliseconds; only differences mean something. */
  elapsedMs(): number
  /** Wall milliseconds that pass in one elapsed millisecond: 1 in production. */
  readonly rate: number
  /** Resolves after so much *elapsed* time; rejects with the signal's reason when aborted. */
  delay(elapsedMs: number, signal?: AbortSignal): Promise<void>
}

/** The wall time that it will be when `elapsedMs` more milliseconds of machine time have passed. */
export const wallAfter = (clock: Clock, elapsedMs: number): number => clock.now() + elapsedMs * clock.rate
