import type { Frame } from '@xianfu/protocols'
import { describe, expect, test } from 'vitest'
import { createLab } from '../lab/create-lab.ts'
import { control, frame, hex, read } from '../lab/frames.test-support.ts'
import { behaviourSchema } from './behaviour.ts'

const lab = (behaviours: object[], line: object = { timing: 'none' }) =>
  createLab({
    now: Date.UTC(2026, 2, 2),
    line,
    meters: [{ constantWatts: 1_000, answerDelayMs: { min: 20, max: 20 }, behaviours: behaviours as never }],
  })
const said = (answer: Frame | null): string =>
  answer === null ? 'silence' : `${answer.control.toString(16)} ${hex(answer.data)}`.trim()
const energy = read(0x0001_0000)

test.each([
  ['no-answer', { kind: 'no-answer' }, 'silence'],
  ['wrong-checksum', { kind: 'wrong-checksum' }, 'silence'],
  ['refuse', { kind: 'refuse', error: 'no-data' }, 'd1 02'],
  ['refuse with another reason', { kind: 'refuse', error: 'wrong-password' }, 'd1 04'],
  ['wrong-identifier', { kind: 'wrong-identifier' }, '91 0000000000000000'],
  ['no-values', { kind: 'no-values' }, '91 00000100ffffffff'],
  ['cut-answer', { kind: 'cut-answer', bytes: 10 }, 'silence'],
  ['an answer in spite of a cut beyond its end', { kind: 'cut-answer', bytes: 300 }, '91 0000010000000000'],
])('%s', (_, behaviour, expected) => {
  expect(said(lab([behaviour]).ask(energy, 50))).toBe(expected)
})

test('wrong-address answers in the name of another', () => {
  expect(lab([{ kind: 'wrong-address', address: '000000000099' }]).ask(energy)?.address).toBe('000000000099')
})

test('late-answer comes so much later', () => {
  const bench = lab([{ kind: 'late-answer', delayMs: 1_000 }], { baudRate: 9_600 })
  const began = bench.clock.elapsedMs()
  expect(bench.ask(energy)?.control).toBe(0x91)
  const tookMs = bench.clock.elapsedMs() - began
  // 40 bytes on the wire and 20 ms of its own.
  expect(tookMs - 1_000 - 20 - (40 * 11) / 9.6).toBeLessThan(1.001)
})

test('obey-without-answer does what is asked', () => {
  const bench = lab([{ kind: 'obey-without-answer', functions: [0x1c] }])
  expect(bench.ask(control(0x1a), 10)).toBeNull()
  expect(bench.meters[0]?.look().relay.commanded).toBe('open')
})

test('who refuses does nothing', () => {
  const bench = lab([{ kind: 'refuse', error: 'other' }])
  expect(said(bench.ask(control(0x1a)))).toBe('dc 01')
  expect(bench.meters[0]?.look()).toMatchObject({ relay: { commanded: 'closed' }, obeyed: [] })
})

describe('a stack', () => {
  test('is asked from the outside in, and each holds for so many requests of its functions', () => {
    const bench = lab([
      { kind: 'no-answer', times: 2, functions: [0x11] },
      { kind: 'refuse', error: 'other', times: 1 },
    ])
    const answers = [energy, control(0x2a), energy, energy, energy].map((request) => said(bench.ask(request, 20)))
    expect(answers).toEqual(['silence', 'dc 01', 'silence', '91 0000010000000000', '91 0000010000000000'])
    expect(bench.meters[0]?.look().behaviours).toEqual([])
  })

  test('combines: late and with a wrong checksum, then late and right', () => {
    const bench = lab(
      [
        { kind: 'wrong-checksum', times: 1 },
        { kind: 'late-answer', delayMs: 300 },
      ],
      {},
    )
    expect(bench.ask(energy, 1_000)).toBeNull()
    expect(bench.heard.length).toBe(1)
    expect(bench.ask(energy, 1_000)?.control).toBe(0x91)
  })

  test('can be replaced', () => {
    const bench = lab([{ kind: 'no-answer' }])
    bench.meters[0]?.change({ behaviours: [] })
    expect(bench.ask(energy)?.control).toBe(0x91)
  })
})

test('a request to all is not refused by name', () => {
  const bench = lab([{ kind: 'refuse', error: 'other' }])
  expect(said(bench.ask(frame(0x11, energy.data, 'AAAAAAAAAAAA')))).toBe('d1 01')
})

test.each([
  { kind: 'sulk' },
  { kind: 'late-answer' },
  { kind: 'no-answer', times: 0 },
  { kind: 'wrong-address', address: '12' },
  { kind: 'babble', times: 3 },
])('%o is no behaviour', (behaviour) => {
  expect(behaviourSchema.safeParse(behaviour).success).toBe(false)
})
