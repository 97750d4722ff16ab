import type { SiteRow } from '@xianfu/contract'

/** Stands for the installation over all sites: no site has this number. */
export const all = 0

export type SiteSearch = Readonly<{ id?: number }>

/** Of the address bar: what is no number chooses nothing. */
export const siteSearchOf = (search: Record<string, unknown>): SiteSearch => {
  const id = Number(search['id'])
  return search['id'] !== undefined && Number.isInteger(id) && id >= all ? { id } : {}
}

export const filterSites = (sites: readonly SiteRow[], search: string): readonly SiteRow[] => {
  const words = search.trim().toLowerCase()
  return words === '' ? sites : sites.filter(({ name }) => name.toLowerCase().includes(words))
}
