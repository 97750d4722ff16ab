import { expect, test } from 'vitest'
import type { LineConfig } from '../headend.ts'
import { createResponseTime, silentCharactersMs, transmissionMs } from './response-time.ts'

const line: LineConfig = { baudRate: 2_400, parity: 'even' }

const limits = { latencyMs: 500, shortestLatencyMs: 100, longestResponseMs: 3_000 }

test.each<[LineConfig, number, number]>([
  [{ baudRate: 2_400, parity: 'even' }, 24, 110],
  [{ baudRate: 2_400, parity: 'none' }, 24, 100],
  [{ baudRate: 1_200, parity: 'even' }, 24, 220],
  [{ baudRate: 9_600, parity: 'odd' }, 96, 110],
])('on %o %i bytes take %i ms', (on, bytes, expected) => {
  expect(transmissionMs(bytes, on)).toBe(expected)
})

/** 40 bytes, with the wake-up bytes of the answer 44, are 202 ms on this line. */
const timeout = (...measuredMs: number[]): number => {
  const time = createResponseTime(limits)
  for (const responseMs of measuredMs) time.measured(responseMs + transmissionMs(40, line), 20, 20, line)
  return time.timeoutMs(20, 20, line)
}

test.each<[string, number[], number]>([
  ['unknown meter: the standard and a usual gateway', [], 1_202],
  ['quick meter: never less than the standard and a little', [30], 802],
  ['slow meter: twice what it took', [900], 2_002],
  ['very slow meter: no longer than the line can afford', [2_500], 3_202],
  ['one slow answer is forgotten slowly', [1_000, 30], 2_002],
])('%s', (_, measured, expected) => {
  expect(timeout(...measured)).toBe(expected)
})

test.each<[LineConfig, number]>([
  [{ baudRate: 1_200, parity: 'even' }, 32.083],
  [{ baudRate: 9_600, parity: 'even' }, 4.01],
  [{ baudRate: 9_600, parity: 'none' }, 3.646],
  // Above 19200 bit/s it is a fixed time.
  [{ baudRate: 115_200, parity: 'none' }, 1.75],
])('Modbus RTU on %o is silent for %f ms before a question', (line, silentMs) => {
  expect(silentCharactersMs(line)).toBeCloseTo(silentMs, 2)
})
