import { liveChange, livePath } from '@xianfu/contract'
import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import type { BrowserClock } from './browser-clock.ts'
import { createRefresher } from './refresher.ts'

const clock: BrowserClock = {
  now: () => Date.now(),
  after: (delayMs, then) => {
    const timer = setTimeout(then, delayMs)
    return () => clearTimeout(timer)
  },
  every: (periodMs, then) => {
    const timer = setInterval(then, periodMs)
    return () => clearInterval(timer)
  },
}

/** Keeps everything that was read fresh; true while the stream is there. After a gap all is read again. */
export const useLive = (): boolean => {
  const queries = useQueryClient()
  const [connected, setConnected] = useState(false)
  useEffect(() => {
    const refresher = createRefresher({
      clock,
      readAgain: async (key) => queries.invalidateQueries({ queryKey: [...key] }),
    })
    const stream = new EventSource(livePath)
    let opened = false
    stream.addEventListener('open', () => {
      setConnected(true)
      if (opened) refresher.changed(['all'])
      opened = true
    })
    stream.addEventListener('error', () => {
      setConnected(false)
      void queries.invalidateQueries({ queryKey: ['session'] })
    })
    stream.addEventListener('change', (event) => {
      const change = liveChange.safeParse(JSON.parse(String(event.data)))
      refresher.changed(change.success ? change.data.topics : ['all'])
    })
    return () => {
      stream.close()
      refresher.stop()
    }
  }, [queries])
  return connected
}
