import { describe, expect, test } from 'vitest'
import { seededRandom } from '../random.ts'
import { handClock } from '../time/hand-clock.ts'
import { faultsSchema, Outlet, type GatewayFaults } from './outlet.ts'

const piece = (value: number, length = 4): Uint8Array => new Uint8Array(length).fill(value)

const open = (faults: Partial<GatewayFaults>, seed = 1) => {
  const clock = handClock({ now: 0 })
  const written: { at: number; bytes: number[] }[] = []
  let drops = 0
  const outlet = new Outlet(faultsSchema.parse(faults), {
    clock,
    random: seededRandom(seed),
    write: (bytes) => written.push({ at: clock.elapsedMs(), bytes: [...bytes] }),
    drop: () => (drops += 1),
  })
  return { clock, outlet, written, drops: () => drops }
}

test('without faults each answer leaves at once and whole', () => {
  const { outlet, written } = open({})
  outlet.deliver(piece(1))
  outlet.deliver(piece(2))
  expect(written).toEqual([
    { at: 0, bytes: [1, 1, 1, 1] },
    { at: 0, bytes: [2, 2, 2, 2] },
  ])
})

test('answers that come close together leave as one', () => {
  const { clock, outlet, written } = open({ coalesceMs: 50 })
  outlet.deliver(piece(1, 2))
  clock.pass(30)
  outlet.deliver(piece(2, 2))
  clock.pass(100)
  outlet.deliver(piece(3, 2))
  clock.pass(100)
  expect(written).toEqual([
    { at: 50, bytes: [1, 1, 2, 2] },
    { at: 180, bytes: [3, 3] },
  ])
})

test('a split answer leaves in two, complete and in order', () => {
  const { clock, outlet, written } = open({ split: 1, splitGapMs: 30 })
  const whole = Uint8Array.from({ length: 20 }, (_, index) => index)
  outlet.deliver(whole)
  clock.pass(100)
  expect(written.map(({ at }) => at)).toEqual([0, 30])
  expect(written.flatMap(({ bytes }) => bytes)).toEqual([...whole])
  outlet.deliver(piece(9, 1))
  expect(written.length).toBe(3)
})

test('a held answer comes after the next one', () => {
  const { clock, outlet, written } = open({ hold: 0.5, holdMs: 500 }, 3)
  for (let value = 1; value <= 20; value += 1) {
    outlet.deliver(piece(value, 1))
    clock.pass(100)
  }
  clock.pass(1_000)
  const order = written.map(({ bytes }) => bytes[0] ?? 0)
  expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, index) => index + 1))
  expect(order).not.toEqual([...order].sort((a, b) => a - b))
})

test('a mix-up gives each request the answer to the one before, until it ends', () => {
  const { outlet, written } = open({ mixUp: 0.3 }, 5)
  for (let value = 1; value <= 60; value += 1) {
    const before = written.length
    outlet.deliver(piece(value, 1))
    const said = written[before]?.bytes[0]
    expect([undefined, value, value - 1]).toContain(said)
  }
  const late = written.filter(({ bytes }, index) => bytes[0] !== undefined && index > 0).length
  expect(late).toBeGreaterThan(20)
})

describe('a drop', () => {
  test('cuts the connection instead of answering, so often as is said', () => {
    const { outlet, written, drops } = open({ drop: 0.25 }, 9)
    for (let value = 0; value < 400; value += 1) outlet.deliver(piece(1))
    expect(drops() + written.length).toBe(400)
    expect(Math.abs(drops() - 100)).toBeLessThan(40)
  })
})

test('nothing leaves after it was closed', () => {
  const { clock, outlet, written } = open({ coalesceMs: 50 })
  outlet.deliver(piece(1))
  outlet.close()
  clock.pass(100)
  expect(written).toEqual([])
})
