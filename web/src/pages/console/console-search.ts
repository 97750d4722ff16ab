import { listSearchOf, oneOf, type ListSearch } from '../../parts/row-list/list-search.ts'
import { shows } from './meter-list.ts'

export type ConsoleSearch = ListSearch<'show'>

const read = listSearchOf('show')

/** Whatever stands in an address: what is not understood is left out, and `all` is what no word means. */
export const consoleSearchOf = (search: Readonly<Record<string, unknown>>): ConsoleSearch => {
  const { show: asked, ...rest } = read(search)
  const show = oneOf(shows, asked)
  return show === null || show === 'all' ? rest : { ...rest, show }
}
