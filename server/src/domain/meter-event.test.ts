import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { alarmOf, counterStep, recordsKept, sourceKey, stateChanges, type MeterEventSource } from './meter-event.ts'

describe('what an event is to a person', () => {
  const happened = { origin: 'record', byUs: false, wasThere: false } as const
  test.each([
    ['a cover', { ...happened, kind: 'meter-cover' }, 'theft-sign'],
    ['a cover that is open', { ...happened, kind: 'terminal-cover', origin: 'status' }, 'theft-sign'],
    ['a cover opened before our time', { ...happened, kind: 'meter-cover', wasThere: true }, null],
    ['programming by somebody', { ...happened, kind: 'programming' }, 'theft-sign'],
    ['programming by us', { ...happened, kind: 'programming', byUs: true }, null],
    ['a magnet, whoever', { ...happened, kind: 'magnetic-field', byUs: true }, 'theft-sign'],
    ['a battery that is low', { ...happened, kind: 'clock-battery-low', origin: 'status' }, 'meter-fault'],
    ['a phase that is missing', { ...happened, kind: 'phase-break', origin: 'status' }, 'supply-fault'],
    ['a phase that was missing', { ...happened, kind: 'phase-break' }, null],
    ['a trip for load', { ...happened, kind: 'overload-trip', origin: 'counter' }, 'overload'],
    ['a power failure', { ...happened, kind: 'power-failure' }, null],
    ['a trip', { ...happened, kind: 'trip' }, null],
  ] as const)('%s', (_, event, alarm) => expect(alarmOf(event)).toBe(alarm))
})

describe('a counter', () => {
  test.each([
    ['first seen, all that is remembered is history', null, 3, { fresh: 3, lost: 0, restarted: false }],
    ['first seen, long in use', null, 250, { fresh: 10, lost: 0, restarted: false }],
    ['unchanged', 7, 7, { fresh: 0, lost: 0, restarted: false }],
    ['grown', 7, 9, { fresh: 2, lost: 0, restarted: false }],
    ['grown beyond the memory', 7, 30, { fresh: 10, lost: 13, restarted: false }],
    ['fallen', 7, 2, { fresh: 2, lost: 0, restarted: true }],
    ['cleared', 7, 0, { fresh: 0, lost: 0, restarted: true }],
  ] as const)('%s', (_, before, count, expected) => expect(counterStep(before, count)).toEqual(expected))

  test('never asks for more than is kept, and accounts for every event', () =>
    fc.assert(
      fc.property(fc.nat(999_999), fc.nat(999_999), (before, count) => {
        const { fresh, lost, restarted } = counterStep(before, count)
        expect(fresh).toBeLessThanOrEqual(recordsKept)
        expect(fresh + lost).toBe(restarted ? count : count - before)
      }),
    ))
})

describe('states', () => {
  const sources = fc.uniqueArray(
    fc.record<MeterEventSource>({
      kind: fc.constantFrom('meter-cover', 'phase-break', 'clock-fault'),
      phase: fc.constantFrom(null, 'a', 'b', 'c'),
    }),
    { selector: sourceKey },
  )
  test('what was open, less what ended, with what began, is what is shown', () =>
    fc.assert(
      fc.property(sources, sources, (open, shown) => {
        const { begun, ended } = stateChanges(open, shown)
        const over = new Set(ended.map(sourceKey))
        const left = [...open.filter((source) => !over.has(sourceKey(source))), ...begun].map(sourceKey)
        expect(left.toSorted()).toEqual(shown.map(sourceKey).toSorted())
      }),
    ))
})
