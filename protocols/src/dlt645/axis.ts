import { type Format, list, rates, type NumberFormat } from './format.ts'

/** One value that a byte of an identifier may have, what it adds to the name, and how it changes the format. */
export type Label = Readonly<{ code: number; suffix: string; zh: string; block?: (format: Format) => Format }>

/** A byte of an identifier that counts something: rates, phases, settlement days … */
export type Axis = Readonly<{
  /** Which byte of the identifier: DI2, DI1 or DI0. */ byte: 2 | 1 | 0
  labels: readonly Label[]
}>

const blockCode = 0xff

const numbered = (from: number, to: number, suffix: string, zh: (number: number) => string): readonly Label[] =>
  Array.from({ length: to - from + 1 }, (_, index) => ({
    code: from + index,
    suffix: `${suffix}${from + index}`,
    zh: zh(from + index),
  }))

/** A block of single numbers keeps their line; a block of records is a list of them. */
const blockOfRates = (format: Format): Format =>
  format.codec === 'number' ? numbers(format, 'totalAndRates') : rates(format)
const numbers = (format: NumberFormat, codec: 'phases' | 'totalAndPhases' | 'totalAndRates'): Format => {
  const { bytes, signed, scale, unit } = format
  return { codec, bytes, signed, scale, unit }
}
const phaseNumbers =
  (codec: 'phases' | 'totalAndPhases') =>
  (format: Format): Format =>
    format.codec === 'number' ? numbers(format, codec) : list(format, 1, codec === 'phases' ? 3 : 4)

const chineseRate: readonly string[] = Object.freeze(['', '(尖)', '(峰)', '(平)', '(谷)'])

/** Total, rates 1 to 63, block. On almost every meter rates 1 to 4 are sharp, peak, flat and valley. */
export const rateAxis: Axis = Object.freeze({
  byte: 1,
  labels: [
    { code: 0x00, suffix: 'Total', zh: '总' },
    ...numbered(1, 63, 'Rate', (rate) => `费率${rate}${chineseRate[rate] ?? ''}`),
    { code: blockCode, suffix: 'Block', zh: '数据块', block: blockOfRates },
  ],
})

const settlements = 12
/** Now, at the last 1 to 12 settlement days, all of these. */
export const settlementAxis: Axis = Object.freeze({
  byte: 0,
  labels: [
    { code: 0x00, suffix: '', zh: '(当前)' },
    ...numbered(1, settlements, 'Settlement', (day) => `(上${day}结算日)`),
    { code: blockCode, suffix: 'Settlements', zh: '(各结算日)', block: (format) => list(format, 1, 1 + settlements) },
  ],
})

const phases: readonly Label[] = Object.freeze([
  { code: 1, suffix: 'A', zh: 'A相' },
  { code: 2, suffix: 'B', zh: 'B相' },
  { code: 3, suffix: 'C', zh: 'C相' },
])
export const phaseAxis: Axis = Object.freeze({
  byte: 1,
  labels: [...phases, { code: blockCode, suffix: 'Block', zh: '数据块', block: phaseNumbers('phases') }],
})
export const totalAndPhaseAxis: Axis = Object.freeze({
  byte: 1,
  labels: [
    { code: 0, suffix: 'Total', zh: '总' },
    ...phases,
    { code: blockCode, suffix: 'Block', zh: '数据块', block: phaseNumbers('totalAndPhases') },
  ],
})
/** For events: the whole meter or one phase, never a block. */
export const phaseOnlyAxis = (byte: 1 | 2): Axis => Object.freeze({ byte, labels: phases })
export const meterOrPhaseAxis = (byte: 1 | 2): Axis =>
  Object.freeze({ byte, labels: [{ code: 0, suffix: '', zh: '' }, ...phases] })

const harmonics = 21
export const harmonicAxis: Axis = Object.freeze({
  byte: 0,
  labels: [
    ...numbered(1, harmonics, 'Order', (order) => `${order}次`),
    { code: blockCode, suffix: 'Orders', zh: '各次', block: (format) => list(format, 1, harmonics) },
  ],
})

/** The last 1 to `most` records of a kind, newest first. */
export const recordAxis = (most: number): Axis =>
  Object.freeze({ byte: 0, labels: numbered(1, most, 'Last', (number) => `(上${number}次)`) })

/** `from` to `to`, and with FFH all of them. */
export const numberAxis = (from: number, to: number, suffix: string, zh: string, block = true): Axis =>
  Object.freeze({
    byte: 0,
    labels: [
      ...numbered(from, to, suffix, (number) => `${zh}${number}`),
      ...(block
        ? [{ code: blockCode, suffix: `${suffix}s`, zh: `${zh}数据块`, block: (format: Format) => list(format, 1, to) }]
        : []),
    ],
  })

/** The axes of the standard and the ways to make others, for the families of a meter profile. */
export const axes = Object.freeze({
  harmonics: harmonicAxis,
  meterOrPhase: meterOrPhaseAxis,
  numbers: numberAxis,
  phases: phaseAxis,
  rates: rateAxis,
  records: recordAxis,
  settlements: settlementAxis,
  totalAndPhases: totalAndPhaseAxis,
})
