import { expect, test } from 'vitest'
import { fromHex, toHex } from '../hex.ts'
import { broadcastAddress, wildcardAddress } from './address.ts'
import { decodeFrame, encodeFrame } from './frame.ts'
import { identifiers } from './identifiers.table.ts'
import { meterErrors } from './meter-error.ts'
import { rateWordOf } from './rate-word.ts'
import { decodeReply, encodeReply, type Reply } from './reply.ts'
import { decodeRequest, encodeRequest, type Request } from './request.ts'
import { encodeSecurityReply, encodeSecurityRequest, securityCommands } from './security.ts'
import { statusWord3 } from './status-word-3.ts'
import { decodeValue, encodeValue } from './value.ts'

// Frames worked out by hand (meter 123456789012, level 2, password 123456, operator 1) and published samples; both
// directions, byte for byte.

const address = '123456789012'
const credentials = { level: 2, password: '123456', operator: '00000001' }
const newYear = { year: 2030, month: 12, day: 31, hour: 23, minute: 59, second: 59 }
const summer = { year: 2025, month: 8, day: 5, hour: 12, minute: 30, second: 0 }
const bytes = (hex: string): Uint8Array => fromHex(hex)

const requests: [meaning: string, hex: string, request: Request][] = [
  ['read the address of the only meter', 'FE FE FE FE 68 AA AA AA AA AA AA 68 13 00 DF 16', { kind: 'read-address' }],
  [
    'read forward energy',
    '68 61 01 00 00 00 00 68 11 04 33 33 34 33 14 16',
    { kind: 'read', address: '000000000161', identifier: identifiers.forwardActiveEnergyTotal.id },
  ],
  [
    'read status word 3',
    '68 12 90 78 56 34 12 68 11 04 36 38 33 37 73 16',
    { kind: 'read', address, identifier: identifiers.statusWord3.id },
  ],
  [
    'read the first follow-up of an event record',
    '68 12 90 78 56 34 12 68 12 05 34 3B 63 36 34 D9 16',
    { kind: 'read-follow-up', address, identifier: 0x03300801, sequence: 1 },
  ],
  [
    'write alarm amount 1 = 20.00 yuan',
    '68 12 90 78 56 34 12 68 14 10 34 43 33 37 35 89 67 45 34 33 33 33 33 53 33 33 AE 16',
    { kind: 'write', address, identifier: 0x04001001, credentials, data: bytes('00 20 00 00') },
  ],
  [
    'trip',
    '68 12 90 78 56 34 12 68 1C 10 35 89 67 45 34 33 33 33 4D 33 8C 8C 56 64 45 63 E3 16',
    { kind: 'control', address, action: 'trip', credentials, validUntil: newYear },
  ],
  [
    'permit closing',
    '68 12 90 78 56 34 12 68 1C 10 35 89 67 45 34 33 33 33 4E 33 8C 8C 56 64 45 63 E4 16',
    { kind: 'control', address, action: 'permit-close', credentials, validUntil: newYear },
  ],
  [
    'keep power on',
    '68 12 90 78 56 34 12 68 1C 10 35 89 67 45 34 33 33 33 6D 33 8C 8C 56 64 45 63 03 16',
    { kind: 'control', address, action: 'keep-power-on', credentials, validUntil: newYear },
  ],
  [
    'pre-trip, closes again after 30 minutes',
    '68 12 90 78 56 34 12 68 1C 10 35 89 67 45 34 33 33 33 50 39 8C 8C 56 64 45 63 EC 16',
    { kind: 'pre-trip', address, restore: 'direct-close', restoreAfterMinutes: 30, credentials, validUntil: newYear },
  ],
  [
    'a ciphered control command',
    '68 12 90 78 56 34 12 68 1C 1C CB 33 33 33 34 33 33 33 43 44 45 46 47 48 49 4A 4B 4C 4D 4E 4F 50 51 52 D4 D5 D6 D7 ED 16',
    {
      kind: 'control-ciphered',
      address,
      credentials: { level: 98, password: '000000', operator: '00000001' },
      cipher: bytes('10 11 12 13 14 15 16 17 18 19 1A 1B 1C 1D 1E 1F A1 A2 A3 A4'),
    },
  ],
  [
    'freeze now, everywhere',
    '68 99 99 99 99 99 99 68 16 04 CC CC CC CC B0 16',
    { kind: 'freeze', address: broadcastAddress, when: { every: 'now' } },
  ],
  [
    'write address',
    '68 AA AA AA AA AA AA 68 15 06 45 C3 AB 89 67 45 CF 16',
    { kind: 'write-address', address: wildcardAddress, newAddress: address },
  ],
  [
    'change rate to 9600',
    '68 12 90 78 56 34 12 68 17 01 53 F1 16',
    { kind: 'change-rate', address, rateWord: rateWordOf(9600) ?? 0 },
  ],
  [
    'change the password of level 2',
    '68 12 90 78 56 34 12 68 18 0C 36 3F 33 37 35 33 33 33 35 89 67 45 C1 16',
    {
      kind: 'change-password',
      address,
      identifier: 0x04000c03,
      authority: { level: 2, password: '000000' },
      replacement: { level: 2, password: '123456' },
    },
  ],
  [
    'clear demand',
    '68 12 90 78 56 34 12 68 19 08 35 89 67 45 34 33 33 33 DE 16',
    { kind: 'clear-demand', address, credentials },
  ],
  [
    'clear all events',
    '68 12 90 78 56 34 12 68 1B 0C 35 89 67 45 34 33 33 33 32 32 32 32 AC 16',
    { kind: 'clear-events', address, credentials, events: 0xffffffff },
  ],
  [
    'clock pulse on the terminal',
    '68 12 90 78 56 34 12 68 1D 01 33 D7 16',
    { kind: 'select-output', address, output: 'clock-second' },
  ],
  [
    'two blocks of the load profile from a time on',
    '68 12 90 78 56 34 12 68 11 0A 34 33 33 39 35 63 45 38 3B 58 1C 16',
    {
      kind: 'read',
      address,
      identifier: 0x06000001,
      blocks: 2,
      from: { year: 2025, month: 8, day: 5, hour: 12, minute: 30 },
    },
  ],
  [
    'authenticate',
    '68 12 90 78 56 34 12 68 03 20 32 33 33 3A 34 33 33 33 44 55 66 77 88 99 AA BB D4 D5 D6 D7 D8 D9 DA DB 45 C3 AB 89 67 45 33 33 4E 16',
    {
      kind: 'security',
      address,
      identifier: securityCommands.authenticate.id,
      operator: '00000001',
      data: encodeSecurityRequest('authenticate', {
        cipher: bytes('11 22 33 44 55 66 77 88'),
        random: bytes('A1 A2 A3 A4 A5 A6 A7 A8'),
        dispersionFactor: bytes('12 90 78 56 34 12 00 00'),
      }),
    },
  ],
  [
    'recharge 100.00 yuan',
    '68 12 90 78 56 34 12 68 03 1E 32 35 34 3A 34 33 33 33 43 5A 33 33 35 33 33 33 04 05 06 07 89 67 45 33 33 33 14 15 16 17 54 16',
    {
      kind: 'security',
      address,
      identifier: securityCommands.recharge.id,
      operator: '00000001',
      data: encodeSecurityRequest('recharge', {
        amount: 10_000,
        purchaseCount: 2,
        amountMac: bytes('D1 D2 D3 D4'),
        customerNumber: '000000123456',
        customerMac: bytes('E1 E2 E3 E4'),
      }),
    },
  ],
  [
    'broadcast time',
    '68 99 99 99 99 99 99 68 08 06 33 63 45 38 3B 58 1A 16',
    { kind: 'set-time', address: broadcastAddress, time: summer },
  ],
]

