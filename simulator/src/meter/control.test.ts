import { statusWord3, type Frame } from '@xianfu/protocols'
import { describe, expect, test } from 'vitest'
import { createLab, type Lab, type LabOptions } from '../lab/create-lab.ts'
import { control, controlUntil, credentials, frame, hex, read, write } from '../lab/frames.test-support.ts'
import { bcd } from './bytes.ts'

/** 2026-03-02 08:00:00 in Shanghai. */
const morning = Date.UTC(2026, 2, 2)
const minuteMs = 60_000

const lab = (relay: object = {}, options: Partial<LabOptions> = {}, meter: object = {}) =>
  createLab({ now: morning, meters: [{ constantWatts: 2_000, relay, ...meter }], ...options })

const relayOf = ({ meters }: Lab) => {
  const { commanded, actual } = meters[0]?.look().relay ?? {}
  return `${String(commanded)}/${String(actual)}`
}
const word3 = ({ ask }: Lab) => {
  const data = ask(read(0x0400_0503))?.data ?? new Uint8Array(6)
  return statusWord3((data[4] ?? 0) | ((data[5] ?? 0) << 8))
}
const said = (answer: Frame | null): string =>
  answer === null ? 'silence' : `${answer.control.toString(16)} ${hex(answer.data)}`.trim()

describe('a trip', () => {
  test('is acknowledged first, and the contacts follow after their delay', () => {
    const bench = lab({ delayMs: 5_000 })
    expect(said(bench.ask(control(0x1a)))).toBe('9c')
    expect(relayOf(bench)).toBe('open/closed')
    expect(word3(bench)).toMatchObject({ relayCommand: 'open', relay: 'closed' })
    bench.clock.pass(5_000)
    expect(relayOf(bench)).toBe('open/open')
    expect(word3(bench)).toMatchObject({ relayCommand: 'open', relay: 'open', raw: 0x50 })
  })

  test('waits for the trip delay by the clock of the meter', () => {
    const bench = lab({ tripDelayMinutes: 5, twoByteResult: true })
    expect(said(bench.ask(control(0x1a)))).toBe('9c 0800')
    bench.clock.pass(4 * minuteMs)
    expect(relayOf(bench)).toBe('open/closed')
    bench.clock.pass(minuteMs)
    expect(relayOf(bench)).toBe('open/open')
  })

  test('waits for less current, but not for ever', () => {
    const limited = { tripCurrentLimitAmperes: 5, tripCurrentDelayMinutes: 10, twoByteResult: true }
    const bench = lab(limited, {}, { constantWatts: 10_000 })
    expect(said(bench.ask(control(0x1a)))).toBe('9c 2000')
    bench.clock.pass(5 * minuteMs)
    expect(relayOf(bench)).toBe('open/closed')
    bench.meters[0]?.change({ constantWatts: 500 })
    bench.clock.pass(1_000)
    expect(relayOf(bench)).toBe('open/open')

    const stubborn = lab(limited, {}, { constantWatts: 10_000 })
    stubborn.ask(control(0x1a))
    stubborn.clock.pass(10 * minuteMs)
    expect(relayOf(stubborn)).toBe('open/open')
  })

  test('is refused while keep-power is on, and a delayed one is called off by it', () => {
    const bench = lab({ tripDelayMinutes: 5 })
    bench.ask(control(0x1a))
    expect(said(bench.ask(control(0x3a)))).toBe('9c')
    bench.clock.pass(10 * minuteMs)
    expect(relayOf(bench)).toBe('open/closed')
    expect(said(bench.ask(control(0x1a)))).toBe('dc 01')
    expect(word3(bench).keepPower).toBe(true)
    bench.ask(control(0x3b))
    bench.ask(control(0x1c))
    bench.ask(control(0x1a))
    bench.clock.pass(6 * minuteMs)
    expect(relayOf(bench)).toBe('open/open')
  })

  test('is not carried out by a stuck relay, which shows in the status word', () => {
    const bench = lab({}, {}, { behaviours: [{ kind: 'stuck-relay', functions: [0x1c] }] })
    expect(said(bench.ask(control(0x1a)))).toBe('9c')
    bench.clock.pass(minuteMs)
    expect(word3(bench)).toMatchObject({ relayCommand: 'open', relay: 'closed' })
  })
})

