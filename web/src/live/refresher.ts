import type { BrowserClock } from './browser-clock.ts'
import { keysOfTopics, type QueryKey } from './query-keys.ts'

/** How long topics gather before they are read again: a reading round changes many meters at once. */
const GATHER_MS = 120
/** A round that took long is followed by a pause as long: a slow server is asked half of the time at most. */
const LONGEST_PAUSE_MS = 5_000
/** More topics than this at once are not sorted out: everything is read again. */
const MOST_TOPICS = 500

export type Refresher = { readonly changed: (topics: Iterable<string>) => void; readonly stop: () => void }

/**
 * Reads again what has changed, one round at a time. A change during a round starts the next one, so a stream of
 * changes faster than the answers can neither starve a read nor pile reads up, and the last change is never lost.
 */
export const createRefresher = (options: {
  readonly clock: BrowserClock
  readonly readAgain: (key: QueryKey) => Promise<unknown>
}): Refresher => {
  const waiting = new Set<string>()
  let busy = false
  let pauseMs = GATHER_MS
  let stopped = false

  const round = async (): Promise<void> => {
    const topics = waiting.size > MOST_TOPICS ? ['everything'] : [...waiting]
    waiting.clear()
    const begunAt = options.clock.now()
    await Promise.allSettled(keysOfTopics(topics).map((key) => options.readAgain(key)))
    pauseMs = Math.min(Math.max(options.clock.now() - begunAt, GATHER_MS), LONGEST_PAUSE_MS)
    busy = false
    start()
  }
  const start = (): void => {
    if (busy || stopped || waiting.size === 0) return
    busy = true
    options.clock.after(pauseMs, () => void round())
  }

  return {
    changed: (topics) => {
      for (const topic of topics) waiting.add(topic)
      start()
    },
    stop: () => {
      stopped = true
      waiting.clear()
    },
  }
}
