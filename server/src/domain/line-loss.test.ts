import { describe, expect, test } from 'vitest'
import { lineLoss, type LossMeter } from './line-loss.ts'
import { parsePercent, wattHours } from './quantity.ts'

const meter = (name: string, from: number | null, to: number | null, multiplier = 1n): LossMeter => {
  const reading = (wh: number | null) => (wh === null ? null : { at: 0, totalWh: wattHours(BigInt(wh)) })
  return { meterId: name.length, name, multiplier, start: reading(from), end: reading(to) }
}

type Row = readonly [
  what: string,
  master: LossMeter,
  subs: readonly LossMeter[],
  loss: bigint | null,
  percent: string | null,
  findings: readonly string[],
]

const rows: readonly Row[] = [
  ['a loss within the limit', meter('m', 0, 10_000), [meter('a', 0, 6_000), meter('b', 5, 3_505)], 500n, '5', []],
  ['a loss exactly at the limit', meter('m', 0, 10_000), [meter('a', 0, 9_300)], 700n, '7', []],
  ['a loss above it', meter('m', 0, 10_000), [meter('a', 0, 9_299)], 701n, '7.01', ['loss-above-limit']],
  ['a master behind transformers', meter('m', 100, 110, 1_000n), [meter('a', 0, 9_500)], 500n, '5', []],
  ['a sub-meter behind transformers', meter('m', 0, 10_000), [meter('a', 0, 95, 100n)], 500n, '5', []],
  ['no loss at all', meter('m', 0, 10_000), [meter('a', 0, 10_000)], 0n, '0', []],
  [
    'more billed than bought',
    meter('m', 0, 10_000),
    [meter('a', 0, 10_001)],
    -1n,
    '-0.01',
    ['sub-meters-exceed-master'],
  ],
  ['nothing used', meter('m', 7, 7), [meter('a', 7, 7)], 0n, null, []],
  ['a third', meter('m', 0, 3), [meter('a', 0, 2)], 1n, '33.333333', ['loss-above-limit']],
  [
    'a sub-meter not read at the end',
    meter('m', 0, 10_000),
    [meter('a', 0, 1), meter('b', 0, null)],
    null,
    null,
    ['reading-missing'],
  ],
  ['neither end', meter('m', 0, 10_000), [meter('b', null, null)], null, null, ['reading-missing', 'reading-missing']],
  ['a master not read', meter('m', null, 10_000), [meter('a', 0, 1)], null, null, ['reading-missing']],
  ['a register that fell', meter('m', 0, 10_000), [meter('a', 9, 8)], null, null, ['register-fell']],
  [
    'too much billed already without the missing one',
    meter('m', 0, 10_000),
    [meter('a', 0, 10_001), meter('b', null, 1)],
    null,
    null,
    ['reading-missing', 'sub-meters-exceed-master'],
  ],
]

describe('line loss', () => {
  test.each(rows)('%s', (_, master, subs, loss, percent, findings) => {
    const result = lineLoss(master, subs, parsePercent('7'))
    expect([result.loss, result.lossPercent]).toEqual([loss, percent])
    expect(result.findings.map(({ kind }) => kind)).toEqual(findings)
  })

  test('a missing reading is named', () => {
    expect(lineLoss(meter('m', 0, 1), [meter('shop', 0, null)], null).findings).toEqual([
      { kind: 'reading-missing', meterId: 4, name: 'shop', which: 'end' },
    ])
  })

  test('without a limit no loss is too high', () => {
    expect(lineLoss(meter('m', 0, 10_000), [meter('a', 0, 1)], null).findings).toEqual([])
  })
})
