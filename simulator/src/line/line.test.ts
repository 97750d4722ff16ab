import { encodeFrame } from '@xianfu/protocols'
import { describe, expect, test } from 'vitest'
import { createLab, type LabOptions } from '../lab/create-lab.ts'
import { control, frame, hex, read } from '../lab/frames.test-support.ts'

const now = Date.UTC(2026, 2, 2)
const exact = { answerDelayMs: { min: 30, max: 30 } }
const lab = (line: LabOptions['line'] = {}, meters: LabOptions['meters'] = [exact], seed = 1) =>
  createLab({ now, meters, line, seed })
const question = encodeFrame(read(0x0001_0000))
const wildcard = encodeFrame(frame(0x13, new Uint8Array(), 'AAAAAAAAAAAA'))

describe('time on the wire', () => {
  test.each([
    { baudRate: 2_400, parity: 'even', byteMs: 11 / 2.4 },
    { baudRate: 9_600, parity: 'none', byteMs: 10 / 9.6 },
    { baudRate: 1_200, parity: 'odd', byteMs: 11 / 1.2 },
  ] as const)('is that of $baudRate bit/s with $parity parity', ({ baudRate, parity, byteMs }) => {
    const { clock, line, heard } = lab({ baudRate, parity })
    expect(line.byteMs).toBeCloseTo(byteMs, 9)
    line.send(question)
    // 16 bytes there, 30 ms of thought, 24 bytes back (4 of them wake-up).
    const wholeMs = 16 * byteMs + 30 + 24 * byteMs
    clock.pass(wholeMs - 0.01)
    expect(heard.length).toBe(0)
    clock.pass(0.02)
    expect(heard.length).toBe(1)
    expect(heard[0]?.length).toBe(24)
  })

  test('can be switched off', () => {
    const { line, heard } = lab({ timing: 'none' })
    line.send(question)
    expect(heard.length).toBe(1)
  })

  test('requests wait for one another; who sends the second too soon spoils it and the answer to the first', () => {
    const { clock, line, frames, heard } = lab()
    line.send(question)
    line.send(question)
    clock.pass(1_000)
    // Whatever arrives of the collision is no frame.
    expect([frames().length, heard.length]).toEqual([0, 1])
  })

  test('no more than 64 wait', () => {
    const { clock, line, heard } = lab({ echo: true }, [])
    for (let index = 0; index < 100; index += 1) line.send(question)
    clock.pass(60_000)
    expect(heard.length).toBe(64)
    line.send(question)
    clock.pass(1_000)
    expect(heard.length).toBe(65)
  })

  test('nothing arrives after the line was closed', () => {
    const { clock, line, heard } = lab()
    line.send(question)
    line.close()
    clock.pass(10_000)
    expect(heard.length).toBe(0)
  })
})

describe('who is asked', () => {
  test('two who answer at once are not understood; one alone is', () => {
    const crowd = lab({}, [exact, exact])
    crowd.line.send(wildcard)
    crowd.clock.pass(1_000)
    expect(crowd.frames()).toEqual([])
    expect(crowd.heard.length).toBe(2)
    const single = lab({}, [exact])
    single.line.send(wildcard)
    single.clock.pass(1_000)
    expect(single.frames().map(({ data }) => hex(data))).toEqual(['010000000000'])
  })

  test('two who answer one after the other are both understood', () => {
    const late = { answerDelayMs: { min: 400, max: 400 } }
    const { clock, line, frames } = lab({}, [exact, late])
    line.send(wildcard)
    clock.pass(1_000)
    expect(frames().map(({ address }) => address)).toEqual(['000000000001', '000000000002'])
  })

  test('an abbreviated address reaches the meter that ends so, which answers with all its digits', () => {
    const { ask } = lab({}, [exact, exact])
    expect(ask(read(0x0001_0000, 'AAAAAAAA0002'))?.address).toBe('000000000002')
  })

  test.each([
    ['a wildcard', 'AAAAAAAAAAAA'],
    ['a broadcast', '999999999999'],
  ])('an order to %s is obeyed by none', (_, to) => {
    const { ask, meters } = lab()
    expect(ask({ ...control(0x1a), address: to }, 1_000)).toBeNull()
    expect(meters[0]?.look().relay.commanded).toBe('closed')
  })

  test('a meter that talks all the time lets nobody through, until it is silenced', () => {
    const { ask, meters, line, heard, clock } = lab({}, [exact, exact])
    meters[1]?.change({ behaviours: [{ kind: 'babble' }] })
    line.watchBabble()
    expect(ask(read(0x0001_0000), 2_000)).toBeNull()
    expect(heard.length).toBeGreaterThan(5)
    meters[1]?.change({ behaviours: [] })
    line.watchBabble()
    clock.pass(1_000)
    expect(ask(read(0x0001_0000))?.control).toBe(0x91)
    expect(clock.waiting()).toBe(0)
  })
})

describe('what goes wrong', () => {
  test('an echo comes when the request has passed', () => {
    const { clock, line, heard } = lab({ echo: true })
    line.send(question)
    clock.pass(1_000)
    expect(heard.map(({ length }) => length)).toEqual([16, 24])
    expect(hex(heard[0] ?? question)).toBe(hex(question))
  })

  test('of many frames so many are lost and so many are wrong as the line is told, the same for the same seed', () => {
    const play = (seed: number): string => {
      const { ask, heard } = lab({ baudRate: 115_200, loss: 0.2, noise: 0.1 }, [exact], seed)
      let answered = 0
      for (let index = 0; index < 400; index += 1) if (ask(read(0x0001_0000), 200) !== null) answered += 1
      return `${String(answered)} of ${String(heard.length)}`
    }
    const first = play(7)
    expect(play(7)).toBe(first)
    expect(play(8)).not.toBe(first)
    // Both ways must get through: (0.8 × 0.9)² of 400 is 207, with a standard deviation of 10.
    const answered = Number(first.split(' ')[0])
    expect(answered).toBeGreaterThan(207 - 50)
    expect(answered).toBeLessThan(207 + 50)
  })

  test('bytes of nothing in front of an answer do not hide it', () => {
    const { ask, heard } = lab({ glitch: 1 })
    expect(ask(read(0x0001_0000))?.control).toBe(0x91)
    expect(heard[0]?.length).toBeGreaterThan(24)
  })

  test('half a request is forgotten after half a second of silence', () => {
    const { clock, line, frames } = lab()
    line.send(question.subarray(0, 9))
    clock.pass(2_000)
    line.send(question)
    clock.pass(1_000)
    expect(frames().length).toBe(1)
    line.send(question.subarray(0, 9))
    line.send(question.subarray(9))
    clock.pass(1_000)
    expect(frames().length).toBe(2)
  })

  test('a meter at another bit rate hears nothing until the line follows', () => {
    const { ask, line, clock } = lab()
    expect(ask(frame(0x17, Uint8Array.of(0x20)))?.control).toBe(0x97)
    expect(ask(read(0x0001_0000), 2_000)).toBeNull()
    line.change({ baudRate: 9_600 })
    clock.pass(1_000)
    expect(ask(read(0x0001_0000))?.control).toBe(0x91)
  })
})
