import type { MeterRow } from '@xianfu/contract'
import { assert, property, shuffledSubarray } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { byUrgency, countShown, filterMeters, shows, sortMeters, type Show, type Sorting } from './meter-list.ts'

type Account = NonNullable<MeterRow['account']>

const meter = (id: number, changes: Partial<MeterRow> = {}, account: Partial<Account> | null = {}): MeterRow => ({
  id,
  address: `20261101${String(id).padStart(4, '0')}`,
  place: `1-${String(id)}`,
  gateway: { id: 1, code: 'GW-01', online: true },
  account:
    account === null
      ? null
      : {
          id,
          number: String(10_000 + id),
          customerName: `住户 ${String(id)}`,
          stage: 'normal',
          balance: '50.00',
          prepaid: true,
          ...account,
        },
  relay: 'closed',
  relayCommand: 'closed',
  keepPower: false,
  alarm: false,
  lastReading: { at: id * 1_000, totalWh: '1000', quality: 'good' },
  powerMilliwatts: '1000',
  failedReads: 0,
  openCommand: null,
  ...changes,
})

const village = [
  meter(1),
  meter(2, {}, { stage: 'warned-1', balance: '9.00' }),
  meter(3, { relay: 'open' }, { stage: 'cut-off', balance: '-3.39' }),
  meter(4, { failedReads: 2, relay: 'unknown' }, { balance: '80.00' }),
  meter(5, { gateway: { id: 2, code: 'GW-02', online: false } }, { stage: 'stop-notified', balance: '-0.10' }),
  meter(
    6,
    { lastReading: { at: 1, totalWh: '1', quality: 'held' }, keepPower: true },
    { stage: 'warned-2', balance: '4' },
  ),
  meter(10, { place: '路灯' }, null),
  meter(11, { place: '公用' }, { balance: '0.00', prepaid: false }),
]
const listMetersOf = (
  rows: readonly MeterRow[],
  { show, search, sorting }: Readonly<{ show: Show; search: string; sorting: Sorting }>,
) => filterMeters(sortMeters(rows, sorting), show, search)
const idsOf = (rows: readonly MeterRow[]): number[] => rows.map(({ id }) => id)

describe('the list', () => {
  it('begins with those without supply and ends with those without an agreement', () => {
    expect(idsOf(listMetersOf(village, { show: 'all', search: '', sorting: byUrgency }))).toEqual([
      3, 5, 6, 2, 4, 1, 11, 10,
    ])
  })

  it.each([
    ['all', [1, 2, 3, 4, 5, 6, 11, 10]],
    ['cut-off', [3]],
    ['stop-notified', [5]],
    ['warned', [2, 6]],
    ['normal', [1, 4]],
    ['relay-open', [3]],
    ['relay-unknown', [4]],
    ['silent', [4]],
    ['offline', [5]],
    ['held', [6]],
    ['kept', [6]],
    ['metered', [11, 10]],
  ] as const)('shows %s', (show, ids) => {
    const rows = listMetersOf(village, { show, search: '', sorting: { column: 'place', descending: false } })
    expect(idsOf(rows)).toEqual(ids)
    expect(countShown(village)[show]).toBe(ids.length)
  })

  it.each([
    ['1-3', [3]],
    ['住户 5', [5]],
    ['10005', [5]],
    ['202611010006', [6]],
    ['gw-02', [5]],
    ['gw-01 1-2', [2]],
    ['  ', [1, 2, 3, 4, 5, 6, 11, 10]],
    ['nobody', []],
  ])('finds %j', (search, ids) => {
    expect(
      idsOf(listMetersOf(village, { show: 'all', search, sorting: { column: 'place', descending: false } })),
    ).toEqual(ids)
  })

  it.each([
    [{ column: 'place', descending: false }, [1, 2, 3, 4, 5, 6, 11, 10]],
    [{ column: 'balance', descending: false }, [3, 5, 11, 10, 6, 2, 1, 4]],
    [{ column: 'balance', descending: true }, [4, 1, 2, 6, 11, 10, 5, 3]],
    [{ column: 'reading', descending: false }, [6, 1, 2, 3, 4, 5, 10, 11]],
    [{ column: 'gateway', descending: true }, [5, 1, 2, 3, 4, 6, 11, 10]],
  ] as const)('sorts by %j', (sorting: Sorting, ids) => {
    expect(idsOf(listMetersOf(village, { show: 'all', search: '', sorting }))).toEqual(ids)
  })

  it('stands in the same order however the rows come', () => {
    assert(
      property(shuffledSubarray(village, { minLength: village.length }), (rows) => {
        expect(listMetersOf(rows, { show: 'all', search: '', sorting: byUrgency })).toEqual(
          listMetersOf(village, { show: 'all', search: '', sorting: byUrgency }),
        )
      }),
    )
  })

  it('counts every meter under a stage, or as metered only', () => {
    const counts = countShown(village)
    expect(Object.keys(counts)).toEqual([...shows])
    expect(counts.normal + counts.warned + counts['stop-notified'] + counts['cut-off'] + counts.metered).toBe(
      village.length,
    )
  })
})
