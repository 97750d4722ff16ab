import { useMatch, useRouter } from '@tanstack/react-router'
import { useCallback, useEffect, useState } from 'react'
import { browserClock } from '../../live/browser-clock.ts'
import { sameSearch, type ListSearch } from './list-search.ts'

/** The address follows when typing or stepping pauses: changing it costs more than filtering does. */
const settleMs = 250

export type ListAddress<Filter extends string = never> = Readonly<{
  search: ListSearch<Filter>
  /** Changes what is named; an empty text takes it away. */
  change: (change: ListSearch<Filter>) => void
  /** Changes it as something that the browser's own way back undoes. */
  go: (change: ListSearch<Filter>) => void
  /** Puts what was changed, and this, into the address at once: before another page is opened. */
  settle: (change?: ListSearch<Filter>) => void
}>

/** What a list shows: kept here while it changes, and in the address for whoever comes back to it. */
export const useListAddress = <Filter extends string = never>(): ListAddress<Filter> => {
  const router = useRouter()
  const { pathname: here, search: found } = useMatch({ strict: false })
  const address = found as ListSearch<Filter>
  const [search, setSearch] = useState(address)
  const [seen, setSeen] = useState(address)
  const [written, setWritten] = useState(address)
  if (!sameSearch(address, seen)) {
    setSeen(address)
    // Our own word coming back is no news; somebody may have typed on meanwhile.
    if (!sameSearch(address, written)) {
      setSearch(address)
      setWritten(address)
    }
  }
  const write = useCallback(
    (next: ListSearch<Filter>, replace: boolean): void => {
      // Whoever is already on the way to another page is not called back.
      if (router.latestLocation.pathname !== here) return
      setWritten(next)
      void router.navigate({ to: here, search: withoutEmpty(next), replace })
    },
    [here, router],
  )
  const settle = useCallback(
    (change?: ListSearch<Filter>): void => {
      const next = { ...search, ...change }
      if (sameSearch(next, written)) return
      write(next, true)
      // Otherwise a page that is opened next would take the place of what was just written.
      router.history.flush()
    },
    [router, search, write, written],
  )
  useEffect(() => browserClock.after(settleMs, () => settle()), [settle])
  return {
    search,
    change: (change) => setSearch((before) => ({ ...before, ...change })),
    go: (change) => {
      const next = { ...search, ...change }
      setSearch(next)
      write(next, false)
    },
    settle,
  }
}

const withoutEmpty = (search: ListSearch<string>): ListSearch<string> =>
  Object.fromEntries(Object.entries(search).filter(([, text]) => text !== undefined && text !== ''))
