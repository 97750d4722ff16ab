import { useNavigate, useSearch } from '@tanstack/react-router'
import { useCallback, useEffect, useState } from 'react'
import { browserClock } from '../../live/browser-clock.ts'
import { consoleSearchOf, sameSearch, type ConsoleSearch } from './console-search.ts'

/** The address follows when the typing pauses: changing it costs more than filtering does. */
const settleMs = 250

export type Filter = Readonly<{
  filter: ConsoleSearch
  change: (filter: ConsoleSearch) => void
  /** Puts the filter into the address at once, before another page is opened. */
  settle: () => void
}>

/** What the list shows: kept here while it is typed, and in the address for whoever comes back to it. */
export const useFilter = (): Filter => {
  const navigate = useNavigate()
  const address = useSearch({ from: '/' })
  const [filter, setFilter] = useState(address)
  const [seen, setSeen] = useState(address)
  const [written, setWritten] = useState(address)
  if (address !== seen) {
    setSeen(address)
    // Our own word coming back is no news; somebody may have typed on meanwhile.
    if (!sameSearch(address, written)) {
      setFilter(address)
      setWritten(address)
    }
  }
  const settle = useCallback((): void => {
    if (sameSearch(filter, written)) return
    setWritten(filter)
    void navigate({ to: '/', search: filter, replace: true })
  }, [filter, navigate, written])
  useEffect(() => browserClock.after(settleMs, settle), [settle])
  return { filter, change: (next) => setFilter(consoleSearchOf(next)), settle }
}
