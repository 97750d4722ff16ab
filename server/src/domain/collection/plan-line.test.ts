import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { defaultPaces, type DataSet } from './data-set.ts'
import { collected, failed, mostTries, nothingYet, planLine, type PlannedMeter, type Progress } from './plan-line.ts'
import type { Paces } from './schedule-rule.ts'
import { localDays } from './slot.ts'

const days = localDays('Asia/Shanghai')
const noon = Date.parse('2026-03-02T12:00:00+08:00')
const minute = 60_000
const off = { instantaneous: null, states: null, events: null, demand: null, freeze: null, parameters: null } as const
const energyOnly: Paces = { ...defaultPaces, ...off }
/** Line 0 and meter 0 have no offset, so times can be read. */
const meter = (id: number, paces = energyOnly): PlannedMeter => ({ id, gatewayId: 0, paces, days })

/** A line and what is remembered of it, driven by hand. */
const createLine = (meters: readonly PlannedMeter[]) => {
  const known = new Map<string, Progress>()
  const key = (meterId: number, dataSet: DataSet): string => `${String(meterId)} ${dataSet}`
  const pauses = new Map<number, number>()
  const progressOf = (meterId: number, dataSet: DataSet): Progress => known.get(key(meterId, dataSet)) ?? nothingYet
  const set = (meterId: number, dataSet: DataSet, progress: Progress): void => {
    known.set(key(meterId, dataSet), progress)
  }
  return {
    pauses,
    progressOf,
    set,
    plan(now: number) {
      const plan = planLine({
        meters,
        now,
        progressOf,
        pausedUntil: (id) => {
          const until = pauses.get(id)
          return until !== undefined && until > now ? until : null
        },
      })
      for (const { meterId, dataSet, progress } of plan.changed) set(meterId, dataSet, progress)
      return plan
    },
  }
}

describe('a line', () => {
  test('has everything due at once in the beginning, energy first', () => {
    const line = createLine([meter(1, defaultPaces), meter(2)])
    const { due } = line.plan(noon + 60_000)
    expect(due.map(({ meterId, dataSet }) => `${String(meterId)} ${dataSet}`).slice(0, 3)).toEqual([
      '1 energy',
      '2 energy',
      '1 instantaneous',
    ])
  })

  test('has nothing due after collecting, until the next slot, whose time the plan names', () => {
    const line = createLine([meter(1)])
    const [item] = line.plan(noon + minute).due
    if (item === undefined) throw new Error('nothing is due')
    expect(item.slot).toEqual({ start: noon, dueAt: noon, deadlineAt: noon + 30 * minute })
    line.set(1, 'energy', collected(line.progressOf(1, 'energy'), item.slot, noon + minute))
    const idle = line.plan(noon + 2 * minute)
    expect(idle).toMatchObject({ due: [], missed: [], nextAt: noon + 30 * minute })
    expect(line.plan(noon + 30 * minute).due).toMatchObject([{ meterId: 1, slot: { start: noon + 30 * minute } }])
  })

  test('misses what has not come in its slot, and begins the next with those who have waited longest', () => {
    const line = createLine([meter(1), meter(2), meter(3)])
    const first = line.plan(noon)
    for (const { meterId, slot } of first.due)
      if (meterId !== 3) line.set(meterId, 'energy', collected(line.progressOf(meterId, 'energy'), slot, noon))
    const second = line.plan(noon + 30 * minute)
    expect(second.missed).toEqual([{ meterId: 3, dataSet: 'energy', slotAt: noon, tries: 0 }])
    expect(second.due.map(({ meterId }) => meterId)).toEqual([3, 1, 2])
    expect(line.plan(noon + 31 * minute).missed).toEqual([])
  })

  test('tries a silent meter again within the slot, later and not for ever', () => {
    const line = createLine([meter(1)])
    let now = noon
    const tries: number[] = []
    for (let step = 0; step < 100 && now < noon + 30 * minute; step += 1) {
      const plan = line.plan(now)
      const [item] = plan.due
      if (item === undefined) now = plan.nextAt
      else {
        tries.push((now - noon) / minute)
        line.set(1, 'energy', failed(line.progressOf(1, 'energy'), item.slot, now).progress)
      }
    }
    expect(tries).toEqual([0, 7.5, 15])
    expect(tries.length).toBe(mostTries)
    // Its slot has ended with the last try: it is told once, by `final`, and not missed on top of it.
    expect(line.plan(noon + 30 * minute).missed).toEqual([])
  })

  test('lets a paused meter be: nothing is due, nothing is missed, and it goes on when the pause is over', () => {
    const line = createLine([meter(1), meter(2)])
    line.plan(noon)
    line.pauses.set(1, noon + 40 * minute)
    const paused = line.plan(noon + minute)
    expect(paused.due.map(({ meterId }) => meterId)).toEqual([2])
    expect(line.plan(noon + 30 * minute).missed.map(({ meterId }) => meterId)).toEqual([2])
    const plan = line.plan(noon + 39 * minute)
    expect(plan.nextAt).toBe(noon + 40 * minute)
    const after = line.plan(noon + 40 * minute)
    expect(after.missed).toEqual([])
    expect(after.due.map(({ meterId }) => meterId)).toContain(1)
    // Also when the pause ends in the slot in which it began.
    line.pauses.set(2, noon + 42 * minute)
    expect(line.plan(noon + 41 * minute).due.map(({ meterId }) => meterId)).toEqual([1])
    expect(line.plan(noon + 42 * minute).due.map(({ meterId }) => meterId)).toEqual([1, 2])
  })

  test('forgets a set that is no longer collected', () => {
    const line = createLine([meter(1, { ...energyOnly, demand: 60 })])
    line.plan(noon)
    const stopped = createLine([meter(1)])
    stopped.set(1, 'demand', line.progressOf(1, 'demand'))
    expect(stopped.plan(noon + 60 * minute).missed).toEqual([])
  })
})

test('every slot of every meter is collected or missed, exactly once, whatever the line has time for', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 6 }),
      fc.array(fc.record({ waitMinutes: fc.integer({ min: 1, max: 20 }), takes: fc.integer({ min: 0, max: 4 }) }), {
        minLength: 20,
        maxLength: 60,
      }),
      (count, steps) => {
        const line = createLine(Array.from({ length: count }, (_, index) => meter(index + 1)))
        const ends: string[] = []
        let now = noon
        for (const { waitMinutes, takes } of steps) {
          const plan = line.plan(now)
          ends.push(...plan.missed.map(({ meterId, slotAt }) => `${String(meterId)} ${String(slotAt)}`))
          for (const { meterId, slot } of plan.due.slice(0, takes)) {
            ends.push(`${String(meterId)} ${String(slot.start)}`)
            line.set(meterId, 'energy', collected(line.progressOf(meterId, 'energy'), slot, now))
          }
          now += waitMinutes * minute
        }
        line.plan(now).missed.forEach(({ meterId, slotAt }) => ends.push(`${String(meterId)} ${String(slotAt)}`))
        expect(new Set(ends).size).toBe(ends.length)
        const over = Math.floor((now - noon) / (30 * minute))
        const ended = new Set(ends)
        for (let slot = 0; slot < over; slot += 1)
          for (let id = 1; id <= count; id += 1)
            expect(ended.has(`${String(id)} ${String(noon + slot * 30 * minute)}`)).toBe(true)
      },
    ),
  )
})
