import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Decoded } from '../decoded.ts'
import { ProtocolError } from '../error.ts'
import { fromHex, toHex } from '../hex.ts'
import { modbusReply, modbusRequest, replyTo, unit } from './arbitraries.test-support.ts'
import { modbusExceptionName } from './exception.ts'
import { answersModbus, modbusReplyBytes } from './exchange.ts'
import { decodeModbusReply, encodeModbusReply } from './reply.ts'
import { decodeModbusRequest, encodeModbusRequest, type ModbusRequest } from './request.ts'
import { decodeRtuFrame, encodeRtuFrame } from './rtu-frame.ts'
import { decodeTcpFrame, encodeTcpFrame } from './tcp-frame.ts'

test('what is encoded decodes to the same', () => {
  fc.assert(
    fc.property(modbusRequest, modbusReply, unit, fc.integer({ min: 0, max: 0xffff }), (request, reply, unit, id) => {
      expect(decodeModbusRequest(encodeModbusRequest(request))).toEqual({ ok: true, value: request })
      expect(decodeModbusReply(encodeModbusReply(reply))).toEqual({ ok: true, value: reply })
      const pdu = encodeModbusReply(reply)
      expect(decodeRtuFrame(encodeRtuFrame({ unit, pdu }))).toEqual({ ok: true, value: { unit, pdu } })
      const tcp = { transaction: id, unit, pdu }
      expect(decodeTcpFrame(encodeTcpFrame(tcp))).toEqual({ ok: true, value: tcp })
    }),
  )
})

/** What was understood, said again; null when it was refused. */
const again = <T>(result: Decoded<T>, encode: (value: T) => Uint8Array): string | null =>
  result.ok ? toHex(encode(result.value)) : null

test('a decoder never throws, and what it understands it says again in the same bytes', () => {
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 260 }),
    // Rich in real function codes, byte counts and lengths.
    fc.array(fc.constantFrom(0, 1, 2, 3, 4, 6, 16, 131, 144), { maxLength: 14 }).map((parts) => Uint8Array.from(parts)),
  )
  fc.assert(
    fc.property(bytes, (bytes) => {
      const hex = toHex(bytes)
      expect(again(decodeModbusRequest(bytes), encodeModbusRequest) ?? hex).toBe(hex)
      expect(again(decodeModbusReply(bytes), encodeModbusReply) ?? hex).toBe(hex)
      expect(again(decodeRtuFrame(bytes), encodeRtuFrame) ?? hex).toBe(hex)
      expect(again(decodeTcpFrame(bytes), encodeTcpFrame) ?? hex).toBe(hex)
    }),
    { numRuns: 2_000 },
  )
})

test('one wrong bit anywhere breaks the CRC', () => {
  fc.assert(
    fc.property(modbusRequest, unit, fc.nat(), (request, unit, bit) => {
      const bytes = encodeRtuFrame({ unit, pdu: encodeModbusRequest(request) })
      const at = (bit >> 3) % bytes.length
      bytes[at] = (bytes[at] ?? 0) ^ (1 << (bit & 7))
      expect(decodeRtuFrame(bytes)).toMatchObject({ ok: false, code: 'bad-checksum' })
    }),
  )
})

test('the honest reply and an exception answer, of the length that was foretold', () => {
  fc.assert(
    fc.property(
      modbusRequest.chain((request) => replyTo(request).map((reply) => ({ request, reply }))),
      ({ request, reply }) => {
        const pdu = encodeModbusReply(reply)
        expect(answersModbus(request, reply)).toBe(true)
        expect(pdu).toHaveLength(modbusReplyBytes(request))
        const functionCode = pdu[0] ?? 0
        expect(answersModbus(request, { kind: 'exception', functionCode, exceptionCode: 2 })).toBe(true)
        expect(answersModbus(request, { kind: 'exception', functionCode: functionCode + 1, exceptionCode: 2 })).toBe(
          false,
        )
      },
    ),
  )
})

