import type { Clock } from '../domain/clock.ts'
import type { Ids } from '../domain/ids.ts'
import type { Database } from '../store/database.ts'

/** What a walk that runs by itself is given; nothing in it is global. */
export type FlowContext = Readonly<{
  database: Database
  clock: Clock
  ids: Ids
  log: (event: FlowEvent) => void
}>

export type FlowEvent = Readonly<{ level: 'debug' | 'info' | 'warn' | 'error'; what: string; detail?: unknown }>

/** Longest pause of a loop after failures, elapsed time. */
const maximumPauseMs = 10_000

/**
 * Runs `step` again and again until aborted. A failure is logged and followed by a growing, bounded pause: a database
 * that is away for a minute must not end a loop, nor be hammered by it.
 */
export const loop = async (
  context: FlowContext,
  name: string,
  signal: AbortSignal,
  step: () => Promise<void>,
): Promise<void> => {
  let failures = 0
  while (!signal.aborted) {
    try {
      await step()
      failures = 0
    } catch (error) {
      if (signal.aborted) return
      failures += 1
      context.log({ level: 'error', what: `${name} failed and will be tried again`, detail: error })
      await pause(context.clock, Math.min(maximumPauseMs, 100 * 2 ** failures), signal)
    }
  }
}

/** Waits so long in elapsed time, or until aborted. */
export const pause = async (clock: Clock, elapsedMs: number, signal: AbortSignal): Promise<void> => {
  try {
    await clock.delay(elapsedMs, signal)
  } catch (error) {
    if (!signal.aborted) throw error
  }
}

/** A bell: `ring` wakes whoever waits, now or next. */
export type Bell = { ring(): void; wait(clock: Clock, maximumElapsedMs: number, signal: AbortSignal): Promise<void> }

export const createBell = (): Bell => {
  let rung = false
  let wake: (() => void) | null = null
  return {
    ring() {
      rung = true
      wake?.()
    },
    async wait(clock, maximumElapsedMs, signal) {
      if (!rung) {
        await new Promise<void>((resolve) => {
          const callOff = clock.after(maximumElapsedMs, end)
          function end(): void {
            callOff()
            signal.removeEventListener('abort', end)
            wake = null
            resolve()
          }
          signal.addEventListener('abort', end)
          wake = end
          if (signal.aborted) end()
        })
      }
      rung = false
    },
  }
}
