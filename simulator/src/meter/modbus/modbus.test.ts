import {
  acrelDtsy1352,
  decodeModbusReply,
  decodeRegister,
  decodeRtuFrame,
  encodeModbusRequest,
  encodeRtuFrame,
  registerSpan,
  type ModbusReply,
  type ModbusRequest,
} from '@xianfu/protocols'
import { describe, expect, test } from 'vitest'
import { createLab, type LabOptions } from '../../lab/create-lab.ts'
import { read } from '../../lab/frames.test-support.ts'

const now = Date.UTC(2026, 2, 2)
const hourMs = 3_600_000
const modbus = { unit: 17, model: 'acrel-dtsy1352' as const }
const { registers } = acrelDtsy1352

const lab = (meter: object = {}, line: LabOptions['line'] = { baudRate: 9_600, parity: 'none' }) =>
  createLab({ now, line, meters: [{ constantWatts: 3_000, relay: { delayMs: 0 }, modbus, ...meter }] })
type Bench = ReturnType<typeof lab>

const ask = ({ clock, heard, line }: Bench, request: ModbusRequest, unit = 17): ModbusReply | null => {
  const before = heard.length
  line.send(encodeRtuFrame({ unit, pdu: encodeModbusRequest(request) }))
  clock.pass(2_000)
  const bytes = heard[before]
  const answer = bytes === undefined ? null : decodeRtuFrame(bytes)
  if (answer === null || !answer.ok) return null
  const reply = decodeModbusReply(answer.value.pdu)
  return reply.ok ? reply.value : null
}

const value = (bench: Bench, name: keyof typeof registers): unknown => {
  const { start, count } = registerSpan(registers[name])
  const reply = ask(bench, { kind: 'read-holding', start, count })
  if (reply?.kind !== 'read-holding') return reply
  const decoded = decodeRegister(registers[name], reply.data)
  return decoded.ok ? decoded.value : decoded
}
const force = (bench: Bench, ...words: [number, number]): ModbusReply | null =>
  ask(bench, {
    kind: 'write-multiple',
    start: registers.forcedControl.at,
    data: Uint8Array.from([0, words[0], 0, words[1]]),
  })

describe('a meter that speaks Modbus', () => {
  test('shows what it has counted and measures', () => {
    const bench = lab({ startWh: [10_000, 20_000, 30_000, 40_000], powerFactor: 1 })
    bench.clock.pass(hourMs)
    expect(value(bench, 'energyTotal')).toBe(103_000)
    expect(value(bench, 'energyFlat')).toBe(33_000)
    expect(value(bench, 'activePowerTotal')).toBe(3_000_000)
    expect(value(bench, 'activePowerA')).toBe(1_260_000)
    expect(value(bench, 'deviceType')).toBe(5)
    expect(value(bench, 'meterNumber')).toBe('000000000001')
    expect((value(bench, 'clock') as Uint8Array).subarray(0, 6)).toEqual(Uint8Array.of(26, 3, 2, 1, 9, 0))
  })

  test('of a single phase has the printed map as well', () => {
    const bench = lab({
      modbus: { unit: 17, model: 'acrel-ddsy1352' },
      phases: [100, 0, 0],
      powerFactor: 1,
      startWh: [0, 0, 0, 77_770],
    })
    const reply = ask(bench, { kind: 'read-holding', start: 0x0000, count: 18 })
    const data = reply?.kind === 'read-holding' ? Buffer.from(reply.data) : Buffer.alloc(36)
    expect([data.readUInt32BE(0), data.readUInt32BE(16), data.readInt16BE(26)]).toEqual([7_777, 7_777, 3_000])
    expect(Math.abs(data.readUInt16BE(22) - 2_280)).toBeLessThan(50)
    expect(value(bench, 'deviceType')).toBe(7)
  })

  test('gives the block 0200H in one read of 48 registers', () => {
    const reply = ask(lab(), { kind: 'read-holding', start: 0x0200, count: 48 })
    expect(reply?.kind === 'read-holding' ? reply.data.length : 0).toBe(96)
  })

  test('answers its own unit alone, and no DL/T 645', () => {
    const bench = lab()
    expect(ask(bench, { kind: 'read-holding', start: 0x0200, count: 1 }, 18)).toBeNull()
    expect(bench.ask(read(0x0001_0000), 500)).toBeNull()
  })

  test.each([
    ['registers that it does not have', { kind: 'read-holding', start: 0x7000, count: 2 }, 2],
    ['input registers', { kind: 'read-input', start: 0x0200, count: 2 }, 1],
    ['writing what is read only', { kind: 'write-multiple', start: 0x0215, data: new Uint8Array(4) }, 2],
    ['a force that is none', { kind: 'write-multiple', start: 0x0057, data: Uint8Array.of(0, 2, 0, 0) }, 3],
  ] as const)('refuses %s', (_, request, exceptionCode) => {
    expect(ask(lab(), request)).toMatchObject({ kind: 'exception', exceptionCode })
  })

  test('shows the greatest power that a register holds, not a wrapped one', () => {
    expect(value(lab({ constantWatts: 50_000 }), 'activePowerTotal')).toBe(32_767_000)
    expect(value(lab({ constantWatts: -50_000 }), 'activePowerTotal')).toBe(-32_768_000)
  })

  test('a line may carry both languages', () => {
    const bench = createLab({ now, meters: [{ constantWatts: 3_000 }, { modbus }] })
    expect(ask(bench, { kind: 'read-holding', start: 0x0200, count: 1 })?.kind).toBe('read-holding')
    expect(bench.ask(read(0x0001_0000))?.control).toBe(0x91)
  })
})

