import type { CommandDetail, HistoryPoint } from '@xianfu/contract'
import { describe, expect, it } from 'vitest'
import { balanceLine, balanceRange, energyBars, heldPoints, openSpans, powerLine } from './history-data.ts'

const point = (at: number, changes: Partial<HistoryPoint> = {}): HistoryPoint => ({
  at,
  totalWh: '7212340',
  usedWh: '3000',
  powerMilliwatts: '6000000',
  quality: 'good',
  heldBecause: null,
  charged: '1.80',
  balance: '10.00',
  ...changes,
})

describe('what the chart draws', () => {
  const points = [
    point(100, { usedWh: null, balance: null, powerMilliwatts: null }),
    point(200, { balance: '8.20' }),
    point(300, { quality: 'held', usedWh: null, charged: null, balance: null, heldBecause: 'x' }),
    point(400, { balance: '-1.5' }),
  ]

  it('leaves out what was not measured', () => {
    expect(energyBars(points)).toEqual([
      [200, 3],
      [400, 3],
    ])
    expect(powerLine(points).map(([at]) => at)).toEqual([200, 300, 400])
    expect(heldPoints(points).map(({ at }) => at)).toEqual([300])
  })

  it('steps the balance down at charges and up at payments, and lets it stand until now', () => {
    expect(balanceLine(points, [{ at: 250, amount: '20.00', balance: '28.2' }], { from: 50, to: 500 }, '-1.5')).toEqual(
      [
        [50, 10],
        [200, 8.2],
        [250, 28.2],
        [400, -1.5],
        [500, -1.5],
      ],
    )
  })

  it('knows the balance also when nothing has moved it', () => {
    expect(balanceLine([], [], { from: 50, to: 500 }, '-3.39')).toEqual([
      [50, -3.39],
      [500, -3.39],
    ])
    expect(balanceLine([], [], { from: 50, to: 500 }, null)).toEqual([])
  })

  it.each([
    [[[0, 7.5]], ['10.00', '5.00', '0.00'], -1, 11],
    [[[0, -3.39]], ['10.00', '0.00'], -5, 11],
    [[[0, 200]], [], -10, 210],
    [[], [], -1, 2],
  ] as const)('has room for %j and the thresholds %j', (line, thresholds, min, max) => {
    expect(balanceRange(line, thresholds)).toEqual({ min, max })
  })
})

describe('when supply was off', () => {
  const openWord = '68 09 00 01 11 26 20 68 91 06 36 38 33 37 03 33 D6 16'
  const closedWord = '68 09 00 01 11 26 20 68 91 06 36 38 33 37 B3 33 86 16'
  const looked = (at: number, response: string | null): CommandDetail => ({
    id: '01a21321-a9e9-7bc3-8f7a-f49c26d09782',
    kind: 'trip',
    state: 'verified',
    createdAt: at,
    meterId: 9,
    requestedBy: 'policy',
    reason: '',
    attempts: 1,
    finishedAt: at,
    failure: null,
    tookMs: null,
    evidence: null,
    batch: null,
    events: [{ at, kind: 'state-read', text: '', request: null, response, durationMs: null }],
  })

  it.each([
    ['closed again', [looked(300, closedWord), looked(100, openWord)], 'closed', [[100, 300]]],
    ['still open', [looked(100, openWord), looked(150, openWord)], 'open', [[100, 500]]],
    [
      'twice',
      [looked(100, openWord), looked(200, closedWord), looked(300, openWord)],
      'open',
      [
        [100, 200],
        [300, 500],
      ],
    ],
    ['begun before the chart', [looked(10, openWord), looked(200, closedWord)], 'closed', [[50, 200]]],
    ['over before the chart', [looked(10, openWord), looked(40, closedWord)], 'closed', []],
    // Closed by hand at the meter: nobody knows when, so nothing is drawn.
    ['closed unseen', [looked(100, openWord)], 'closed', []],
    ['never looked', [looked(100, null)], 'open', []],
  ] as const)('%s', (_, commands, relay, spans) => {
    expect(openSpans(commands, relay, 50, 500).map(({ from, to }) => [from, to])).toEqual(spans)
  })
})