test.each(requests)('request: %s', (_, hex, request) => {
  const wakeUpBytes = hex.startsWith('FE') ? 4 : 0
  expect(toHex(encodeFrame(encodeRequest(request), { wakeUpBytes }))).toBe(hex)
  const frame = decodeFrame(bytes(hex))
  expect(frame.ok && decodeRequest(frame.value)).toEqual({ ok: true, value: request })
})

const read = (identifier: number, data: string, of = address): Reply => ({
  kind: 'read',
  address: of,
  identifier,
  data: bytes(data),
  more: false,
})

const replies: [meaning: string, hex: string, reply: Reply][] = [
  ['address', '68 12 90 78 56 34 12 68 93 06 45 C3 AB 89 67 45 07 16', { kind: 'read-address', address }],
  [
    'forward energy 0.26 kWh',
    '68 61 01 00 00 00 00 68 91 08 33 33 34 33 59 33 33 33 8A 16',
    read(0x00010000, '26 00 00 00', '000000000161'),
  ],
  [
    'combined energy 317.76 kWh, woken up',
    'FE FE FE FE 68 29 25 07 07 21 20 68 91 08 33 33 33 33 A9 4A 36 33 2E 16',
    read(0x00000000, '76 17 03 00', '202107072529'),
  ],
  [
    'forward energy block',
    '68 12 90 78 56 34 12 68 91 18 33 32 34 33 33 33 34 33 33 43 33 33 33 53 33 33 33 63 33 33 33 73 33 33 98 16',
    read(0x0001ff00, '00 00 01 00 00 10 00 00 00 20 00 00 00 30 00 00 00 40 00 00'),
  ],
  ['voltage A', '68 61 01 00 00 00 00 68 91 06 33 34 34 35 34 43 10 16', read(0x02010100, '01 10', '000000000161')],
  [
    'voltage block',
    '68 12 90 78 56 34 12 68 91 0A 33 32 34 35 38 55 43 55 CB 54 33 16',
    read(0x0201ff00, '05 22 10 22 98 21'),
  ],
  ['current A', '68 12 90 78 56 34 12 68 91 07 33 34 35 35 67 45 B3 4E 16', read(0x02020100, '34 12 80')],
  ['status word 3', '68 12 90 78 56 34 12 68 91 06 36 38 33 37 83 35 AD 16', read(0x04000503, '50 02')],
  [
    'balance 86.75 yuan',
    '68 12 90 78 56 34 12 68 91 08 33 35 C3 33 A8 B9 33 33 44 16',
    read(0x00900200, '75 86 00 00'),
  ],
  ['date and weekday', '68 12 90 78 56 34 12 68 91 08 34 34 33 37 35 38 3B 58 F1 16', read(0x04000101, '02 05 08 25')],
  [
    'no such data',
    '68 12 90 78 56 34 12 68 D1 01 35 8D 16',
    { kind: 'error', address, functionCode: 0x11, errors: { raw: 2, reasons: ['no-data'] } },
  ],
  ['write accepted', '68 12 90 78 56 34 12 68 94 00 1A 16', { kind: 'write', address }],
  [
    'write refused',
    '68 12 90 78 56 34 12 68 D4 01 37 92 16',
    { kind: 'error', address, functionCode: 0x14, errors: { raw: 4, reasons: ['wrong-password'] } },
  ],
  [
    'authenticated',
    '68 12 90 78 56 34 12 68 83 10 32 33 33 3A E4 E5 E6 E7 F4 F5 F6 F7 F8 F9 FA FB 3D 16',
    {
      kind: 'security',
      address,
      identifier: securityCommands.authenticate.id,
      data: encodeSecurityReply('authenticate', {
        random: bytes('B1 B2 B3 B4'),
        chipSerial: bytes('C1 C2 C3 C4 C5 C6 C7 C8'),
      }),
    },
  ],
  [
    'repeated recharge',
    '68 12 90 78 56 34 12 68 C3 02 35 33 B3 16',
    { kind: 'error', address, functionCode: 0x03, errors: { raw: 2, reasons: ['repeated-recharge'] } },
  ],
  [
    'wrong purchase count',
    '68 12 90 78 56 34 12 68 C3 02 53 33 D1 16',
    { kind: 'error', address, functionCode: 0x03, errors: { raw: 0x20, reasons: ['purchase-count-wrong'] } },
  ],
  ['control executed', '68 12 90 78 56 34 12 68 9C 00 22 16', { kind: 'control', address, result: new Uint8Array() }],
]

