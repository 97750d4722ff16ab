import { fromHex, standardDictionary, toHex } from '@xianfu/protocols'
import { describe, expect, test } from 'vitest'
import { explainData } from './identifier.ts'
import { quantityFromText, quantityText } from './quantity.ts'
import { valueFromText } from './value-from-text.ts'

const itemNamed = (name: string) => {
  const item = standardDictionary.byName(name)
  if (item === null) throw new Error(`no item ${name}`)
  return item
}

const encoded = (name: string, text: string): string => {
  const item = itemNamed(name)
  const typed = valueFromText(item, text)
  return typed.ok ? toHex(standardDictionary.encode(item.id, typed.value)) : `no: ${typed.example}`
}

describe('what is typed becomes bytes', () => {
  test.each([
    ['moneyAlarm1', '20', '00 20 00 00'],
    ['moneyAlarm1', '20.05 yuan', '05 20 00 00'],
    ['moneyAlarm1', '20.05元', '05 20 00 00'],
    ['tripDelay', '5', '05 00'],
    ['tripDelay', '5 min', '05 00'],
    ['upperVoltageLimit', '253.0 V', '30 25'],
    ['tripCurrentLimit', '60.5 A', '00 05 06'],
    ['spareRatePrice1', '0.5283 yuan/kWh', '83 52 00 00'],
    ['customerNumber', '123456', '56 34 12 00 00 00'],
    ['dateAndWeekday', '2026-11-25', '03 25 11 26'],
    ['time', '14:05:09', '09 05 14'],
    ['dailyFreezeTime', '00:30', '30 00'],
    ['settlementDay1', '01-00', '00 01'],
    ['zoneTable2', '01-01 1, 07-01 2', '01 01 01 02 01 07'],
    ['dayTable2Number1', '00:00 4, 08:30 2', '04 00 00 02 30 08'],
    ['zoneTableSwitchTime', '2027-01-01 00:00', '00 00 01 01 27'],
    ['workdays', '3EH', '3E'],
    ['workdays', 'mondayWorks, tuesdayWorks', '06'],
    ['activeReportReset', '01 02 03 04 05 06 07 08 09 0A 0B 0C', '01 02 03 04 05 06 07 08 09 0A 0B 0C'],
  ])('%s = %s', (name, text, bytes) => {
    expect(encoded(name, text)).toBe(bytes)
  })
})

describe('what cannot be typed says what it should look like', () => {
  test.each([
    ['moneyAlarm1', 'much', /a number of CNY/u],
    ['moneyAlarm1', '20.005', /a number of CNY/u],
    ['moneyAlarm1', '20 kWh', /a number of CNY/u],
    ['upperVoltageLimit', '253.05', /a number of V/u],
    ['customerNumber', '1234567890123', /up to 12 digits/u],
    ['dateAndWeekday', '25.11.2026', /2026-11-25/u],
    ['time', '14:05', /14:05:00/u],
    ['dailyFreezeTime', 'noon', /hhmm, such as 14-05/u],
    ['zoneTable2', '01-01', /MMDDNN.*several by commas/u],
    ['workdays', 'someday', /sundayWorks, mondayWorks/u],
    ['activeReportReset', '01 02', /12 bytes/u],
    ['spareLadderTable', '1', /hex:01 02/u],
  ])('%s = %s', (name, text, example) => {
    expect(encoded(name, text)).toMatch(example)
  })
})

describe('what is printed can be typed again', () => {
  test.each([
    ['moneyAlarm1', '05 20 00 00'],
    ['tripDelay', '05 00'],
    ['tripCurrentLimit', '01 05 06'],
    ['spareRatePrice1', '83 52 00 00'],
    ['customerNumber', '56 34 12 00 00 00'],
    ['time', '09 05 14'],
    ['dailyFreezeTime', '30 00'],
    ['zoneTableSwitchTime', '00 00 01 01 27'],
  ])('%s %s', (name, bytes) => {
    const item = itemNamed(name)
    const { text } = explainData(standardDictionary, item.id, fromHex(bytes), 'en')
    expect(encoded(name, text)).toBe(bytes)
  })
})

describe('quantities', () => {
  test.each([
    [12_340, 'Wh', 10, '12.34 kWh'],
    [-5, 'mA', 1, '-0.005 A'],
    [0, 'mW', 100, '0.0000 kW'],
    [3_650, 'mV', 10, '3.65 V'],
    [220_500, 'mV', 100, '220.5 V'],
    [985, '1/1000', 1, '0.985'],
    [-123, '1/10 °C', 1, '-12.3 °C'],
    [8_675, 'fen', 1, '86.75 CNY'],
    [7, 'min', 1, '7 min'],
    [42, '', 1, '42'],
  ])('%d %s in steps of %d is %s, and back', (value, unit, scale, text) => {
    expect(quantityText(value, unit, scale, 'en')).toBe(text)
    expect(quantityFromText(text, unit)).toBe(value)
  })

  test('in Chinese too', () => {
    expect(quantityText(8_675, 'fen', 1, 'zh')).toBe('86.75 元')
    expect(quantityText(5_283, '1/10000 CNY/kWh', 1, 'zh')).toBe('0.5283 元/kWh')
  })

  test('no number is finer than the base unit, or beyond exactness', () => {
    expect(quantityFromText('1.0001', 'Wh')).toBeNull()
    expect(quantityFromText('99999999999999999999', 'Wh')).toBeNull()
  })
})
