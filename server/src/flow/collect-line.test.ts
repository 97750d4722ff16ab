import { expect, test } from 'vitest'
import { defaultPaces } from '../domain/collection/data-set.ts'
import type { Paces } from '../domain/collection/schedule-rule.ts'
import { simulateLine, type SimulatedLine } from './testing/simulated-line.ts'

const minute = 60_000
const energyOnly: Paces = {
  energy: 30,
  instantaneous: null,
  states: null,
  events: null,
  demand: null,
  freeze: null,
  parameters: null,
}
const line = { baudRate: 2_400, parity: 'even' } as const

/** Half hours since midnight in which each meter was read. */
const slotsOf = ({ readings, from }: SimulatedLine, meterId: number): number[] =>
  (readings.get(meterId) ?? []).map((at) => Math.floor((at - from) / (30 * minute)))

test('a full line at 2400 bit/s reads every meter once in every half hour, in the same order', async () => {
  const run = await simulateLine({ line, meters: 200, dead: 0, turnaroundMs: 60, paces: energyOnly, hours: 2 })
  for (let id = 1; id <= 200; id += 1) expect(slotsOf(run, id)).toEqual([0, 1, 2, 3])
  expect(run.missed).toEqual([])
  expect(run.exchanges).toBe(200 * 3 * 4)
  const [first = 0] = run.readings.get(1) ?? []
  const [last = 0] = run.readings.get(200) ?? []
  expect(last).toBeGreaterThan(first)
  expect(last - first).toBeLessThan(4 * minute)
})

test('where half of the meters are dead the others are still read in every half hour, and the dead are told', async () => {
  const run = await simulateLine({ line, meters: 100, dead: 50, turnaroundMs: 60, paces: energyOnly, hours: 2 })
  for (let id = 51; id <= 100; id += 1) expect(slotsOf(run, id)).toEqual([0, 1, 2, 3])
  expect([...run.readings.keys()].every((id) => id > 50)).toBe(true)
  expect(run.missed.length).toBe(50 * 4)
  expect(new Set(run.missed.map(({ reason }) => reason))).toEqual(new Set(['no-answer']))
})

test('a line that has too little time misses turns, fairly, and says why', async () => {
  // 200 meters of 0.84 s in every minute: about a third can be read.
  const paces = { ...energyOnly, energy: 1 }
  const run = await simulateLine({ line, meters: 200, dead: 0, turnaroundMs: 60, paces, hours: 0.25 })
  expect(new Set(run.missed.map(({ reason }) => reason))).toEqual(new Set(['line-busy']))
  const counts = Array.from({ length: 200 }, (_, index) => run.readings.get(index + 1)?.length ?? 0)
  expect(Math.min(...counts)).toBeGreaterThan(0)
  // One more or less for the round that the run ends in, and one for a read that crosses the end of a turn.
  expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(2)
})

test('what is less urgent comes after the energy, and never in its place', async () => {
  const paces: Paces = { ...defaultPaces, instantaneous: 30 }
  const run = await simulateLine({ line, meters: 100, dead: 0, turnaroundMs: 60, paces, hours: 1 })
  for (let id = 1; id <= 100; id += 1) expect(slotsOf(run, id)).toEqual([0, 1])
  // Of the day before, whose turn was ending when the line came into being, nothing is left to collect.
  expect(run.missed.filter(({ dataSet }) => dataSet === 'energy')).toEqual([])
  expect(run.missed.filter(({ slotAt }) => slotAt >= run.from)).toEqual([])
  const [, second] = Array.from({ length: 2 }, (_, slot) =>
    Math.max(...[...run.readings.values()].map((times) => (times[slot] ?? 0) - run.from - slot * 30 * minute)),
  )
  expect(second).toBeLessThan(3 * minute)
})

test('states and events are followed in their own turns, once each, by their own collector', async () => {
  const paces: Paces = { ...energyOnly, states: 60, events: 120 }
  const run = await simulateLine({ line, meters: 20, dead: 0, turnaroundMs: 60, paces, hours: 4 })
  for (let id = 1; id <= 20; id += 1) {
    const turns = (dataSet: string): number =>
      run.followed.filter((one) => one.dataSet === dataSet && one.meterId === id).length
    // The turn that was running when the line came into being may be one more.
    expect([4, 5]).toContain(turns('states'))
    expect([2, 3]).toContain(turns('events'))
    expect(slotsOf(run, id)).toEqual([0, 1, 2, 3, 4, 5, 6, 7])
  }
  // Of turns that were ending when the line came into being nothing is left to collect.
  expect(run.missed.filter(({ slotAt }) => slotAt >= run.from)).toEqual([])
})
