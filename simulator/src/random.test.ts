import { expect, test } from 'vitest'
import { seededRandom, seedFor } from './random.ts'

const numbers = (seed: number, count: number): number[] => {
  const random = seededRandom(seed)
  return Array.from({ length: count }, random)
}

test('the same seed gives the same numbers, another one others', () => {
  expect(numbers(4_711, 100)).toEqual(numbers(4_711, 100))
  expect(numbers(4_711, 100)).not.toEqual(numbers(4_712, 100))
})

test('numbers are spread evenly over [0, 1)', () => {
  const drawn = numbers(7, 100_000)
  expect(drawn.every((value) => value >= 0 && value < 1)).toBe(true)
  const tenths = Array.from(
    { length: 10 },
    (_, tenth) => drawn.filter((value) => Math.floor(value * 10) === tenth).length,
  )
  // 10 000 each, with a standard deviation of 95.
  for (const count of tenths) expect(Math.abs(count - 10_000)).toBeLessThan(600)
})

test('each of many has a seed of its own', () => {
  const seeds = Array.from({ length: 10_000 }, (_, number) => seedFor(1, number))
  expect(new Set(seeds).size).toBe(10_000)
  expect(seedFor(1, 0)).not.toBe(seedFor(2, 0))
})
