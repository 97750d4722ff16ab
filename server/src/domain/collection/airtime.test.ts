import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { planAirtime, type AirtimeLine } from './airtime.ts'

/** Two hundred DL/T 645 meters at 2400 bit/s 8E1, as the half-hour promise is made for. */
const line: AirtimeLine = {
  baudRate: 2_400,
  parity: 'even',
  deadShare: 0,
  silenceMs: 1_300,
  groups: [
    {
      name: 'dlt645',
      meters: 200,
      turnaroundMs: 60,
      quietMs: 0,
      sets: [
        {
          dataSet: 'energy',
          minutes: 30,
          exchanges: [
            { request: 20, reply: 40 },
            { request: 20, reply: 22 },
            { request: 20, reply: 23 },
          ],
        },
      ],
    },
  ],
}
const [group] = line.groups
if (group === undefined) throw new Error('no group')

test('a line at 2400 bit/s carries two hundred meters every half hour, with the figures of the bytes', () => {
  const plan = planAirtime(line)
  // 145 bytes of 11 bits and three turnarounds.
  const meterMs = (145 * 11_000) / 2_400 + 180
  expect(plan.energyRoundMs).toBeCloseTo(200 * meterMs, 6)
  expect(plan.share).toBeCloseTo((200 * meterMs) / 1_800_000, 9)
  expect(plan.sets).toEqual([{ dataSet: 'energy', exchangesPerHour: 1_200, share: plan.share }])
  expect(plan.longestExchangeMs).toBeCloseTo((60 * 11_000) / 2_400 + 60, 9)
  expect(plan.verdict).toBe('holds')
})

test('the promise fails where a round is longer than its interval', () => {
  const fast = { ...line, groups: [{ ...group, sets: group.sets.map((set) => ({ ...set, minutes: 2 })) }] }
  const plan = planAirtime(fast)
  expect(plan.verdict).toBe('fails')
  expect(plan.share).toBeGreaterThan(1)
  expect(plan.reserve).toBeLessThan(0)
})

test('it is tight where less than a fifth is left', () => {
  const plan = planAirtime({ ...line, groups: [{ ...group, meters: 1_800 }] })
  expect(plan.reserve).toBeGreaterThan(0)
  expect(plan.reserve).toBeLessThan(0.2)
  expect(plan.verdict).toBe('tight')
})

test('an empty line has all its time', () => {
  const plan = planAirtime({ ...line, groups: [] })
  expect(plan).toMatchObject({ share: 0, reserve: 1, energyIntervalMs: null, room: 0, verdict: 'holds' })
})

test('with `room` times as many meters a fifth is left, and twice the meters take twice the share', () => {
  const meters = fc.integer({ min: 1, max: 300 })
  fc.assert(
    fc.property(
      meters,
      fc.constantFrom(1_200, 2_400, 9_600),
      fc.integer({ min: 0, max: 10 }),
      (count, baudRate, dead) => {
        const of = (factor: number) =>
          planAirtime({ ...line, baudRate, deadShare: dead / 10, groups: [{ ...group, meters: count * factor }] })
        expect(of(2).share).toBeCloseTo(2 * of(1).share, 9)
        expect(of(of(1).room).reserve).toBeCloseTo(0.2, 9)
      },
    ),
  )
})
