import { Grid, type InputRef } from 'antd'
import { useMemo, useRef, type RefObject } from 'react'
import type { Place } from '../../keys/keymap.ts'
import { useKeys } from '../../keys/use-keys.ts'
import type { ListSearch } from './list-search.ts'
import { stepTo } from './row-step.ts'
import type { ListAddress } from './use-list-address.ts'

type Options<Row, Filter extends string> = Readonly<{
  place: Place
  address: ListAddress<Filter>
  /** All there are, or none yet. */
  rows: readonly Row[]
  /** Those to show, in their order; made outside of the component, for what it gives is kept. */
  select: (rows: readonly Row[], search: ListSearch<Filter>) => readonly Row[]
  idOf: (row: Row) => string
  /** What Enter does with the chosen row; without it Enter goes to the detail. */
  onOpen?: (row: Row) => void
  /** A row that is named by the address and not in the list can be looked at all the same. */
  beyondList?: boolean
}>

export type RowListState<Row> = Readonly<{
  all: readonly Row[]
  shown: readonly Row[]
  idOf: (row: Row) => string
  /** The row that is chosen: the one the address names, else the first. */
  chosen: Row | undefined
  chosenId: string | null
  choose: (id: string) => void
  searched: string
  searchFor: (text: string) => void
  field: RefObject<InputRef | null>
  /** Where the detail stands, to give it the focus. */
  detailPlace: RefObject<HTMLElement | null>
  /** The screen has room for one of the two only. */
  narrow: boolean
  /** On a narrow screen: the detail stands in the place of the list. */
  reading: boolean
  back: () => void
}>

/**
 * A list as all pages have it: searched and filtered, walked and opened from the keyboard, its place kept in the address;
 * the same on a narrow screen, where a chosen row is read in the place of the list.
 */
export const useRowList = <Row, Filter extends string = never>(options: Options<Row, Filter>): RowListState<Row> => {
  const { place, address, rows, select, idOf, onOpen, beyondList = false } = options
  const field = useRef<InputRef>(null)
  const detailPlace = useRef<HTMLElement>(null)
  const { lg } = Grid.useBreakpoint()
  const narrow = lg === false
  const { id, ...asked } = address.search
  const askedFor = JSON.stringify(asked)
  const shown = useMemo(() => select(rows, JSON.parse(askedFor) as ListSearch<Filter>), [askedFor, rows, select])
  const named = id === undefined || id === '' ? undefined : id
  const found = named === undefined ? undefined : shown.find((row) => idOf(row) === named)
  const chosen = found ?? (beyondList && named !== undefined ? undefined : shown[0])
  const chosenId = chosen === undefined ? (beyondList ? (named ?? null) : null) : idOf(chosen)
  const reading = narrow && named !== undefined && chosenId === named
  const change = (next: Readonly<Partial<Record<string, string>>>): void => address.change(next)
  const step = (count: number): void => {
    const next = stepTo(shown.map(idOf), chosenId, count)
    if (next !== null) change({ id: next })
  }
  const choose = (next: string): void => {
    if (narrow) address.go({ id: next } as ListSearch<Filter>)
    else change({ id: next })
  }
  const back = (): void => change({ id: '' })
  useKeys(place, {
    search: () => field.current?.focus({ cursor: 'all' }),
    next: () => step(1),
    previous: () => step(-1),
    first: () => step(-shown.length),
    last: () => step(shown.length),
    open: () => {
      if (chosen !== undefined && onOpen !== undefined) {
        address.settle({ id: idOf(chosen) } as ListSearch<Filter>)
        onOpen(chosen)
      } else if (chosenId !== null) {
        choose(chosenId)
        detailPlace.current?.focus()
      }
    },
    clear: () => {
      if (reading) return back()
      change(Object.fromEntries(Object.keys(asked).map((name) => [name, ''])))
      if (document.activeElement instanceof HTMLElement) document.activeElement.blur()
    },
  })
  return {
    all: rows,
    shown,
    idOf,
    chosen,
    chosenId,
    choose,
    searched: address.search.q ?? '',
    searchFor: (q) => change({ q }),
    field,
    detailPlace,
    narrow,
    reading,
    back,
  }
}
