import { expect, test } from 'vitest'
import type { Priority } from '../headend.ts'
import { createBackOff } from './back-off.ts'

const limits = { backOffFirstMs: 100, backOffLongestMs: 300, backOffAfterFailures: 2 }

const silentMeter = () => {
  const backOff = createBackOff(limits)
  backOff.silent(0)
  backOff.silent(0)
  return backOff
}

test.each<[Priority, string]>([
  ['relay', 'full'],
  ['person', 'full'],
  ['verification', 'full'],
  ['scheduled', 'refuse'],
  ['back-fill', 'refuse'],
  ['clock', 'refuse'],
])('while a meter is left alone, %s is told: %s', (priority, expected) => {
  expect(silentMeter().permission(priority, 99)).toBe(expected)
})

test('one failure does not count yet', () => {
  const backOff = createBackOff(limits)
  expect([backOff.silent(0), backOff.permission('scheduled', 0)]).toEqual([null, 'full'])
})

test('when the pause is over the meter is probed, and the pause doubles up to its bound', () => {
  const backOff = silentMeter()
  expect(backOff.permission('scheduled', 100)).toBe('probe')
  expect([backOff.silent(100), backOff.silent(300), backOff.silent(600)]).toEqual([200, 300, 300])
})

test('a person who tries in the middle of a pause does not lengthen it', () => {
  const backOff = silentMeter()
  expect([backOff.silent(50), backOff.permission('scheduled', 100)]).toEqual([null, 'probe'])
})

test('one answer clears everything', () => {
  const backOff = silentMeter()
  expect([backOff.answered(), backOff.permission('scheduled', 1), backOff.answered()]).toEqual([true, 'full', false])
  expect(backOff.silent(1)).toBeNull()
})
