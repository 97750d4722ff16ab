import type { OutputSignal } from './request.ts'

/** The byte of each signal that the multi-function terminal can carry (function 1DH). */
export const outputCodes: Readonly<Record<OutputSignal, number>> = Object.freeze({
  'clock-second': 0x00,
  'demand-period': 0x01,
  'tariff-switch': 0x02,
})

export const outputOfCode = (code: number): OutputSignal | null =>
  (Object.keys(outputCodes) as OutputSignal[]).find((signal) => outputCodes[signal] === code) ?? null
