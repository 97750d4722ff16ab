import { shows, type Show } from './meter-list.ts'

/** What the address of the page keeps, so that a filter survives going back and can be sent to a colleague. */
export type ConsoleSearch = Readonly<{ show?: Show; q?: string }>

/** Whatever stands in an address: what is not understood is left out. */
export const consoleSearchOf = (search: Readonly<Record<string, unknown>>): ConsoleSearch => {
  const show = shows.find((one) => one === search['show'])
  const q = typeof search['q'] === 'string' || typeof search['q'] === 'number' ? String(search['q']) : ''
  return { ...(show !== undefined && show !== 'all' && { show }), ...(q !== '' && { q }) }
}

export const sameSearch = (a: ConsoleSearch, b: ConsoleSearch): boolean => a.show === b.show && a.q === b.q
