import type { SiteRow } from '@xianfu/contract'
import { describe, expect, it } from 'vitest'
import { filterSites, siteSearchOf } from './site-list.ts'

describe('the list of sites', () => {
  it.each([
    [{ id: 3 }, { id: 3 }],
    [{ id: '0' }, { id: 0 }],
    [{ id: -1 }, {}],
    [{ id: 'north' }, {}],
    [{}, {}],
  ])('the address %j means %j', (search, meant) => {
    expect(siteSearchOf(search)).toEqual(meant)
  })

  it('is searched by name, whatever the case', () => {
    const sites = ['North', '城东'].map((name) => ({ name }) as SiteRow)
    expect(filterSites(sites, ' north ').map(({ name }) => name)).toEqual(['North'])
    expect(filterSites(sites, '').length).toBe(2)
    expect(filterSites(sites, 'west')).toEqual([])
  })
})
