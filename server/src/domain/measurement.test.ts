import { describe, expect, test } from 'vitest'
import { channels, channelsOf, dailyChannelsOf, measuredOf, partOf, quantityNames, spreadsOf } from './measurement.ts'
import { demandOf, freezeOf, minuteText } from './meter-day-data.ts'

describe('what an answer measures', () => {
  test.each([
    ['nothing', {}, {}],
    [
      'a single phase: what was not told is absent',
      { voltageBlock: { a: 230_100, b: null, c: null }, frequency: 49_990 },
      { voltageA: 230_100, frequencyTotal: 49_990 },
    ],
    [
      'a block of powers with its total',
      {
        activePowerBlock: { total: 600, a: 100, b: 200, c: 300 },
        powerFactorBlock: { total: -950, a: null, b: null, c: null },
      },
      { activePowerTotal: 600, activePowerA: 100, activePowerB: 200, activePowerC: 300, powerFactorTotal: -950 },
    ],
    [
      'single totals, as a model of Modbus meters has them',
      { activePowerTotal: 5, apparentPowerTotal: 7 },
      { activePowerTotal: 5, apparentPowerTotal: 7 },
    ],
  ])('%s', (_, values, measured) => expect(measuredOf(values)).toEqual(measured))
})

test('each channel belongs to one quantity, and its part is told by its name', () => {
  expect(quantityNames.flatMap(channelsOf).toSorted()).toEqual([...channels].toSorted())
  expect(channelsOf('active-power').map(partOf)).toEqual(['Total', 'A', 'B', 'C'])
  expect(dailyChannelsOf('active-power')).toEqual(['activePowerTotal'])
})

test('a day keeps the least, the mean and the greatest of what was told', () => {
  const measurements = [
    { at: 1, measured: { voltageA: 220_000, currentA: 1 } },
    { at: 2, measured: { voltageA: 231_001 } },
    { at: 3, measured: { voltageA: 210_000, currentA: 2 } },
  ]
  expect(spreadsOf(measurements)).toEqual({
    voltageA: { least: 210_000, mean: 220_334, greatest: 231_001 },
    currentA: { least: 1, mean: 2, greatest: 2 },
  })
  expect(spreadsOf([])).toEqual({})
})

describe('a minute of the meter', () => {
  test.each([
    [{ year: 2026, month: 2, day: 28, hour: 23, minute: 59 }, '2026-02-28 23:59'],
    [{ year: 2026, month: 2, day: 29, hour: 0, minute: 0 }, null],
    [{ year: 2000, month: 0, day: 0, hour: 0, minute: 0 }, null],
    [{ year: 2026, month: 3, day: 1, hour: 24, minute: 0 }, null],
    [{ year: 2026, month: 3, day: 1, hour: 12, minute: 75 }, null],
    [null, null],
  ])('%j is %s', (minute, text) => expect(minuteText(minute)).toBe(text))
})

test('demand and freeze are what was told of them, or nothing', () => {
  const at = { year: 2026, month: 11, day: 25, hour: 0, minute: 0 }
  expect(demandOf({})).toBeNull()
  expect(
    demandOf({
      forwardActiveDemandTotal: { value: 2_500_000, at },
      reverseActiveEnergyBlock: { total: 10, rates: [] },
    }),
  ).toEqual({
    greatestMilliwatts: 2_500_000,
    greatestAt: '2026-11-25 00:00',
    presentMilliwatts: null,
    presentMillivars: null,
    reverseWh: 10,
  })
  expect(freezeOf({})).toBeNull()
  expect(
    freezeOf({ frozenTimeDailyLast1: at, frozenForwardActiveEnergyDailyLast1: { total: 40, rates: [10, null] } }),
  ).toEqual({
    frozenAt: '2026-11-25 00:00',
    totalWh: 40,
    ratesWh: [],
    thisMonthWh: null,
    lastMonthWh: null,
  })
})
