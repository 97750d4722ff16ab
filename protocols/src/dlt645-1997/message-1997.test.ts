import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { meterAddress } from '../dlt645/arbitraries.test-support.ts'
import { decodeFrame, encodeFrame } from '../dlt645/frame.ts'
import { decodeReply } from '../dlt645/reply.ts'
import { decodeRequest } from '../dlt645/request.ts'
import { valueOfFormat } from '../dlt645/values.test-support.ts'
import { fromHex, toHex } from '../hex.ts'
import { item1997, item1997ByName, items1997 } from './identifiers-1997.table.ts'
import {
  answers1997,
  decodeReply1997,
  decodeRequest1997,
  decodeValue1997,
  encodeReply1997,
  encodeRequest1997,
  encodeValue1997,
  type Reply1997,
  type Request1997,
} from './message-1997.ts'

const address = '138000130754'

describe('the published exchange', () => {
  const question: Request1997 = { kind: 'read', address, identifier: 0x9010 }
  const answer: Reply1997 = { kind: 'read', address, identifier: 0x9010, data: fromHex('01 00 00 00'), more: false }
  const asked = '68 54 07 13 00 80 13 68 01 02 43 C3 DA 16'

  test('request', () => {
    expect(toHex(encodeFrame(encodeRequest1997(question)))).toBe(asked)
    const frame = decodeFrame(fromHex(asked))
    expect(frame.ok && decodeRequest1997(frame.value)).toEqual({ ok: true, value: question })
  })

  test('reply', () => {
    const told = '68 54 07 13 00 80 13 68 81 06 43 C3 34 33 33 33 2B 16'
    expect(toHex(encodeFrame(encodeReply1997(answer)))).toBe(told)
    const frame = decodeFrame(fromHex(told))
    expect(frame.ok && decodeReply1997(frame.value)).toEqual({ ok: true, value: answer })
    expect(answers1997(question, answer)).toBe(true)
    expect(decodeValue1997(0x9010, fromHex('01 00 00 00'))).toEqual({ ok: true, value: 10 })
  })

  test('it is not taken for one of 2007', () => {
    expect(decodeRequest(encodeRequest1997(question))).toMatchObject({ ok: false, code: 'wrong-function' })
    expect(decodeReply(encodeReply1997(answer))).toMatchObject({ ok: false, code: 'wrong-function' })
  })
})

test('other published frames: a question for the meter number, and 1062.48 kWh', () => {
  const asked = decodeFrame(fromHex('FE FE FE FE 68 47 54 00 12 00 00 68 01 02 65 F3 D8 16'))
  expect(asked.ok && decodeRequest1997(asked.value)).toMatchObject({ ok: true, value: { identifier: 0xc032 } })
  const told = decodeFrame(fromHex('FE FE FE FE 68 85 14 16 00 18 15 68 81 06 43 C3 7B 95 43 33 BF 16'))
  const reply = told.ok ? decodeReply1997(told.value) : told
  expect(reply).toMatchObject({ ok: true, value: { identifier: 0x9010, address: '151800161485' } })
  const data = reply.ok && reply.value.kind !== 'error' ? reply.value.data : new Uint8Array()
  expect(decodeValue1997(0x9010, data)).toEqual({ ok: true, value: 1_062_480 })
})

const identifier = fc.integer({ min: 0, max: 0xffff })
const request: fc.Arbitrary<Request1997> = fc.oneof(
  fc.record({ kind: fc.constantFrom('read' as const, 'read-follow-up' as const), address: meterAddress, identifier }),
  fc.record({ kind: fc.constant('read-again' as const), address: meterAddress }),
)
const reply: fc.Arbitrary<Reply1997> = fc.record({
  kind: fc.constantFrom('read' as const, 'read-follow-up' as const, 'read-again' as const),
  address: meterAddress,
  identifier,
  data: fc.uint8Array({ maxLength: 200 }),
  more: fc.boolean(),
})

test('messages decode to what was encoded', () => {
  fc.assert(
    fc.property(request, reply, (asked, told) => {
      expect(decodeRequest1997(encodeRequest1997(asked))).toEqual({ ok: true, value: asked })
      expect(decodeReply1997(encodeReply1997(told))).toEqual({ ok: true, value: told })
    }),
  )
})

test('every value decodes to what was encoded, and every name leads to its number', () => {
  expect(new Set(items1997.map(({ id }) => id)).size).toBe(items1997.length)
  expect(new Set(items1997.map(({ name }) => name)).size).toBe(items1997.length)
  fc.assert(
    fc.property(
      fc.constantFrom(...items1997).chain((item) => fc.tuple(fc.constant(item), valueOfFormat(item))),
      ([item, value]) => {
        expect(decodeValue1997(item.id, encodeValue1997(item.id, value))).toEqual({ ok: true, value })
        expect(item1997ByName(item.name)).toBe(item)
      },
    ),
    { numRuns: 500 },
  )
})

test.each([
  [0x9010, 'forwardActiveEnergyTotal'],
  [0x901f, 'forwardActiveEnergyBlock'],
  [0x9414, 'forwardActiveEnergyRate4LastMonth'],
  [0x9130, 'quadrant1ReactiveEnergyTotal'],
  [0xa010, 'forwardActiveDemandTotal'],
  [0xb010, 'forwardActiveDemandTimeTotal'],
  [0xc032, 'meterNumber'],
])('%i is %s', (id, name) => {
  expect(item1997(id)?.name).toBe(name)
})

test.each([
  [0x9010, 'published'],
  [0x9414, 'published'],
  [0x916f, 'published'],
  [0x9015, 'memory'],
  [0x9810, 'memory'],
  [0xa010, 'memory'],
  [0xb611, 'published'],
  [0xc032, 'published'],
  [0xc033, 'memory'],
])('certainty of %i: %s', (id, certainty) => {
  expect(item1997(id)?.certainty).toBe(certainty)
})

test.each([
  ['an error', 0xc1, '02', { kind: 'error', raw: 2, reasons: ['identifier-error'] }],
  ['an error of two kinds', 0xc1, '05', { kind: 'error', raw: 5, reasons: ['illegal-data', 'password-error'] }],
  ['more to follow', 0xa1, '10 90 01', { kind: 'read', identifier: 0x9010, more: true }],
])('%s', (_, control, hex, value) => {
  expect(decodeReply1997({ address, control, data: fromHex(hex) })).toMatchObject({ ok: true, value })
})

test.each([
  ['writing', { address, control: 0x04, data: fromHex('10 C0 00') }, 'wrong-function'],
  ['a function of 2007', { address, control: 0x11, data: fromHex('10 90') }, 'wrong-function'],
  ['half an identifier', { address, control: 0x01, data: fromHex('10') }, 'wrong-length'],
  ['a broadcast', { address: '999999999999', control: 0x01, data: fromHex('10 90') }, 'bad-address'],
])('%s is refused as a request', (_, frame, code) => {
  expect(decodeRequest1997(frame)).toMatchObject({ ok: false, code })
})

test('what has no line is refused, not thrown', () => {
  expect(decodeValue1997(0xffff, new Uint8Array(4))).toMatchObject({ ok: false, code: 'unknown-identifier' })
  expect(() => encodeValue1997(0xffff, 0)).toThrow(expect.objectContaining({ code: 'out-of-range' }))
})
