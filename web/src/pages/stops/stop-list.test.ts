import type { StopRow } from '@xianfu/contract'
import { describe, expect, it } from 'vitest'
import { selectStops, stopSearchOf } from './stop-list.ts'

const row = (id: number, stage: StopRow['stage'], place: string | null): StopRow => ({
  account: { id, number: `1000${String(id)}`, customer: id === 3 ? '林芳' : 'Chen' },
  meter: place === null ? null : { id, place },
  stage,
  since: 0,
  balance: '-1.00',
  reasons: [],
  earliestStopAt: null,
  approval: null,
})
const rows = [row(1, 'cut-off', '1-101'), row(2, 'stop-due', null), row(3, 'await-approval', '2-203')]

describe('the accounts on the way to a stop', () => {
  it.each([
    [{}, [1, 2, 3]],
    [{ stage: 'stop-due' }, [2]],
    [{ stage: 'nonsense' }, [1, 2, 3]],
    [{ q: '2-203' }, [3]],
    [{ q: ' chen ' }, [1, 2]],
    [{ q: '10002' }, [2]],
    [{ q: '林', stage: 'cut-off' }, []],
    [{ id: '2' }, [1, 2, 3]],
  ])('%j', (search, ids) => {
    expect(selectStops(rows, stopSearchOf(search)).map(({ account }) => account.id)).toEqual(ids)
  })
})