describe('a close', () => {
  const tripped = (relay: object = {}) => {
    const bench = lab(relay)
    bench.ask(control(0x1a))
    bench.clock.pass(1_000)
    return bench
  }

  test('by permission waits for the button, and the display says so', () => {
    const bench = tripped({ button: true })
    bench.ask(control(0x1b))
    bench.clock.pass(minuteMs)
    expect(relayOf(bench)).toBe('closed/open')
    expect(bench.meters[0]?.display().signs).toEqual(['拉闸', '允许合闸'])
    bench.meters[0]?.change({ pressButton: true })
    bench.clock.pass(1_000)
    expect(relayOf(bench)).toBe('closed/closed')
  })

  test('by permission needs no button where there is none', () => {
    const bench = tripped()
    bench.ask(control(0x1b))
    bench.clock.pass(1_000)
    expect(relayOf(bench)).toBe('closed/closed')
  })

  test('cannot be had by button alone', () => {
    const bench = tripped({ button: true })
    bench.meters[0]?.change({ pressButton: true })
    bench.clock.pass(1_000)
    expect(relayOf(bench)).toBe('open/open')
  })

  test('comes by itself after a trip with an end', () => {
    const bench = lab({ button: true, twoByteResult: true })
    expect(said(bench.ask(control(0x1d, 6)))).toBe('9c 1000')
    expect(said(bench.ask(control(0x1d, 6)))).toBe('dc 0081')
    bench.clock.pass(29 * minuteMs)
    expect(relayOf(bench)).toBe('open/open')
    bench.clock.pass(2 * minuteMs)
    expect(relayOf(bench)).toBe('closed/closed')
  })

  test('is permitted by itself after a trip with a permission at its end', () => {
    const bench = lab({ button: true })
    bench.ask(control(0x1e, 1))
    bench.clock.pass(6 * minuteMs)
    expect(relayOf(bench)).toBe('closed/open')
  })

  test('an end of zero minutes is an error', () => {
    expect(said(lab().ask(control(0x1d, 0)))).toBe('dc 01')
    expect(said(lab({ twoByteResult: true }).ask(control(0x1e, 0)))).toBe('dc 8080')
  })

  test('in between takes the place of the end', () => {
    const bench = lab()
    bench.ask(control(0x1d, 6))
    bench.ask(control(0x1c))
    bench.clock.pass(1_000)
    bench.ask(control(0x1a))
    bench.clock.pass(60 * minuteMs)
    expect(relayOf(bench)).toBe('open/open')
  })
})

