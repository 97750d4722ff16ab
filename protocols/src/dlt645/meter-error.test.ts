import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { fromHex, toHex } from '../hex.ts'
import {
  controlErrorsFor,
  controlResult,
  controlResultFor,
  errorsFor,
  errorsOfFunction,
  meterErrors,
  securityErrors,
  securityErrorsFor,
} from './meter-error.ts'
import { bitRateOf, rateWordOf } from './rate-word.ts'
import { decodeReply } from './reply.ts'

test.each([
  [0x0001, ['other']],
  [0x0008, ['not-authenticated']],
  [0x0014, ['verification-failed', 'customer-number-differs']],
  [0x0100, ['suspended']],
  [0x0200, ['closing-failed']],
  [0x0400, ['other']],
  [0xfc01, ['other']],
])('security error %i means %j', (raw, reasons) => {
  expect(securityErrors(raw)).toEqual({ raw, reasons })
})

test.each([
  ['', { kind: 'none' }],
  ['04 00', { kind: 'done', raw: 4, states: ['tripped'] }],
  ['01', { kind: 'done', raw: 1, states: ['closed'] }],
  ['00 05', { kind: 'done', raw: 0x500, states: ['keep-power-on', 'alarm-on'] }],
  ['00 10', { kind: 'done', raw: 0x1000, states: ['unknown'] }],
  ['20 80', { kind: 'refused', raw: 0x8020, errors: { raw: 0x8020, reasons: ['keep-power'] } }],
])('control result %s', (hex, result) => {
  expect(controlResult(fromHex(hex))).toEqual(result)
})

test('what a virtual meter says is understood as what it meant', () => {
  const reasons = ['repeated-recharge', 'hoarding-limit-exceeded'] as const
  expect(securityErrorsFor(reasons)).toEqual({ raw: 0x0042, reasons })
  expect(errorsFor(['no-data'])).toEqual({ raw: 2, reasons: ['no-data'] })
  expect(errorsFor(['keep-power'])).toEqual({ raw: 1, reasons: ['other'] })
  expect(controlErrorsFor(['keep-power', 'already-tripped'])).toEqual({
    raw: 0x8120,
    reasons: ['keep-power', 'already-tripped'],
  })
  expect(controlErrorsFor(['other'])).toEqual({ raw: 0x8000, reasons: ['other'] })
  expect(toHex(controlResultFor(['trip-delayed', 'alarm-off']))).toBe('08 08')
  expect(controlResult(controlResultFor(['trip-delayed']))).toMatchObject({ states: ['trip-delayed'] })
})

test('one byte of SERR is accepted from meters that send no more', () => {
  const reply = { address: '123456789012', control: 0xc3, data: fromHex('08') }
  expect(decodeReply(reply)).toMatchObject({ ok: true, value: { errors: { raw: 8, reasons: ['not-authenticated'] } } })
})

test('every number has reasons or is zero, and each reason stands once', () => {
  fc.assert(
    fc.property(fc.constantFrom(0x03, 0x11, 0x1c), fc.integer({ min: 0, max: 0xffff }), (code, raw) => {
      const { reasons } = errorsOfFunction(code, raw)
      expect(reasons.length > 0).toBe(raw !== 0)
      expect(new Set(reasons).size).toBe(reasons.length)
    }),
  )
})

test.each([-1, 0x10000, 0.5])('%d is no error number', (raw) => {
  expect(() => meterErrors(raw)).toThrow(expect.objectContaining({ code: 'out-of-range' }))
  expect(() => securityErrors(raw)).toThrow(expect.objectContaining({ code: 'out-of-range' }))
})

test.each([
  [0x02, 600],
  [0x08, 2400],
  [0x20, 9600],
  [0x40, 19_200],
])('rate word %i is %i bit/s', (word, rate) => {
  expect(bitRateOf(word)).toBe(rate)
  expect(rateWordOf(rate)).toBe(word)
})

test.each([0x00, 0x01, 0x80, 0x18, 0x32])('rate word %i names no rate', (word) => {
  expect(bitRateOf(word)).toBeNull()
})

test('115200 bit/s have no word', () => {
  expect(rateWordOf(115_200)).toBeNull()
})
