import * as fc from 'fast-check'
import { meterTime } from './arbitraries.test-support.ts'
import { bitsOf } from './codec.ts'
import { type Format, mostRates } from './format.ts'
import type { LoadRecord } from './load-record.ts'
import { partsOf } from './moment.ts'
import { type Numeric, stepsOf } from './number.ts'
import { statusWord3 } from './status-word-3.ts'

// Every value that a format can carry, for property tests.

/** Every value that the register of an item can show. */
export function measured(format: Numeric): fc.Arbitrary<number | null> {
  const steps = Math.min(stepsOf(format) - 1, Math.floor(Number.MAX_SAFE_INTEGER / format.scale))
  return fc.option(
    fc.integer({ min: format.signed ? -steps : 0, max: steps }).map((step) => step * format.scale || 0),
    { freq: 8 },
  )
}

const word = fc.integer({ min: 0, max: 0xffff })

/** Any text without filling at its ends. */
const textOf = (length: number): fc.Arbitrary<string> =>
  fc
    .array(fc.integer({ min: 0x01, max: 0xfe }), { maxLength: length })
    .map((codes) => String.fromCharCode(...codes))
    .filter((text) => text === '' || (text.at(0) !== ' ' && text.at(-1) !== ' '))

const moment = (pattern: string): fc.Arbitrary<unknown> =>
  fc.option(
    fc
      .tuple(meterTime, fc.integer({ min: 0, max: 6 }), fc.integer({ min: 0, max: 98 }))
      .map(([time, weekday, number]) => {
        const all = { ...time, weekday, number }
        return Object.fromEntries(partsOf(pattern).map((part) => [part, all[part]]))
      }),
    { freq: 8 },
  )

const abc = (format: Numeric) => fc.record({ a: measured(format), b: measured(format), c: measured(format) })
const totalAbc = (format: Numeric) =>
  fc.record({ total: measured(format), a: measured(format), b: measured(format), c: measured(format) })

const number = (bytes: number, scale: number, signed = false): Numeric => ({ bytes, signed, scale, unit: '' })
const energy = measured(number(4, 10))
const signedEnergy = measured(number(4, 10, true))
const demand = measured(number(3, 100))

const loadRecord: fc.Arbitrary<LoadRecord> = fc.record({
  at: moment('YYMMDDhhmm') as fc.Arbitrary<LoadRecord['at']>,
  damaged: fc.boolean(),
  voltageAndCurrent: fc.option(
    fc.record({ voltage: abc(number(2, 100)), current: abc(number(3, 1, true)), frequency: measured(number(2, 10)) }),
  ),
  power: fc.option(fc.record({ active: totalAbc(number(3, 100, true)), reactive: totalAbc(number(3, 100, true)) })),
  powerFactor: fc.option(totalAbc(number(2, 1, true))),
  energy: fc.option(
    fc.record({
      forwardActive: energy,
      reverseActive: energy,
      combinedReactive1: signedEnergy,
      combinedReactive2: signedEnergy,
    }),
  ),
  quadrants: fc.option(fc.record({ quadrant1: energy, quadrant2: energy, quadrant3: energy, quadrant4: energy })),
  demand: fc.option(
    fc.oneof(
      fc.record({ active: demand, reactive: demand }),
      fc.record({
        active: demand,
        reactive: demand,
        neutralCurrent: measured(number(3, 1, true)),
        apparentPower: measured(number(3, 100, true)),
      }),
    ),
  ),
})

export function valueOfFormat(format: Format): fc.Arbitrary<unknown> {
  switch (format.codec) {
    case 'number':
      return measured(format)
    case 'phases':
      return abc(format)
    case 'totalAndPhases':
      return totalAbc(format)
    case 'totalAndRates':
      return fc.record({ total: measured(format), rates: fc.array(measured(format), { maxLength: mostRates }) })
    case 'rates':
      return fc.record({ total: valueOfFormat(format.of), rates: fc.array(valueOfFormat(format.of), { maxLength: 8 }) })
    case 'record':
      return fc.record(
        Object.fromEntries(Object.entries(format.fields).map(([name, field]) => [name, valueOfFormat(field)])),
      )
    case 'list':
      return fc.array(valueOfFormat(format.of), {
        minLength: format.least,
        maxLength: Math.max(format.least, Math.min(format.most, 24)),
      })
    case 'bits':
      return fc.integer({ min: 0, max: 256 ** format.bytes - 1 }).map((raw) => bitsOf(format, raw))
    case 'moment':
      return moment(format.pattern)
    case 'dateAndWeekday':
      return fc
        .tuple(meterTime, fc.integer({ min: 0, max: 6 }))
        .map(([{ year, month, day }, weekday]) => ({ year, month, day, weekday }))
    case 'timeOfDay':
      return meterTime.map(({ hour, minute, second }) => ({ hour, minute, second }))
    case 'digits':
      return fc
        .integer({ min: 0, max: 10 ** (2 * format.bytes) - 1 })
        .map((digits) => String(digits).padStart(2 * format.bytes, '0'))
    case 'text':
      return textOf(format.bytes)
    case 'raw':
      return fc.uint8Array({ minLength: format.bytes, maxLength: format.bytes })
    case 'rest':
      return fc.uint8Array({ maxLength: 40 })
    case 'identifier':
      return fc.integer({ min: 0, max: 0xffff_ffff })
    case 'statusWord3':
      return word.map((raw) => statusWord3(raw, format.accountBits))
    case 'statusWords':
      return fc.record({
        words: fc.array(word, { minLength: 1, maxLength: 14 }).filter(({ length }) => length !== 5 && length !== 9),
      })
    case 'loadRecords':
    default:
      return fc.record({ records: fc.array(loadRecord, { maxLength: 2 }) })
  }
}
