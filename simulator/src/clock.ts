import { performance } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'

/**
 * The village's time. `now` is the wall clock its people live by and may run fast; `elapsedMs` and `delay` are the
 * machine's, so bytes on a wire keep their true length whatever the hour.
 */
export type Clock = Readonly<{
  /** Wall time, UTC epoch ms. */
  now(): number
  elapsedMs(): number
  /** Wall milliseconds per elapsed millisecond. */
  rate: number
  delay(elapsedMs: number, signal?: AbortSignal): Promise<void>
}>

/** At machine time `realMs` the wall clock shows `virtualMs`, and from there runs `rate` times as fast. */
export type ClockAnchor = Readonly<{ virtualMs: number; realMs: number; rate: number }>

export const anchoredClock = ({ virtualMs, realMs, rate }: ClockAnchor): Clock => ({
  now: () => Math.round(virtualMs + (Date.now() - realMs) * rate),
  elapsedMs: () => performance.now(),
  rate,
  delay: async (elapsedMs, signal) => {
    await sleep(elapsedMs, undefined, signal === undefined ? {} : { signal })
  },
})

export const systemClock = (): Clock => anchoredClock({ virtualMs: 0, realMs: 0, rate: 1 })
