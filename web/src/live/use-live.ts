import { liveChange, livePath } from '@xianfu/contract'
import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { browserClock } from './browser-clock.ts'
import { createLiveStream } from './live-stream.ts'
import { sessionKey } from './query-keys.ts'
import { createRefresher } from './refresher.ts'

export type Live = Readonly<{
  connected: boolean
  /** Browser time at which the stream was lost. */ lostAt: number | null
}>

/** Keeps everything that was read fresh. After a gap all is read again. */
export const useLive = (): Live => {
  const queries = useQueryClient()
  const [live, setLive] = useState<Live>({ connected: false, lostAt: null })
  useEffect(() => {
    const refresher = createRefresher({
      clock: browserClock,
      readAgain: async (key) => queries.invalidateQueries({ queryKey: [...key] }),
    })
    const stream = createLiveStream({
      open: () => new EventSource(livePath),
      clock: browserClock,
      onChange: (data) => {
        const change = liveChange.safeParse(JSON.parse(data))
        refresher.changed(change.success ? change.data.topics : ['all'])
      },
      onOpen: (again) => {
        setLive({ connected: true, lostAt: null })
        if (again) refresher.changed(['all'])
      },
      onLost: () => {
        setLive(({ lostAt }) => ({ connected: false, lostAt: lostAt ?? browserClock.now() }))
        void queries.invalidateQueries({ queryKey: [...sessionKey] })
      },
    })
    return () => {
      stream.stop()
      refresher.stop()
    }
  }, [queries])
  return live
}
