import { statusWord3, type Frame } from '@xianfu/protocols'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createLab, type LabOptions } from '../lab/create-lab.ts'
import { control, credentials, frame, hex, number, read, write } from '../lab/frames.test-support.ts'
import { bcd, binary, joined } from './bytes.ts'
import { sealOrder, testCipher, testMac } from './security/test-esam.ts'

const midnight = Date.UTC(2026, 2, 1, 16)
const hourMs = 3_600_000
const key = 'a key of this test'
const customer = '000000004711'
/** One yuan a kWh in every rate: at 1 kW, one yuan an hour. */
const purse = { prices: [1, 1, 1, 1], balance: 10, alarm1: 5, alarm2: 2, overdraft: 1, customerNumber: customer }

const lab = (prepayment: object = {}, meter: object = {}, options: Partial<LabOptions> = {}) =>
  createLab({
    now: midnight,
    line: { timing: 'none' },
    meters: [{ constantWatts: 1_000, security: { key }, prepayment: { ...purse, ...prepayment }, ...meter }],
    ...options,
  })
type Bench = ReturnType<typeof lab>

const look = ({ meters }: Bench) => {
  const seen = meters[0]?.look()
  if (seen === undefined) throw new Error('no meter')
  return seen
}
const balance = (bench: Bench): number => number(bench.ask(read(0x0090_0200)), 4)
const security = (identifier: number, data: Uint8Array): Frame =>
  frame(0x03, joined(binary(identifier, 4), new Uint8Array(4), data))
const random1 = Uint8Array.from([9, 8, 7, 6, 5, 4, 3, 2])
const factor = Uint8Array.from([1, 0, 0, 0, 0, 0, 0, 0])
const identity = joined(random1, factor)
const authenticate = (bench: Bench): Uint8Array => {
  const answer = bench.ask(security(0x0700_00ff, joined(testCipher(key, identity), identity)))
  expect(answer?.control).toBe(0x83)
  return (answer?.data ?? new Uint8Array(16)).slice(4, 8)
}
const buy = (fen: number, count: number, options: { opens?: boolean; customer?: string; key?: string } = {}): Frame => {
  const money = joined(binary(fen, 4), binary(count, 4))
  const number = bcd(Number(options.customer ?? customer), 6)
  const by = options.key ?? key
  return security(
    options.opens === true ? 0x0701_01ff : 0x0701_02ff,
    joined(money, testMac(by, money), number, testMac(by, number)),
  )
}
/** The SERR word of a refusal, 0 for a normal answer. */
const refusal = (answer: Frame | null): number =>
  answer === null ? -1 : answer.control === 0xc3 ? (answer.data[0] ?? 0) | ((answer.data[1] ?? 0) << 8) : 0