const read: ModbusRequest = { kind: 'read-holding', start: 0x200, count: 2 }
test.each([
  [read, { kind: 'read-holding', data: fromHex('00 01') }],
  [read, { kind: 'read-input', data: fromHex('00 01 00 02') }],
  [
    { kind: 'write-single', start: 1, value: 2 },
    { kind: 'write-single', start: 1, value: 3 },
  ],
  [
    { kind: 'write-single', start: 1, value: 2 },
    { kind: 'write-single', start: 2, value: 2 },
  ],
  [
    { kind: 'write-multiple', start: 1, data: fromHex('00 01') },
    { kind: 'write-multiple', start: 1, count: 2 },
  ],
  [
    { kind: 'write-multiple', start: 1, data: fromHex('00 01') },
    { kind: 'write-multiple', start: 2, count: 1 },
  ],
] as const)('%o is not answered by %o', (request, reply) => {
  expect(answersModbus(request, reply)).toBe(false)
})

test.each([
  ['', 'wrong-function'],
  ['2B 0E 01 00', 'wrong-function'],
  ['03 00 00 00', 'wrong-length'],
  ['03 00 00 00 00', 'out-of-range'],
  ['03 00 00 00 7E', 'out-of-range'],
  ['03 FF FF 00 02', 'out-of-range'],
  ['10 00 00 00 01 04 00 01', 'wrong-length'],
  ['10 00 00 00 02 02 00 01', 'wrong-length'],
  ['06 00 00 00 00 00', 'wrong-length'],
])('request %s is refused: %s', (hex, code) => {
  expect(decodeModbusRequest(fromHex(hex))).toMatchObject({ ok: false, code })
})

test.each([
  ['', 'too-short'],
  ['2B 0E', 'wrong-function'],
  ['03 03 00 01 02', 'wrong-length'],
  ['03 00', 'wrong-length'],
  ['83', 'wrong-length'],
  ['83 02 00', 'wrong-length'],
  ['10 00 01 00 00', 'out-of-range'],
])('reply %s is refused: %s', (hex, code) => {
  expect(decodeModbusReply(fromHex(hex))).toMatchObject({ ok: false, code })
})

test.each([
  ['00 01 00 00 00 06 11', 'too-short'],
  ['00 01 00 01 00 06 11 03 00 00 00 01', 'no-start'],
  ['00 01 00 00 00 07 11 03 00 00 00 01', 'bad-length'],
])('Modbus TCP frame %s is refused: %s', (hex, code) => {
  expect(decodeTcpFrame(fromHex(hex))).toMatchObject({ ok: false, code })
})

test('unit 248 and above is nobody, even with a valid CRC', () => {
  expect(() => encodeRtuFrame({ unit: 0xf8, pdu: fromHex('03 00 00 00 01') })).toThrow(ProtocolError)
  expect(decodeRtuFrame(fromHex('F8 03 00 00 00 01 90 63'))).toMatchObject({ ok: false, code: 'bad-address' })
})

test('an encoder refuses what cannot be said', () => {
  const impossible: (() => unknown)[] = [
    () => encodeModbusRequest({ kind: 'read-holding', start: 0, count: 126 }),
    () => encodeModbusRequest({ kind: 'read-holding', start: 0xffff, count: 2 }),
    () => encodeModbusRequest({ kind: 'write-single', start: 0, value: 0x1_0000 }),
    () => encodeModbusRequest({ kind: 'write-multiple', start: 0, data: new Uint8Array(3) }),
    () => encodeModbusRequest({ kind: 'write-multiple', start: 0, data: new Uint8Array(248) }),
    () => encodeModbusReply({ kind: 'read-holding', data: new Uint8Array(0) }),
    () => encodeModbusReply({ kind: 'write-multiple', start: 0, count: 124 }),
    () => encodeModbusReply({ kind: 'exception', functionCode: 0x83, exceptionCode: 1 }),
    () => encodeRtuFrame({ unit: 1, pdu: new Uint8Array(254) }),
    () => encodeTcpFrame({ transaction: 0x1_0000, unit: 1, pdu: new Uint8Array(1) }),
  ]
  for (const say of impossible) expect(say).toThrow(ProtocolError)
})

test('exceptions have names', () => {
  expect([1, 2, 3, 4, 6, 11, 99].map(modbusExceptionName)).toEqual([
    'illegal-function',
    'illegal-address',
    'illegal-value',
    'device-failure',
    'device-busy',
    'gateway-target-silent',
    'unknown',
  ])
})
