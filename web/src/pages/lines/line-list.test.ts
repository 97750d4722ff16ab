import type { LineRow } from '@xianfu/contract'
import { describe, expect, it } from 'vitest'
import {
  answeredShare,
  areElsewhere,
  filterLines,
  minutes,
  missedCount,
  percent,
  sortLines,
  toldAgo,
} from './line-list.ts'

const everyLine = { search: '', state: null }

const line = (code: string, change: Partial<LineRow> = {}): LineRow => ({
  gateway: { id: 1, code },
  site: { id: 1, name: 'Market' },
  baudRate: 2_400,
  parity: 'even',
  online: true,
  since: null,
  meters: { total: 10, failing: 0, backingOff: 0 },
  health: { state: 'good', cause: 'none', reasons: [] },
  measured: { asked: 0, answered: 0, busyShare: null, responseMs: null },
  airtime: null,
  missed: [],
  queueLength: 0,
  pausedUntil: null,
  holder: null,
  ...change,
})
const health = (state: LineRow['health']['state']) => ({ health: { state, cause: 'none' as const, reasons: [] } })
const failing: NonNullable<LineRow['airtime']> = {
  share: 1.2,
  reserve: -0.2,
  silentShare: 0,
  sets: [],
  energyRoundMs: 1,
  energyIntervalMs: 1,
  longestExchangeMs: 1,
  verdict: 'fails',
}

describe('the list of lines', () => {
  it('has those first that need somebody, a line at rest among the good ones', () => {
    const lines = [
      line('A'),
      line('B', health('down')),
      line('C', health('impaired')),
      line('D', { ...health('down'), pausedUntil: 1 }),
      line('E', { airtime: failing }),
    ]
    expect(sortLines(lines).map(({ gateway }) => gateway.code)).toEqual(['B', 'C', 'E', 'A', 'D'])
  })

  it('is searched by gateway and site, and filtered by state', () => {
    const lines = [line('GW-1'), line('GW-2', health('down'))]
    const codes = (filter: Parameters<typeof filterLines>[1]): string[] =>
      filterLines(lines, filter).map(({ gateway }) => gateway.code)
    expect(codes(everyLine)).toEqual(['GW-1', 'GW-2'])
    expect(codes({ search: ' gw-2', state: null })).toEqual(['GW-2'])
    expect(codes({ search: 'market', state: 'good' })).toEqual(['GW-1'])
  })

  it('shows shares and counts, and says nothing where nothing is known', () => {
    expect([percent(0.1234), percent(null), minutes(90_000)]).toEqual(['12.3 %', '—', '1.5'])
    expect(answeredShare(line('A'))).toBeNull()
    expect(answeredShare(line('A', { measured: { asked: 4, answered: 3, busyShare: null, responseMs: null } }))).toBe(
      0.75,
    )
    const missed = [
      { reason: 'no-answer', count: 2 },
      { reason: 'line-busy', count: 3 },
    ]
    expect(missedCount(line('A', { missed }))).toBe(5)
  })

  it('says who holds a line only where somebody else holds one', () => {
    const here = line('A', { holder: { name: 'house', isHere: true, ageMs: null } })
    const elsewhere = line('B', { holder: { name: 'other', isHere: false, ageMs: 12_400 } })
    expect([areElsewhere([line('C'), here]), areElsewhere([here, elsewhere])]).toEqual([false, true])
    const silent = { name: 'other', isHere: false, ageMs: null }
    expect([null, here.holder, elsewhere.holder, silent].map(toldAgo)).toEqual([null, null, 12, 'nothing'])
  })
})
