import type { Clock } from '../domain/clock.ts'
import type { Database } from '../store/database.ts'
import { liveChannel } from '../store/notify.ts'

export type LiveListener = (topics: readonly string[]) => void
export type LiveHub = Readonly<{ subscribe(listener: LiveListener): () => void }>

/** Changes of so long are told together, elapsed time. */
const gatherMs = 200
/** More than this at once are told as `all`: a console would not sort them out either. */
export const mostTopics = 400

/**
 * Hands what committed transactions say to everybody who watches, together and at a bounded pace: however many meters
 * change in a second, a listener is called five times in it, with at most so many topics. After a gap in the connection all
 * is told to be new.
 */
export const startLiveHub = async (
  database: Pick<Database, 'listen'>,
  clock: Pick<Clock, 'after'>,
  signal: AbortSignal,
): Promise<LiveHub> => {
  const listeners = new Set<LiveListener>()
  const waiting = new Set<string>()
  let called = false
  const tell = (): void => {
    called = false
    const topics = Object.freeze(waiting.has('all') ? ['all'] : [...waiting])
    waiting.clear()
    if (signal.aborted) return
    for (const listener of listeners) listener(topics)
  }
  const gather = (topics: readonly string[]): void => {
    if (listeners.size === 0) return
    if (!waiting.has('all')) for (const topic of topics) waiting.add(topic)
    if (waiting.size > mostTopics) {
      waiting.clear()
      waiting.add('all')
    }
    if (called) return
    called = true
    clock.after(gatherMs, tell)
  }
  await database.listen(liveChannel, (payload) => gather(payload === '' ? ['all'] : payload.split(' ')), signal)
  return {
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}
