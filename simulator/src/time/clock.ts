import { performance } from 'node:perf_hooks'

/**
 * The village's time. `now` is the wall clock its people live by and may run fast; `elapsedMs`, `after` and `delay` are
 * the machine's, so bytes on a wire keep their true length whatever the hour.
 */
export type Clock = Readonly<{
  /** Wall time, UTC epoch ms. */
  now(): number
  elapsedMs(): number
  /** Wall milliseconds per elapsed millisecond. */
  rate: number
  /** Runs something once that time has passed; the answer calls it off. */
  after(elapsedMs: number, run: () => void): () => void
  /** Resolves when the time is over, or at once when `signal` is aborted. */
  delay(elapsedMs: number, signal?: AbortSignal): Promise<void>
}>

/** At machine time `realMs` the wall clock shows `virtualMs`, and from there runs `rate` times as fast. */
export type ClockAnchor = Readonly<{ virtualMs: number; realMs: number; rate: number }>

/** A wait made of `after`: for any clock. */
export const delayWith =
  (after: Clock['after']): Clock['delay'] =>
  async (elapsedMs, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted === true) return resolve()
      const callOff = after(elapsedMs, () => {
        signal?.removeEventListener('abort', abort)
        resolve()
      })
      const abort = (): void => {
        callOff()
        resolve()
      }
      signal?.addEventListener('abort', abort, { once: true })
    })

/** Timers count whole milliseconds and drop fractions; nothing may happen before its time, so they are rounded up. */
const machineAfter: Clock['after'] = (elapsedMs, run) => {
  const timer = setTimeout(run, Math.ceil(elapsedMs))
  return () => clearTimeout(timer)
}

export const anchoredClock = ({ virtualMs, realMs, rate }: ClockAnchor): Clock => ({
  now: () => Math.round(virtualMs + (Date.now() - realMs) * rate),
  elapsedMs: () => performance.now(),
  rate,
  after: machineAfter,
  delay: delayWith(machineAfter),
})

export const systemClock = (): Clock => anchoredClock({ virtualMs: 0, realMs: 0, rate: 1 })
