import type { Gap } from '@xianfu/contract'
import { describe, expect, it } from 'vitest'
import { completenessSearchOf, selectGaps } from './gap-list.ts'

const gap = (meterId: number, state: Gap['state'], gateway: string): Gap => ({
  meterId,
  place: `1-${String(meterId)}`,
  address: `20261101000${String(meterId)}`,
  gateway,
  from: 0,
  to: 1_800_000,
  intervals: 1,
  reason: 'gateway-away',
  state,
  because: null,
  unknownSide: null,
  attempts: 0,
})
const gaps = [gap(3, 'open', 'GW-01'), gap(1, 'lost', 'GW-02'), gap(2, 'open', 'GW-02')]

describe('the gaps', () => {
  it.each([
    [{}, [3, 1, 2]],
    [{ days: 14 }, [3, 1, 2]],
    [{ state: 'open' }, [3, 2]],
    [{ q: 'gw-02' }, [1, 2]],
    [{ q: 'gw-02', state: 'lost' }, [1]],
    [{ q: '202611010003' }, [3]],
    [{ q: '1-2', state: 're-read' }, []],
  ])('%j', (search, meters) => {
    expect(selectGaps(gaps, completenessSearchOf(search)).map(({ meterId }) => meterId)).toEqual(meters)
  })
})
