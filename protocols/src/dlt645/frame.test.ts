import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { fromHex, toHex } from '../hex.ts'
import { addressMatches, wildcardAddress } from './address.ts'
import { frame } from './arbitraries.test-support.ts'
import { functionCode, splitControlCode } from './control-code.ts'
import { decodeFrame, encodeFrame } from './frame.ts'

const accepted = '68 12 90 78 56 34 12 68 94 00 1A 16'

test.each([
  ['nothing', '', 'too-short'],
  ['wake-up bytes alone', 'FE FE FE FE FE FE FE FE FE FE FE FE FE', 'too-short'],
  ['a frame without its end', '68 12 90 78 56 34 12 68 94 00 1A', 'too-short'],
  ['another first byte', '69 12 90 78 56 34 12 68 94 00 1B 16', 'no-start'],
  ['another second start', '68 12 90 78 56 34 12 69 94 00 1B 16', 'no-start'],
  ['a byte too many', `${accepted} 00`, 'bad-length'],
  ['two frames', `${accepted} ${accepted}`, 'bad-length'],
  ['a data byte less than announced', '68 12 90 78 56 34 12 68 91 02 33 4C 16', 'bad-length'],
  ['a wrong checksum', '68 12 90 78 56 34 12 68 94 00 1B 16', 'bad-checksum'],
  ['a wrong checksum before a wrong end', '68 12 90 78 56 34 12 68 94 00 1B 17', 'bad-checksum'],
  ['another last byte', '68 12 90 78 56 34 12 68 94 00 1A 17', 'no-end'],
  ['an address that is not decimal', '68 1B 90 78 56 34 12 68 94 00 23 16', 'bad-address'],
  ['a wildcard below digits', '68 12 AA 78 56 34 12 68 94 00 34 16', 'bad-address'],
])('%s is refused', (_, hex, code) => {
  expect(decodeFrame(fromHex(hex))).toMatchObject({ ok: false, code })
})

test('any number of wake-up bytes may lead', () => {
  for (const count of [0, 1, 4, 9]) {
    const decoded = decodeFrame(fromHex('FE '.repeat(count) + accepted))
    expect(decoded).toEqual({ ok: true, value: { address: '123456789012', control: 0x94, data: new Uint8Array() } })
  }
})

test('data are shifted by 33H on the wire, wrapping around', () => {
  const bytes = encodeFrame({ address: '123456789012', control: 0x91, data: Uint8Array.of(0x00, 0xcc, 0xcd, 0xff) })
  expect(toHex(bytes.subarray(10, 14))).toBe('33 FF 00 32')
})

test('wake-up bytes are not part of the checksum', () => {
  const plain = { address: wildcardAddress, control: 0x13, data: new Uint8Array() }
  expect(toHex(encodeFrame(plain, { wakeUpBytes: 4 }))).toBe('FE FE FE FE 68 AA AA AA AA AA AA 68 13 00 DF 16')
})

const empty = new Uint8Array()
test.each([
  ['a short address', { address: '12345678901', control: 0x11, data: empty }, 'bad-address'],
  ['letters in the address', { address: '12345678901B', control: 0x11, data: empty }, 'bad-address'],
  ['half a wildcard byte', { address: 'A23456789012', control: 0x11, data: empty }, 'bad-address'],
  ['a wildcard below digits', { address: '1234567890AA', control: 0x11, data: empty }, 'bad-address'],
  ['a control byte of 9 bits', { address: '123456789012', control: 0x111, data: empty }, 'out-of-range'],
  ['256 bytes of data', { address: '123456789012', control: 0x11, data: new Uint8Array(256) }, 'wrong-length'],
])('%s cannot be encoded', (_, impossible, code) => {
  expect(() => encodeFrame(impossible)).toThrow(expect.objectContaining({ name: 'ProtocolError', code }))
})

test.each([-1, 1.5, 1000])('%d wake-up bytes cannot be encoded', (wakeUpBytes) => {
  const plain = { address: wildcardAddress, control: 0x13, data: empty }
  expect(() => encodeFrame(plain, { wakeUpBytes })).toThrow(expect.objectContaining({ code: 'out-of-range' }))
})

test('every frame decodes to what was encoded', () => {
  fc.assert(
    fc.property(frame, fc.integer({ min: 0, max: 4 }), (original, wakeUpBytes) => {
      expect(decodeFrame(encodeFrame(original, { wakeUpBytes }))).toEqual({ ok: true, value: original })
    }),
  )
})

test('no bytes make the decoder throw', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      expect(decodeFrame(bytes)).toHaveProperty('ok')
    }),
  )
})

test.each([
  [0x11, { functionCode: functionCode.read, fromMeter: false, abnormal: false, more: false }],
  [0xb1, { functionCode: functionCode.read, fromMeter: true, abnormal: false, more: true }],
  [0xd1, { functionCode: functionCode.read, fromMeter: true, abnormal: true, more: false }],
  [0x9c, { functionCode: functionCode.control, fromMeter: true, abnormal: false, more: false }],
  [0x08, { functionCode: functionCode.setTime, fromMeter: false, abnormal: false, more: false }],
])('control byte %i is taken apart', (control, parts) => {
  expect(splitControlCode(control)).toEqual(parts)
})

test.each([
  ['000000000161', '000000000161', true],
  ['AAAAAAAAAAAA', '000000000161', true],
  ['AAAAAAAA0161', '000000000161', true],
  ['AAAAAAAA0161', '000000001161', false],
  ['AAAAAAAAAA61', '000000000161', true],
  ['000000000162', '000000000161', false],
  ['999999999999', '000000000161', false],
])('%s means meter %s: %s', (pattern, address, expected) => {
  expect(addressMatches(pattern, address)).toBe(expected)
})
