import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { ProtocolError } from '../error.ts'
import { planReads, type ReadLimits, type RegisterSpan } from './read-plan.ts'

const limits: ReadLimits = { maxRegisters: 125, maxGap: 12 }

const covers = (read: RegisterSpan, span: RegisterSpan): boolean =>
  read.start <= span.start && span.start + span.count <= read.start + read.count

/** Whether one read brings all of these spans: short enough, and no gap longer than allowed. */
const isOneRead = (spans: readonly RegisterSpan[], { maxRegisters, maxGap }: ReadLimits): boolean => {
  const begin = Math.min(...spans.map(({ start }) => start))
  const end = Math.max(...spans.map(({ start, count }) => start + count))
  if (end - begin > maxRegisters) return false
  let unwanted = 0
  for (let register = begin; register < end; register++) {
    const wanted = spans.some(({ start, count }) => register >= start && register < start + count)
    unwanted = wanted ? 0 : unwanted + 1
    if (unwanted > maxGap) return false
  }
  return true
}

/** The fewest reads, by trying every way to share the spans out. */
const fewestByTrying = (spans: readonly RegisterSpan[], limits: ReadLimits): number => {
  let fewest = Number.POSITIVE_INFINITY
  const share = (index: number, groups: RegisterSpan[][]): void => {
    if (groups.length >= fewest) return
    const span = spans[index]
    if (span === undefined) {
      if (groups.every((group) => isOneRead(group, limits))) fewest = groups.length
      return
    }
    for (const group of groups) {
      group.push(span)
      share(index + 1, groups)
      group.pop()
    }
    groups.push([span])
    share(index + 1, groups)
    groups.pop()
  }
  share(0, [])
  return spans.length === 0 ? 0 : fewest
}

test('a plan covers everything, keeps its limits, and is the smallest there is', () => {
  const small = fc.record({
    limits: fc.record({ maxRegisters: fc.integer({ min: 4, max: 12 }), maxGap: fc.integer({ min: 0, max: 4 }) }),
    spans: fc.array(fc.record({ start: fc.integer({ min: 0, max: 30 }), count: fc.integer({ min: 1, max: 4 }) }), {
      maxLength: 7,
    }),
  })
  fc.assert(
    fc.property(small, ({ spans, limits }) => {
      const reads = planReads(spans, limits)
      for (const span of spans) expect(reads.some((read) => covers(read, span))).toBe(true)
      for (const read of reads)
        expect(
          isOneRead(
            spans.filter((span) => covers(read, span)),
            limits,
          ),
        ).toBe(true)
      expect(reads).toHaveLength(fewestByTrying(spans, limits))
    }),
    { numRuns: 1_000 },
  )
})

test('any number of spans is covered within the limits', () => {
  const spans = fc.array(
    fc.record({ start: fc.integer({ min: 0, max: 60_000 }), count: fc.integer({ min: 1, max: 125 }) }),
    { maxLength: 200 },
  )
  fc.assert(
    fc.property(spans, (spans) => {
      const reads = planReads(spans, limits)
      for (const read of reads) expect(read.count).toBeLessThanOrEqual(limits.maxRegisters)
      for (const span of spans) expect(reads.some((read) => covers(read, span))).toBe(true)
    }),
  )
})

test.each<[string, RegisterSpan[], RegisterSpan[]]>([
  ['nothing', [], []],
  ['one register', [{ start: 0, count: 1 }], [{ start: 0, count: 1 }]],
  [
    'the same twice',
    [
      { start: 7, count: 2 },
      { start: 7, count: 2 },
    ],
    [{ start: 7, count: 2 }],
  ],
  [
    'a gap that may be read',
    [
      { start: 0, count: 1 },
      { start: 13, count: 1 },
    ],
    [{ start: 0, count: 14 }],
  ],
  [
    'a gap too wide',
    [
      { start: 0, count: 1 },
      { start: 14, count: 1 },
    ],
    [
      { start: 0, count: 1 },
      { start: 14, count: 1 },
    ],
  ],
  [
    'a number is not torn at the longest read',
    [
      { start: 0, count: 124 },
      { start: 124, count: 2 },
    ],
    [
      { start: 0, count: 124 },
      { start: 124, count: 2 },
    ],
  ],
])('%s', (_, spans, reads) => {
  expect(planReads(spans, limits)).toEqual(reads)
})

test('a span that fits no read is a mistake of the caller', () => {
  expect(() => planReads([{ start: 0, count: 126 }], limits)).toThrow(ProtocolError)
})
