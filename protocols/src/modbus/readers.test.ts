import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { fromHex, toHex } from '../hex.ts'
import { inPieces, join, modbusRequest, pieceSizes, replyTo, unit } from './arbitraries.test-support.ts'
import { encodeModbusReply } from './reply.ts'
import { encodeModbusRequest, type ModbusRequest } from './request.ts'
import { createRtuReplyReader } from './rtu-reply-reader.ts'
import { createRtuRequestReader } from './rtu-request-reader.ts'
import { encodeRtuFrame } from './rtu-frame.ts'
import { createTcpFrameReader } from './tcp-frame-reader.ts'
import { encodeTcpFrame } from './tcp-frame.ts'

const exchange = modbusRequest.chain((request) => replyTo(request).map((reply) => ({ request, reply })))

/** Garbage that is rich in starts of frames. */
const garbage = fc
  .array(fc.oneof(fc.constantFrom(0x01, 0x03, 0x04, 0x10, 0x83, 0x00, 0xff), fc.integer({ min: 0, max: 255 })), {
    maxLength: 40,
  })
  .map((bytes) => Uint8Array.from(bytes))

test('an RTU reply is found in whatever pieces it comes, behind garbage and behind the echo of the question', () => {
  fc.assert(
    fc.property(exchange, unit, garbage, pieceSizes, fc.boolean(), ({ request, reply }, unit, noise, sizes, echoed) => {
      const question = encodeRtuFrame({ unit, pdu: encodeModbusRequest(request) })
      const answer = encodeRtuFrame({ unit, pdu: encodeModbusReply(reply) })
      const stream = join(noise, echoed ? question : new Uint8Array(0), answer)
      const reader = createRtuReplyReader(unit, request)
      const heard = inPieces(stream, sizes).flatMap((piece) => [...reader.push(piece)])
      const replies = heard.filter(({ kind }) => kind === 'reply').map(({ frame }) => toHex(frame.pdu))
      expect(replies.at(-1)).toBe(toHex(answer.slice(1, -2)))
      const echoes = heard.filter(({ kind }) => kind === 'echo').length
      // The echo of write-single is taken for its answer, and the answer for one more.
      expect(echoes).toBe(echoed && request.kind !== 'write-single' ? 1 : 0)
    }),
    { numRuns: 300 },
  )
})

test('the first bytes of the question may begin the reply too', () => {
  // 16 registers from 2000H: the reply's byte count 20H is the question's high address byte.
  const request: ModbusRequest = { kind: 'read-holding', start: 0x2000, count: 16 }
  const answer = encodeRtuFrame({ unit: 1, pdu: join(fromHex('03 20'), new Uint8Array(32)) })
  const question = encodeRtuFrame({ unit: 1, pdu: encodeModbusRequest(request) })
  for (const size of [1, 3, 8, 100]) {
    const reader = createRtuReplyReader(1, request)
    const heard = inPieces(join(question, answer), [size]).flatMap((piece) => [...reader.push(piece)])
    expect(heard.map(({ kind }) => kind)).toEqual(['echo', 'reply'])
  }
})

test('an RTU reply of another unit, another function or another length is no reply', () => {
  const request: ModbusRequest = { kind: 'read-holding', start: 0, count: 2 }
  const reader = createRtuReplyReader(1, request)
  const others = [
    { unit: 2, pdu: fromHex('03 04 00 01 00 02') },
    { unit: 1, pdu: fromHex('04 04 00 01 00 02') },
    { unit: 1, pdu: fromHex('03 02 00 01') },
    { unit: 1, pdu: fromHex('84 02') },
  ].map(encodeRtuFrame)
  expect(others.flatMap((bytes) => [...reader.push(bytes)])).toEqual([])
  expect(reader.push(encodeRtuFrame({ unit: 1, pdu: fromHex('83 02') }))).toEqual([
    { kind: 'reply', frame: { unit: 1, pdu: fromHex('83 02') } },
  ])
})

