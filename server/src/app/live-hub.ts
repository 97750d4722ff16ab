import type { Database } from '../store/database.ts'
import { liveChannel } from '../store/notify.ts'

export type LiveListener = (topics: readonly string[]) => void
export type LiveHub = Readonly<{ subscribe(listener: LiveListener): () => void }>

/** Hands what committed transactions say to everybody who watches. After a gap in the connection all is told to be new. */
export const startLiveHub = async (database: Database, signal: AbortSignal): Promise<LiveHub> => {
  const listeners = new Set<LiveListener>()
  await database.listen(
    liveChannel,
    (payload) => {
      const topics = payload === '' ? ['all'] : payload.split(' ')
      for (const listener of listeners) listener(topics)
    },
    signal,
  )
  return {
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}