describe('an order', () => {
  test('is refused once the clock of the meter is past its end', () => {
    const bench = lab()
    expect(said(bench.ask(controlUntil(0x1a, [59, 59, 7, 2, 3, 26])))).toBe('dc 01')
    expect(said(bench.ask(controlUntil(0x1a, [30, 0, 8, 2, 3, 26])))).toBe('9c')
    const fast = lab({ twoByteResult: true }, {}, { clockOffsetMs: 10 * minuteMs })
    expect(said(fast.ask(controlUntil(0x1a, [0, 5, 8, 2, 3, 26])))).toBe('dc 1080')
  })

  test.each([
    ['a time that does not exist', [0x1a, 0, 0x99, 0x99, 0x25, 0x02, 0x03, 0x26]],
    ['an order that does not exist', [0x1f, 0, 0x99, 0x99, 0x99, 0x99, 0x99, 0x99]],
    ['a piece missing', [0x1a, 0, 0x99, 0x99, 0x99]],
  ])('with %s is refused and changes nothing', (_, order) => {
    const bench = lab()
    const answer = bench.ask(frame(0x1c, Uint8Array.from([...credentials, ...order])))
    expect(answer?.control).toBe(0xdc)
    bench.clock.pass(1_000)
    expect(relayOf(bench)).toBe('closed/closed')
    expect(bench.meters[0]?.look().obeyed).toEqual([])
  })

  test('with a wrong password is refused; after five the right one is too, for a day', () => {
    const bench = lab()
    const wrong = Uint8Array.from([0x02, 1, 0, 0, 0, 0, 0, 0])
    for (let attempt = 0; attempt < 5; attempt += 1) expect(said(bench.ask(control(0x1a, 0, wrong)))).toBe('dc 04')
    expect(said(bench.ask(control(0x1a)))).toBe('dc 04')
    bench.clock.pass(24 * 60 * minuteMs)
    expect(said(bench.ask(control(0x1a)))).toBe('9c')
  })

  test('a right password in between forgets the wrong ones', () => {
    const bench = lab()
    const wrong = Uint8Array.from([0x02, 1, 0, 0, 0, 0, 0, 0])
    for (let attempt = 0; attempt < 12; attempt += 1)
      expect(said(bench.ask(control(0x2a, 0, attempt % 4 === 3 ? credentials : wrong)))).toBe(
        attempt % 4 === 3 ? '9c' : 'dc 04',
      )
  })

  test('to alarm lights the meter and its status word', () => {
    const bench = lab()
    bench.ask(control(0x2a))
    expect(word3(bench).preTripAlarm).toBe(true)
    expect(bench.meters[0]?.display().backlight).toBe(true)
    bench.ask(control(0x2b))
    expect(word3(bench).preTripAlarm).toBe(false)
  })

  test('obeyed is kept with its moment', () => {
    const bench = lab()
    for (const order of [0x1a, 0x1c, 0x3a]) bench.ask(control(order))
    expect(bench.meters[0]?.look().obeyed.map(({ action }) => action)).toEqual([
      'trip',
      'direct-close',
      'keep-power-on',
    ])
  })

  test('leaves a record of 34 bytes: time, operator, energies', () => {
    const bench = lab({ delayMs: 0 }, {}, { startWh: [0, 0, 123_450, 0] })
    bench.ask(control(0x1a))
    bench.ask(control(0x1c))
    expect(said(bench.ask(read(0x1d00_0001)))).toBe('91 0100001d010000')
    const record = bench.ask(read(0x1d00_ff01))?.data.subarray(4) ?? new Uint8Array()
    expect(record.length).toBe(34)
    expect(hex(record.subarray(1, 6))).toBe('000802032 6'.replace(' ', ''))
    expect(hex(record.subarray(6, 10))).toBe('78563412')
    expect(hex(record.subarray(10, 14))).toBe(hex(bcd(12_345, 4)))
    expect(hex(bench.ask(read(0x1e00_0201))?.data.subarray(4) ?? new Uint8Array())).toBe('78563412')
  })
})

test('the mechanism takes the time of the machine, delays that of the meter, however fast the wall clock runs', () => {
  const bench = lab({ delayMs: 40 }, { rate: 300, line: { timing: 'none' } })
  bench.ask(control(0x1a))
  bench.clock.pass(39)
  expect(relayOf(bench)).toBe('open/closed')
  bench.clock.pass(1)
  expect(relayOf(bench)).toBe('open/open')
  const slow = lab({ delayMs: 40, tripDelayMinutes: 5 }, { rate: 300, line: { timing: 'none' } })
  slow.ask(control(0x1a))
  // Five minutes of the meter are one second of the machine.
  slow.clock.pass(1_039)
  expect(relayOf(slow)).toBe('open/closed')
  slow.clock.pass(1)
  expect(relayOf(slow)).toBe('open/open')
})

test('the trip delay can be written and holds at once', () => {
  const bench = lab()
  expect(said(bench.ask(write(0x0400_1401, bcd(2, 2))))).toBe('94')
  bench.ask(control(0x1a))
  bench.clock.pass(minuteMs)
  expect(relayOf(bench)).toBe('open/closed')
  bench.clock.pass(minuteMs)
  expect(relayOf(bench)).toBe('open/open')
})
