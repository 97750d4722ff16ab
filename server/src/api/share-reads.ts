import type { Clock } from '../domain/clock.ts'

/** Between the end of one reading and the beginning of the next, elapsed time. */
const leastGapMs = 100
const mostGapMs = 2_000
/** How many times as long as a reading took the database rests from it. */
const restPerCost = 4

/**
 * Reads for all who ask at once: whoever asks gets a reading that began after, so nothing is older than the question, and
 * everybody who asks before it begins shares it. One at a time, with a rest after each that grows with its cost: a figure
 * that hundreds of consoles want again with each change takes a fifth of one connection at most, until the rest is at its longest.
 */
export const shareReads = <T>(
  read: () => Promise<T>,
  clock: Pick<Clock, 'elapsedMs' | 'delay'>,
): (() => Promise<T>) => {
  let coming: Promise<T> | null = null
  let running: Promise<unknown> = Promise.resolve()
  let nextAt = -Infinity

  const round = async (): Promise<T> => {
    await running
    const wait = nextAt - clock.elapsedMs()
    if (wait > 0) await clock.delay(wait)
    // Whoever asks from here on may know of something that this reading does not see.
    coming = null
    const begunAt = clock.elapsedMs()
    const reading = read()
    running = reading.then(
      () => undefined,
      () => undefined,
    )
    try {
      return await reading
    } finally {
      const endedAt = clock.elapsedMs()
      nextAt = endedAt + Math.min(Math.max((endedAt - begunAt) * restPerCost, leastGapMs), mostGapMs)
    }
  }
  return async () => (coming ??= round())
}