describe('forced control', () => {
  test('opens, closes, and is proven by the relay bits', () => {
    const bench = lab()
    expect(force(bench, 1, 1)).toEqual({ kind: 'write-multiple', start: 0x57, count: 2 })
    expect(value(bench, 'relayStatus')).toBe(0x0008)
    force(bench, 1, 0)
    expect(value(bench, 'relayStatus')).toBe(0xe00f)
    expect(bench.meters[0]?.look().obeyed.map(({ action }) => action)).toEqual(['trip', 'direct-close'])
  })

  test('lifted leaves the relay to the purse', () => {
    const prepayment = { prices: [1, 1, 1, 1], balance: 3, opened: true }
    const bench = lab({ prepayment })
    force(bench, 1, 0)
    bench.clock.pass(2 * hourMs)
    expect([value(bench, 'balance'), bench.meters[0]?.look().relay.actual]).toEqual([-3_010_000, 'closed'])
    force(bench, 0, 0)
    bench.clock.pass(1_000)
    expect(bench.meters[0]?.look().relay).toMatchObject({ actual: 'open', cause: 'balance' })
  })

  test('by a meter with a stuck relay is acknowledged and not done', () => {
    const bench = lab({ behaviours: [{ kind: 'stuck-relay', functions: [0x10] }] })
    expect(force(bench, 1, 1)?.kind).toBe('write-multiple')
    expect((value(bench, 'relayStatus') as number) & 0xe000).toBe(0xe000)
  })
})

test('limits are written in fen', () => {
  const bench = lab({ prepayment: { prices: [1, 1, 1, 1], balance: 30 } })
  ask(bench, { kind: 'write-multiple', start: registers.alarm1.at, data: Uint8Array.of(0, 0, 0x0f, 0xa0) })
  expect(value(bench, 'alarm1')).toBe(40_000_000)
  expect((value(bench, 'relayStatus') as number) & 0x40).toBe(0x40)
})

