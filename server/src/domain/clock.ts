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
  /**
   * Calls `act` once after so much *elapsed* time, unless the function it returns is called before. For what is called off
   * far more often than it happens, such as the time-out of a question: calling off a `delay` costs many times as much.
   */
  after(elapsedMs: number, act: () => void): CallOff
}

/** Calls off what was to be done later; harmless when it has been done. */
export type CallOff = () => void

/** The wall time that it will be when `elapsedMs` more milliseconds of machine time have passed. */
export const wallAfter = (clock: Clock, elapsedMs: number): number => clock.now() + elapsedMs * clock.rate
