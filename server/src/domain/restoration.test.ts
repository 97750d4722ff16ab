import { assert, integer, property } from 'fast-check'
import { describe, expect, test } from 'vitest'
import { compensationFor, readCompensationRule } from './restoration.ts'
import { yuan } from './testing/yuan.ts'

const rule = { afterSeconds: 60, amount: yuan(2), perHour: yuan(1), most: yuan(5) }

describe('what is paid for supply that came back late', () => {
  test.each([
    [0, 0],
    [60_000, 0],
    [60_001, 2],
    [60_000 + 3_600_000, 2],
    [60_001 + 3_600_000, 3],
    [60_000 + 3 * 3_600_000, 4],
    [60_000 + 40 * 3_600_000, 5],
  ])('after %d ms: %d yuan', (tookMs, owed) => {
    expect(compensationFor(rule, tookMs)).toBe(yuan(owed))
  })

  test('never less for a longer wait, never more than the most', () => {
    const wait = integer({ min: 0, max: 10 ** 9 })
    assert(
      property(wait, wait, (one, other) => {
        const [short, long] = [Math.min(one, other), Math.max(one, other)]
        expect(compensationFor(rule, short) <= compensationFor(rule, long)).toBe(true)
        expect(compensationFor(rule, long) <= rule.most).toBe(true)
      }),
    )
  })

  test.each([
    [null, false],
    [{}, false],
    [{ afterSeconds: 60, amount: '2000000', perHour: '0', most: '2000000' }, true],
    [{ afterSeconds: 60, amount: '3000000', perHour: '0', most: '2000000' }, false],
    [{ afterSeconds: 0, amount: '1', perHour: '0', most: '1' }, false],
    [{ afterSeconds: 60, amount: '-1', perHour: '0', most: '1' }, false],
    [{ afterSeconds: 60, amount: 1, perHour: '0', most: '1' }, false],
  ])('the setting %j is a rule: %s', (value, isRule) => {
    expect(readCompensationRule(value) !== null).toBe(isRule)
  })
})
