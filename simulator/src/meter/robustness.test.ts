import { encodeFrame, fromHex, type Frame } from '@xianfu/protocols'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import frames from '../../../protocols/fixtures/dlt645-frames.jsonl?raw'
import { createLab } from '../lab/create-lab.ts'
import { address, credentials } from '../lab/frames.test-support.ts'
import { joined } from './bytes.ts'

const now = Date.UTC(2026, 2, 2)
const meter = {
  constantWatts: 2_500,
  security: { key: 'k' },
  prepayment: { prices: [1, 0.8, 0.6, 0.3], balance: 50, alarm1: 20, alarm2: 10, customerNumber: '000000004711' },
  overload: { watts: 5_000 },
  malignantLoad: { stepWatts: 3_000 },
  timeControl: { off: [{ from: '12:00', to: '13:00' }] },
  singleRunMinutes: 90,
  memory: { hourlyMinutes: 30 as const, profileMinutes: 15 as const },
  relay: { button: true, tripCurrentLimitAmperes: 10, tripCurrentDelayMinutes: 3 },
}
const lab = () =>
  createLab({ now, line: { timing: 'none' }, meters: [meter, { modbus: { unit: 1, model: 'acrel-dtsy1352' } }] })

/** Half of them with a right password in front, so that they get further. */
const requests = fc.record({
  control: fc.integer({ min: 0, max: 0xff }),
  address: fc.constantFrom(address, 'AAAAAAAAAAAA', '999999999999', 'AAAAAAAA0001'),
  data: fc
    .tuple(fc.boolean(), fc.uint8Array({ maxLength: 4 }), fc.uint8Array({ maxLength: 60 }))
    .map(([isTrusted, head, tail]) => (isTrusted ? joined(head, credentials, tail) : joined(head, tail))),
})

describe('whatever is sent', () => {
  test('a meter answers in a frame of its own name or not at all, and goes on', () => {
    const bench = lab()
    fc.assert(
      fc.property(requests, (request: Frame) => {
        const before = bench.heard.length
        bench.line.send(encodeFrame(request))
        const said = bench.frames().length
        expect(bench.heard.length - before).toBeLessThanOrEqual(1)
        expect(said).toBe(bench.heard.length)
        bench.clock.pass(60_000)
      }),
      { numRuns: 300 },
    )
  })

  test('bytes that are no frames are nothing', () => {
    const bench = lab()
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        bench.line.send(bytes)
        bench.clock.pass(700)
      }),
      { numRuns: 300 },
    )
    expect(bench.frames()).toEqual([])
  })

  test('frames of the field, given to the meter by name, are answered or not, but never break it', () => {
    const bench = lab()
    const sent = frames
      .trim()
      .split('\n')
      .map((line) => fromHex((JSON.parse(line) as { hex: string }).hex))
    expect(sent.length).toBeGreaterThan(50)
    for (const bytes of sent) {
      const start = bytes.indexOf(0x68)
      const own = bytes.slice(start)
      own.set(Uint8Array.from([1, 0, 0, 0, 0, 0]), 1)
      own[own.length - 2] = own.subarray(0, -2).reduce((sum, byte) => (sum + byte) & 0xff, 0)
      bench.line.send(own)
      bench.clock.pass(1_000)
    }
    expect(bench.meters[0]?.look().address).toBe(address)
  })
})

const changes = fc.oneof(
  fc.record({ constantWatts: fc.integer({ min: 0, max: 9_000 }) }),
  fc.record({ lostPhases: fc.integer({ min: 0, max: 7 }) }),
  fc.constant({ pressButton: true as const }),
  fc.record({ relayActual: fc.constantFrom('open' as const, 'closed' as const) }),
  fc.record({ keepPower: fc.boolean() }),
  fc.record({ clockStepMs: fc.integer({ min: -90_000_000, max: 90_000_000 }) }),
  fc.record({ bypassPercent: fc.integer({ min: 0, max: 100 }) }),
)

test('whatever happens, energy only grows, its parts add up, and money falls by what was used', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(changes, fc.integer({ min: 0, max: 7_200_000 })), { maxLength: 30 }),
      (happenings) => {
        const bench = lab()
        const first = bench.meters[0]
        let totalWh = 0
        for (const [change, ms] of happenings) {
          first?.change(change)
          bench.clock.pass(ms)
          const seen = first?.look()
          const total = Number(seen?.totalWh)
          expect(total).toBeGreaterThanOrEqual(totalWh)
          totalWh = total
          const rates = seen?.ratesWh.map(Number) ?? []
          expect(Math.abs(total - rates.reduce((sum, wh) => sum + wh, 0))).toBeLessThanOrEqual(3)
        }
        const { wallet, ratesWh = [] } = first?.look() ?? {}
        const [sharp = 0, peak = 0, flat = 0, valley = 0] = ratesWh.map(Number)
        const spentFen = (sharp * 100 + peak * 80 + flat * 60 + valley * 30) / 1_000
        const leftFen = (wallet?.balanceFen ?? 0) - (wallet?.overdraftFen ?? 0)
        expect(Math.abs(5_000 - spentFen - leftFen)).toBeLessThanOrEqual(1)
      },
    ),
    { numRuns: 60 },
  )
})