describe('the purse', () => {
  test('pays for each whole Wh by the price of its rate', () => {
    const bench = lab(
      { prices: [1.2345, 0.9, 0.6, 0.3], balance: 100 },
      {},
      {
        timetable: [
          { fromMinute: 0, rate: 4 },
          { fromMinute: 60, rate: 1 },
        ],
      },
    )
    bench.clock.pass(2 * hourMs)
    // 100 − 0.3 − 1.2345 = 98.4655, shown cut off.
    expect(balance(bench)).toBe(9_846)
  })

  test('trips at the very moment when overdraft and money are used up, however often anybody looks', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 12 * hourMs }), { maxLength: 8 }), (looks) => {
        const bench = lab()
        let at = 0
        for (const moment of [...looks].sort((a, b) => a - b)) {
          bench.clock.pass(moment - at)
          at = moment
          bench.meters[0]?.touch()
        }
        bench.clock.pass(12 * hourMs - at)
        // 11 yuan are 11 kWh; the contacts take 40 ms more, 11 mWh.
        expect(look(bench)).toMatchObject({
          totalWh: '11000',
          relay: { commanded: 'open', actual: 'open', cause: 'balance' },
          wallet: { balanceFen: 0, overdraftFen: 100 },
        })
      }),
      { numRuns: 30 },
    )
  })

  test('warns below alarm 1, trips once as a warning at alarm 2, and goes on after the button', () => {
    const bench = lab({}, { relay: { button: true } })
    const isAlarming = (): boolean =>
      statusWord3(Buffer.from(bench.ask(read(0x0400_0503))?.data ?? []).readUInt16LE(4)).preTripAlarm
    bench.clock.pass(5 * hourMs - 1)
    expect(isAlarming()).toBe(false)
    bench.clock.pass(1)
    expect(isAlarming()).toBe(true)
    expect(bench.meters[0]?.display().signs).toEqual(['请购电'])
    bench.clock.pass(4 * hourMs)
    expect(look(bench)).toMatchObject({ totalWh: '8000', relay: { actual: 'open', cause: 'warning' } })
    bench.meters[0]?.change({ pressButton: true })
    bench.clock.pass(20 * hourMs)
    expect(look(bench)).toMatchObject({ totalWh: '11000', relay: { actual: 'open', cause: 'balance' } })
    // Now there is no money at all, and the button helps no more.
    bench.meters[0]?.change({ pressButton: true })
    bench.clock.pass(hourMs)
    expect(look(bench).relay.actual).toBe('open')
  })

  test('an alarm limit of zero is no alarm: an overdraft is used without a warning trip', () => {
    const bench = lab({ alarm1: 0, alarm2: 0, overdraft: 4 }, { relay: { button: true } })
    bench.clock.pass(13 * hourMs)
    expect(look(bench)).toMatchObject({ relay: { actual: 'closed' }, wallet: { overdraftFen: 300 } })
    expect(bench.meters[0]?.display().signs).toEqual([])
    bench.clock.pass(hourMs + 1_000)
    expect(look(bench).relay).toMatchObject({ actual: 'open', cause: 'balance' })
  })

  test('does not trip under keep-power, and trips when it ends', () => {
    const bench = lab()
    bench.ask(control(0x3a))
    bench.clock.pass(20 * hourMs)
    expect(look(bench)).toMatchObject({ relay: { actual: 'closed' }, wallet: { overdraftFen: 1_000 } })
    bench.ask(control(0x3b))
    bench.clock.pass(1_000)
    expect(look(bench).relay.actual).toBe('open')
  })

  test('restores supply only when there is enough, and pays an overdraft first', () => {
    const bench = lab({ closeFrom: 5 })
    bench.clock.pass(12 * hourMs)
    authenticate(bench)
    expect(refusal(bench.ask(buy(300, 1)))).toBe(0)
    bench.clock.pass(1_000)
    expect(look(bench)).toMatchObject({ relay: { actual: 'open' }, wallet: { balanceFen: 200, overdraftFen: 0 } })
    expect(refusal(bench.ask(buy(400, 2)))).toBe(0)
    bench.clock.pass(1_000)
    expect(look(bench)).toMatchObject({ relay: { actual: 'closed' }, wallet: { balanceFen: 600 } })
  })

  test('money does not close what the master has opened', () => {
    const bench = lab()
    bench.ask(control(0x1a))
    authenticate(bench)
    expect(refusal(bench.ask(buy(5_000, 1)))).toBe(0)
    bench.clock.pass(1_000)
    expect(look(bench).relay).toMatchObject({ commanded: 'open', actual: 'open' })
  })

  test('prices written ahead come into force at their moment', () => {
    const bench = lab({ balance: 100 })
    expect(bench.ask(write(0x0405_0203, bcd(20_000, 4)))?.control).toBe(0x94)
    // From 02:00 on 2 March 2026.
    expect(bench.ask(write(0x0400_0108, bcd(2_603_020_200, 5)))?.control).toBe(0x94)
    bench.clock.pass(3 * hourMs)
    expect(balance(bench)).toBe(10_000 - 100 - 100 - 200)
    expect(number(bench.ask(read(0x0405_0103)), 4)).toBe(20_000)
    expect(number(bench.ask(read(0x0280_0020)), 4)).toBe(20_000)
  })

  test('gives back by 04001006 what is in it, and no more', () => {
    const bench = lab()
    expect(bench.ask(write(0x0400_1006, binary(1_001, 4)))?.control).toBe(0xd4)
    expect(bench.ask(write(0x0400_1006, binary(400, 4)))?.control).toBe(0x94)
    expect(balance(bench)).toBe(600)
  })
})

