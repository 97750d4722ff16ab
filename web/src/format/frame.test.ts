import { describe, expect, it } from 'vitest'
import { hexOf, splitFrame, supplyStateOf } from './frame.ts'

/** Recorded from the demonstration's command log: a trip, its acknowledgement, the question for the status word. */
const trip = 'FE FE FE FE 68 09 00 01 11 26 20 68 1C 10 35 33 33 33 34 33 33 33 4D 33 66 68 4A 58 44 59 85 16'
const acknowledged = '68 09 00 01 11 26 20 68 9C 00 CD 16'
const asked = 'FE FE FE FE 68 09 00 01 11 26 20 68 11 04 36 38 33 37 1E 16'
const openWord = '68 09 00 01 11 26 20 68 91 06 36 38 33 37 03 33 D6 16'

const shape = (hex: string): string =>
  splitFrame(hex)
    .map(({ field, bytes }) => `${field}:${String(bytes.length)}`)
    .join(' ')
const valuesOf = (hex: string): Record<string, string | null> =>
  Object.fromEntries(splitFrame(hex).map(({ field, value }) => [field, value]))

describe('a frame is split into its fields', () => {
  it.each([
    [
      trip,
      'wake-up:4 mark:1 address:6 mark:1 control:1 length:1 password:4 operator:4 action:2 deadline:6 checksum:1 mark:1',
    ],
    [
      // The server hides the password; that is no wrong checksum.
      trip.replace('35 33 33 33', '35 ** ** **'),
      'wake-up:4 mark:1 address:6 mark:1 control:1 length:1 password:4 operator:4 action:2 deadline:6 checksum:1 mark:1',
    ],
    [acknowledged, 'mark:1 address:6 mark:1 control:1 length:1 checksum:1 mark:1'],
    [asked, 'wake-up:4 mark:1 address:6 mark:1 control:1 length:1 identifier:4 checksum:1 mark:1'],
    [openWord, 'mark:1 address:6 mark:1 control:1 length:1 identifier:4 data:2 checksum:1 mark:1'],
    // A refusal: one byte, wrong password.
    ['68 09 00 01 11 26 20 68 DC 01 37 45 16', 'mark:1 address:6 mark:1 control:1 length:1 error:1 checksum:1 mark:1'],
    // A Modbus RTU frame, half a frame, nothing.
    ['01 03 00 00 00 02 C4 0B', 'unknown:8'],
    ['68 09 00 01 11 26', 'unknown:6'],
    ['', ''],
  ])('%s', (hex, fields) => {
    expect(shape(hex)).toBe(fields)
  })

  it('loses no byte', () => {
    for (const hex of [
      trip,
      trip.replace('35 33 33 33', '35 ** ** **'),
      acknowledged,
      asked,
      openWord,
      '01 03 FF',
      'FE FE',
    ])
      expect(hexOf(splitFrame(hex).flatMap(({ bytes }) => bytes))).toBe(hex)
  })

  it('says what the bytes mean, and never the password', () => {
    expect(valuesOf(trip)).toMatchObject({ address: '202611010009', control: '1C', action: '1A', password: null })
    expect(valuesOf(openWord)).toMatchObject({ identifier: '04000503', data: '00D0', length: '6' })
  })

  it('shows a checksum that does not fit', () => {
    expect(shape(openWord.replace('D6', 'D7'))).toContain('wrong-checksum:1')
  })
})

describe('the status word that proves', () => {
  it.each([
    [openWord, { relay: 'open', relayCommand: 'open', keepPower: false, alarm: true }],
    [
      '68 09 00 01 11 26 20 68 91 06 36 38 33 37 B3 33 86 16',
      { relay: 'closed', relayCommand: 'closed', keepPower: false, alarm: true },
    ],
    [
      '68 09 00 01 11 26 20 68 91 06 36 38 33 37 33 43 16 16',
      { relay: 'closed', relayCommand: 'closed', keepPower: true, alarm: false },
    ],
    [asked, null],
    [acknowledged, null],
    ['', null],
  ])('%s', (hex, state) => {
    expect(supplyStateOf(hex)).toEqual(state)
  })
})