test.each(replies)('reply: %s', (_, hex, reply) => {
  const wakeUpBytes = hex.startsWith('FE') ? 4 : 0
  expect(toHex(encodeFrame(encodeReply(reply), { wakeUpBytes }))).toBe(hex)
  const frame = decodeFrame(bytes(hex))
  expect(frame.ok && decodeReply(frame.value)).toEqual({ ok: true, value: reply })
})

test.each([
  ['combinedActiveEnergyTotal', '76 17 03 00', 317_760],
  ['forwardActiveEnergyTotal', '26 00 00 00', 260],
  [
    'forwardActiveEnergyBlock',
    '00 00 01 00 00 10 00 00 00 20 00 00 00 30 00 00 00 40 00 00',
    { total: 100_000, rates: [10_000, 20_000, 30_000, 40_000] },
  ],
  ['voltageA', '01 10', 100_100],
  ['voltageBlock', '05 22 10 22 98 21', { a: 220_500, b: 221_000, c: 219_800 }],
  ['currentA', '34 12 80', -1234],
  ['statusWord3', '50 02', statusWord3(0x0250)],
  ['dateAndWeekday', '02 05 08 25', { year: 2025, month: 8, day: 5, weekday: 2 }],
] as const)('value of %s', (name, hex, value) => {
  expect(decodeValue(name, bytes(hex))).toEqual({ ok: true, value })
  expect(toHex(encodeValue(name, value))).toBe(hex)
})

test('status word 3 0250H: tripped and prepaid by money, accounts opened, not authenticated', () => {
  expect(statusWord3(0x0250)).toEqual({
    raw: 0x0250,
    relay: 'open',
    relayCommand: 'open',
    keepPower: false,
    preTripAlarm: false,
    meterType: 'money',
    programmingAllowed: false,
    supply: 'main',
    authenticated: false,
    localAccountOpened: true,
    remoteAccountOpened: true,
  })
})

test.each([
  [0x00, []],
  [0x01, ['other']],
  [0x06, ['no-data', 'wrong-password']],
  [0x78, ['rate-not-changeable', 'too-many-year-zones', 'too-many-day-periods', 'too-many-tariffs']],
  [0x81, ['other']],
  [0x8004, ['wrong-password']],
  [0x8020, ['keep-power']],
  [0x8000, ['other']],
  [0x0004 << 8, ['other']],
])('error number %i means %j', (raw, reasons) => {
  expect(meterErrors(raw)).toEqual({ raw, reasons })
})