describe('a purchase', () => {
  test('needs an identity, which holds five minutes', () => {
    const bench = lab()
    expect(refusal(bench.ask(buy(100, 1)))).toBe(1 << 3)
    authenticate(bench)
    bench.clock.pass(5 * 60_000 - 1)
    expect(refusal(bench.ask(buy(100, 1)))).toBe(0)
    bench.clock.pass(1)
    expect(refusal(bench.ask(buy(100, 2)))).toBe(1 << 3)
  })

  test('is taken with the next count only: again is "repeated", anything else is refused', () => {
    const bench = lab({}, { constantWatts: 0 })
    authenticate(bench)
    expect(refusal(bench.ask(buy(1_000, 1)))).toBe(0)
    expect(refusal(bench.ask(buy(1_000, 1)))).toBe(1 << 1)
    expect(refusal(bench.ask(buy(1_000, 3)))).toBe(1 << 5)
    expect(refusal(bench.ask(buy(1_000, 0)))).toBe(1 << 5)
    expect(balance(bench)).toBe(2_000)
    expect(refusal(bench.ask(buy(500, 2)))).toBe(0)
    expect(balance(bench)).toBe(2_500)
  })

  test('whatever is sent, money comes once for each count and never without', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 6 }), { maxLength: 25 }), (counts) => {
        const bench = lab({ balance: 0 }, { constantWatts: 0 })
        authenticate(bench)
        let accepted = 0
        for (const count of counts) {
          const isNext = count === accepted + 1
          const expected = count === accepted ? 1 << 1 : 1 << 5
          expect(refusal(bench.ask(buy(100, count)))).toBe(isNext ? 0 : expected)
          if (isNext) accepted += 1
        }
        expect(look(bench).wallet).toMatchObject({ balanceFen: accepted * 100, purchases: accepted })
      }),
      { numRuns: 40 },
    )
  })

  test.each([
    ['another customer', 1 << 4, buy(100, 1, { customer: '000000004712' })],
    ['a wrong MAC', 1 << 2, buy(100, 1, { key: 'another key' })],
    ['more than the hoarding limit', 1 << 6, buy(49_001, 1)],
    ['an account that is open already', 1 << 5, buy(100, 1, { opens: true })],
  ])('of %s is refused', (_, expected, request) => {
    const bench = lab({ hoarding: 500 }, { constantWatts: 0 })
    authenticate(bench)
    expect(refusal(bench.ask(request))).toBe(expected)
    expect(balance(bench)).toBe(1_000)
  })

  test('opens a virgin meter with count 0 or 1 and gives it its customer', () => {
    const virgin = { opened: false, balance: 0, customerNumber: '000000000000' }
    const bench = lab(virgin, { constantWatts: 0 })
    authenticate(bench)
    expect(refusal(bench.ask(buy(700, 1)))).toBe(1 << 5)
    expect(refusal(bench.ask(buy(700, 2, { opens: true })))).toBe(1 << 5)
    expect(refusal(bench.ask(buy(700, 1, { opens: true })))).toBe(0)
    expect(look(bench).wallet).toEqual({ balanceFen: 700, overdraftFen: 0, purchases: 1, opened: true })
    expect(refusal(bench.ask(buy(700, 2, { customer: '000000000099' })))).toBe(1 << 4)
    const empty = lab(virgin, { constantWatts: 0 })
    authenticate(empty)
    expect(refusal(empty.ask(buy(700, 0, { opens: true })))).toBe(0)
    expect(look(empty).wallet).toMatchObject({ balanceFen: 0, purchases: 0, opened: true })
  })

  test('is remembered: the last ten, newest first', () => {
    const bench = lab({ balance: 0 }, { constantWatts: 0 })
    authenticate(bench)
    for (let count = 1; count <= 12; count += 1) bench.ask(buy(count * 100, count))
    const field = (kk: number, nn: number, bytes: number): number =>
      number(bench.ask(read(0x0333_0000 | (kk << 8) | nn)), bytes)
    expect([field(2, 1, 2), field(3, 1, 4), field(4, 1, 4), field(5, 1, 4), field(6, 1, 4)]).toEqual([
      12, 1_200, 6_600, 7_800, 7_800,
    ])
    expect([field(2, 10, 2), field(3, 10, 4)]).toEqual([3, 300])
    expect(bench.ask(read(0x0333_020b))?.control).toBe(0xd1)
    expect(hex((bench.ask(read(0x0333_0101))?.data ?? new Uint8Array()).subarray(4))).toBe('0000020326')
  })

  test('can be looked up after a lost answer: balance, count, customer, with their MACs', () => {
    const bench = lab({}, { constantWatts: 0 })
    authenticate(bench)
    bench.ask(buy(1_000, 1))
    const data = bench.ask(security(0x0781_02ff, new Uint8Array()))?.data.subarray(4) ?? new Uint8Array()
    expect(data.length).toBe(26)
    expect(hex(data.subarray(0, 4))).toBe(hex(binary(2_000, 4)))
    expect(hex(data.subarray(4, 8))).toBe(hex(testMac(key, data.subarray(0, 4))))
    expect(hex(data.subarray(8, 12))).toBe('01000000')
    expect(hex(data.subarray(16, 22))).toBe('114700000000')
  })

  test('is refused until midnight after 200 wrong MACs', () => {
    const bench = lab({}, { constantWatts: 0 })
    authenticate(bench)
    for (let attempt = 0; attempt < 200; attempt += 1) bench.ask(buy(100, 1, { key: 'guess' }))
    expect(refusal(bench.ask(buy(100, 1)))).toBe(1 << 8)
    bench.clock.pass(24 * hourMs)
    authenticate(bench)
    expect(refusal(bench.ask(buy(100, 1)))).toBe(0)
  })
})