describe('a purse in registers', () => {
  const prepayment = {
    prices: [100, 100, 100, 100],
    balance: 300,
    purchases: 4,
    opened: true,
    hoarding: 400,
  }
  const words = (...all: number[]): Uint8Array => Uint8Array.from(all.flatMap((word) => [word >> 8, word & 0xff]))
  const fill = (bench: Bench, purchases: number, fen: number): ModbusReply | null =>
    ask(bench, {
      kind: 'write-multiple',
      start: registers.purchaseCountSetUp.at,
      data: words(purchases, Math.floor(fen / 0x1_0000), fen % 0x1_0000),
    })
  const open = (more: object = {}) =>
    lab({ modbus: { ...modbus, registerPurse: true }, constantWatts: 0, prepayment, ...more })

  test('is read only, as the maker prints it, unless the firmware is said to take writes', () => {
    const bench = lab({ constantWatts: 0, prepayment })
    expect(fill(bench, 5, 500)).toMatchObject({ kind: 'exception', exceptionCode: 2 })
    expect([value(bench, 'balance'), value(bench, 'purchaseCount')]).toEqual([300_000_000, 4])
    expect(fill(lab({ modbus: { ...modbus, registerPurse: true } }), 1, 500)).toMatchObject({ kind: 'exception' })
  })

  test('takes whatever is written: any count, above the hoarding limit', () => {
    const bench = open()
    expect(fill(bench, 9, 100_000)).toEqual({ kind: 'write-multiple', start: 0x4e, count: 3 })
    expect([value(bench, 'balance'), value(bench, 'purchaseCount')]).toEqual([1_000_000_000, 9])
    expect(fill(bench, 9, 100_000_000)).toMatchObject({ kind: 'exception', exceptionCode: 3 })
  })

  test('half of it is refused, and nothing is written', () => {
    const bench = open()
    const half = { kind: 'write-multiple', start: registers.purchaseCountSetUp.at, data: words(5) } as const
    expect(ask(bench, half)).toMatchObject({ kind: 'exception', exceptionCode: 2 })
    expect(value(bench, 'purchaseCount')).toBe(4)
  })

  test('that was used up gives supply back when it is filled', () => {
    const bench = open({ constantWatts: 3_000, prepayment: { ...prepayment, balance: 3 } })
    bench.clock.pass(60_000)
    expect(bench.meters[0]?.look().relay).toMatchObject({ actual: 'open', cause: 'balance' })
    fill(bench, 5, 5_000)
    bench.clock.pass(1_000)
    expect(bench.meters[0]?.look().relay.actual).toBe('closed')
  })
})

describe('a clock in registers', () => {
  /** 23:59:58 of 2026-11-25, a Wednesday. */
  const data = Uint8Array.of(58, 59, 23, 3, 25, 11, 26, 0, 0, 0)
  const set = (bench: Bench, bytes: Uint8Array) => ask(bench, { kind: 'write-multiple', start: 0x0354, data: bytes })

  test('is set as a whole where the firmware takes it, and goes on from there', () => {
    const bench = lab({ modbus: { ...modbus, registerClock: true } })
    expect(set(bench, data)).toEqual({ kind: 'write-multiple', start: 0x0354, count: 5 })
    bench.clock.pass(3_000)
    expect([...(value(bench, 'clock') as Uint8Array)].slice(0, 6)).toEqual([26, 11, 26, 4, 0, 0])
  })

  test('is refused by the firmware that the maker has published, and where there is no such time', () => {
    expect(set(lab(), data)).toMatchObject({ kind: 'exception', exceptionCode: 2 })
    const bench = lab({ modbus: { ...modbus, registerClock: true } })
    expect(set(bench, Uint8Array.of(58, 60, 23, 3, 25, 11, 26, 0, 0, 0))).toMatchObject({ exceptionCode: 3 })
    expect(set(bench, Uint8Array.of(0, 0, 0, 0, 31, 11, 26, 0, 0, 0))).toMatchObject({ exceptionCode: 3 })
  })
})

test('behaviours: silence for so many, then late', () => {
  const bench = lab({
    answerDelayMs: { min: 10, max: 10 },
    behaviours: [
      { kind: 'no-answer', times: 1 },
      { kind: 'late-answer', delayMs: 700 },
    ],
  })
  const request: ModbusRequest = { kind: 'read-holding', start: 0x0200, count: 1 }
  expect(ask(bench, request)).toBeNull()
  const from = bench.clock.elapsedMs()
  bench.line.send(encodeRtuFrame({ unit: 17, pdu: encodeModbusRequest(request) }))
  bench.clock.pass(700)
  expect(bench.heard.length).toBe(0)
  bench.clock.pass(200)
  expect(bench.heard.length).toBe(1)
  expect(bench.clock.elapsedMs() - from).toBe(900)
})
