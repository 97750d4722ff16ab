import { expect, test } from 'vitest'
import { createLab } from '../lab/create-lab.ts'
import { control, frame, read, write } from '../lab/frames.test-support.ts'
import { bcd } from './bytes.ts'

const now = Date.UTC(2026, 2, 2)
const hourMs = 3_600_000
const meter = {
  constantWatts: 2_000,
  prepayment: { prices: [1, 1, 1, 1], balance: 500, alarm1: 20 },
  memory: { hourlyMinutes: 60 as const, profileMinutes: 60 as const },
  relay: { button: true },
}
const lab = (at: number) => createLab({ now: at, line: { timing: 'none' }, meters: [meter] })

const ids = [0x0001_ff00, 0x0101_0000, 0x0090_0200, 0x0330_0001, 0x0504_0101, 0x0506_0101, 0x0501_0001, 0x0500_0001]
const rest = [0x1d00_ff01, 0x0400_1401, 0x0400_0503, 0x0401_0001, 0x0311_0001]

const worn = () => {
  const bench = lab(now)
  bench.ask(write(0x0402_0001, Uint8Array.from([2, 0, 0])))
  bench.ask(write(0x0400_0107, bcd(2_603_020_000, 5)))
  bench.ask(write(0x0400_1401, bcd(1, 2)))
  bench.ask(frame(0x16, Uint8Array.from([0x20, 0x99, 0x99, 0x99])))
  bench.meters[0]?.change({ lostPhases: 7 })
  bench.clock.pass(hourMs)
  bench.meters[0]?.change({ lostPhases: 0 })
  bench.clock.pass(30 * hourMs)
  bench.ask(control(0x1a))
  bench.clock.pass(30_000)
  bench.ask(frame(0x16, new Uint8Array(4).fill(0x99)))
  return bench
}

test('a meter that is written down and read again is the same to whoever asks it', () => {
  const before = worn()
  const text = JSON.stringify(before.meters[0]?.save())
  const after = lab(before.clock.now())
  after.meters[0]?.load(JSON.parse(text))
  for (const identifier of [...ids, ...rest])
    expect([identifier, after.ask(read(identifier))]).toEqual([identifier, before.ask(read(identifier))])
  expect(after.meters[0]?.look()).toEqual(before.meters[0]?.look())
  expect(JSON.stringify(after.meters[0]?.save())).toBe(text)
})

test('what waits goes on waiting, and the time between is not lived', () => {
  const before = worn()
  const energy = before.meters[0]?.look().totalWh
  const saved = before.meters[0]?.save()
  const after = lab(before.clock.now() + 1_000 * hourMs)
  if (saved !== undefined) after.meters[0]?.load(saved)
  expect(after.meters[0]?.look()).toMatchObject({ totalWh: energy, relay: { commanded: 'open', actual: 'closed' } })
  after.clock.pass(29_000)
  expect(after.meters[0]?.look().relay.actual).toBe('closed')
  after.clock.pass(2_000)
  expect(after.meters[0]?.look().relay.actual).toBe('open')
  expect(after.meters[0]?.look().ratesWh[1]).not.toBe('0')
})

test('what is no memory of a meter is refused', () => {
  const bench = lab(now)
  expect(() => bench.meters[0]?.load({ registers: 'none' } as never)).toThrow(/registers/u)
})