describe('the identity', () => {
  test('with a wrong cipher is refused', () => {
    const bench = lab()
    const wrong = joined(testCipher('another key', identity), identity)
    expect(refusal(bench.ask(security(0x0700_00ff, wrong)))).toBe(1 << 3)
  })

  test('shows in status word 3 and in its remaining minutes, and can be ended and prolonged', () => {
    const bench = lab()
    const minutes = (): number => number(bench.ask(read(0x0280_0022)), 2)
    expect(minutes()).toBe(0)
    authenticate(bench)
    expect(minutes()).toBe(5)
    const longer = bcd(30, 2)
    expect(refusal(bench.ask(security(0x0700_01ff, joined(longer, testMac(key, longer)))))).toBe(0)
    expect(minutes()).toBe(30)
    expect(bench.ask(security(0x0700_02ff, new Uint8Array()))?.data.length).toBe(4 + 18)
    expect(minutes()).toBe(0)
  })

  test('lets a ciphered order through once it stands, and no order with a wrong MAC', () => {
    const bench = lab({}, { relay: { delayMs: 0 } })
    const order = Uint8Array.from([0x1a, 0, 0x99, 0x99, 0x99, 0x99, 0x99, 0x99])
    const head = Uint8Array.from([0x98, 0, 0, 0, 1, 0, 0, 0])
    const sealed = (random2: Uint8Array): Frame => frame(0x1c, joined(head, sealOrder(key, random2, order)))
    expect(hex(bench.ask(sealed(new Uint8Array(4)))?.data ?? new Uint8Array())).toBe('04')
    const random2 = authenticate(bench)
    const spoiled = sealed(random2).data.map((byte, at) => (at === 27 ? byte ^ 1 : byte))
    expect(bench.ask(frame(0x1c, spoiled))?.control).toBe(0xdc)
    expect(look(bench).relay.commanded).toBe('closed')
    expect(bench.ask(sealed(random2))?.control).toBe(0x9c)
    expect(look(bench).relay.commanded).toBe('open')
  })

  test('is nothing to a meter without a security chip', () => {
    const bench = lab({}, { security: null })
    expect(refusal(bench.ask(security(0x0700_00ff, joined(testCipher(key, identity), identity))))).toBe(1)
    expect(bench.ask(frame(0x1a, credentials))?.control).toBe(0xda)
  })

  test('lets the purse be made new with test keys', () => {
    const bench = lab()
    authenticate(bench)
    const [amount, count] = [binary(5_000, 4), binary(0, 4)]
    const data = joined(amount, testMac(key, amount), count, testMac(key, count))
    expect(refusal(bench.ask(security(0x0701_03ff, data)))).toBe(0)
    expect(look(bench).wallet).toMatchObject({ balanceFen: 5_000, purchases: 0, opened: false })
  })
})