test('a reply with a wrong CRC is counted and does not hide the next one', () => {
  const request: ModbusRequest = { kind: 'read-input', start: 8, count: 1 }
  const reader = createRtuReplyReader(0x11, request)
  expect(reader.push(fromHex('11 04 02 00 0B F8 F4'))).toEqual([])
  expect(reader.statistics).toEqual({ frames: 0, discardedBytes: 7, checksumErrors: 1 })
  expect(reader.push(fromHex('11 04 02 00 0A F8 F4'))).toHaveLength(1)
})

test('after reset a half-received reply is forgotten', () => {
  const reader = createRtuReplyReader(0x11, { kind: 'read-input', start: 8, count: 1 })
  reader.push(fromHex('11 04 02'))
  reader.reset()
  expect(reader.push(fromHex('00 0A F8 F4'))).toEqual([])
  expect(reader.statistics.discardedBytes).toBe(7)
})

test("a slave's reader finds every request, whatever lies between", () => {
  const said = fc.array(fc.record({ request: modbusRequest, unit, noise: garbage }), { minLength: 1, maxLength: 6 })
  fc.assert(
    fc.property(said, pieceSizes, (said, sizes) => {
      const frames = said.map(({ request, unit }) => encodeRtuFrame({ unit, pdu: encodeModbusRequest(request) }))
      // Enough zeros to end any wait for the rest of a false start.
      const quiet = new Uint8Array(256)
      const stream = join(...frames.flatMap((frame, index) => [frame, said[index]?.noise ?? quiet, quiet]))
      const reader = createRtuRequestReader()
      const heard = inPieces(stream, sizes).flatMap((piece) => [...reader.push(piece)])
      const bytes = new Set(heard.map((frame) => toHex(encodeRtuFrame(frame))))
      for (const frame of frames) expect(bytes).toContain(toHex(frame))
    }),
    { numRuns: 100 },
  )
})

test('Modbus TCP frames come out whole, whatever the pieces', () => {
  const frames = fc.array(
    fc.record({ request: modbusRequest, unit, transaction: fc.integer({ min: 0, max: 0xffff }) }),
    {
      minLength: 1,
      maxLength: 5,
    },
  )
  fc.assert(
    fc.property(frames, pieceSizes, (said, sizes) => {
      const sent = said.map(({ request, ...rest }) => ({ ...rest, pdu: encodeModbusRequest(request) }))
      const reader = createTcpFrameReader()
      const heard = inPieces(join(...sent.map(encodeTcpFrame)), sizes).flatMap((piece) => [...reader.push(piece)])
      expect(heard).toEqual(sent)
      expect(reader.statistics).toEqual({ frames: sent.length, discardedBytes: 0, checksumErrors: 0 })
    }),
    { numRuns: 100 },
  )
})

test('behind junk a Modbus TCP frame is found again', () => {
  const frame = { transaction: 7, unit: 3, pdu: fromHex('03 02 00 0A') }
  for (const junk of ['FF', 'FF FF FF FF FF', '00 01 00 00 FF FF', '00 01 00 00 00 01 05']) {
    const reader = createTcpFrameReader()
    const heard = inPieces(join(fromHex(junk), encodeTcpFrame(frame)), [4]).flatMap((piece) => [...reader.push(piece)])
    expect(heard.at(-1)).toEqual(frame)
  }
})

test('readers never throw, count every byte, and stay bounded', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 600 }), { maxLength: 20 }), modbusRequest, (chunks, request) => {
      for (const reader of [createRtuReplyReader(1, request), createRtuRequestReader(), createTcpFrameReader()]) {
        for (const chunk of chunks) reader.push(chunk)
        reader.reset()
        const total = chunks.reduce((sum, { length }) => sum + length, 0)
        expect(reader.statistics.discardedBytes).toBeLessThanOrEqual(total)
        expect(reader.statistics.frames > 0 || reader.statistics.discardedBytes === total).toBe(true)
      }
    }),
    { numRuns: 100 },
  )
})
