import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { fromHex } from '../hex.ts'
import { broadcastAddress, wildcardAddress } from './address.ts'
import { frame, identifier, meterTime, reply, request } from './arbitraries.test-support.ts'
import { functionCode } from './control-code.ts'
import { answers, expectedReplyLength } from './exchange.ts'
import { decodeFrame, encodeFrame } from './frame.ts'
import { errorsFor } from './meter-error.ts'
import { decodeReply, encodeReply, type Reply } from './reply.ts'
import { decodeRequest, encodeRequest, type Request } from './request.ts'

const address = '123456789012'
const credentials = { level: 2, password: '123456', operator: '00000001' }
const time = { year: 2025, month: 8, day: 5, hour: 12, minute: 30, second: 0 }
const empty = new Uint8Array()

describe('laws', () => {
  test('every request decodes to what was encoded', () => {
    fc.assert(
      fc.property(request, (original) => {
        const onWire = decodeFrame(encodeFrame(encodeRequest(original)))
        expect(onWire.ok && decodeRequest(onWire.value)).toEqual({ ok: true, value: original })
      }),
    )
  })

  test('every reply decodes to what was encoded', () => {
    fc.assert(
      fc.property(reply, (original) => {
        const onWire = decodeFrame(encodeFrame(encodeReply(original)))
        expect(onWire.ok && decodeReply(onWire.value)).toEqual({ ok: true, value: original })
      }),
    )
  })

  test('no frame makes the decoders throw, and none is both a request and a reply', () => {
    fc.assert(
      fc.property(frame, (any) => {
        expect(decodeRequest(any).ok && decodeReply(any).ok).toBe(false)
      }),
    )
  })

  test('what is understood can be said again', () => {
    const control = fc
      .tuple(fc.constantFrom(...Object.values(functionCode)), fc.constantFrom(0x00, 0x80, 0xa0, 0xc0))
      .map(([code, flags]) => code | flags)
    fc.assert(
      fc.property(frame, control, fc.uint8Array({ maxLength: 36 }), ({ address: to }, byte, data) => {
        const any = { address: to, control: byte, data }
        const asked = decodeRequest(any)
        expect(asked.ok ? decodeRequest(encodeRequest(asked.value)) : asked).toEqual(asked)
        const answered = decodeReply(any)
        expect(answered.ok ? decodeReply(encodeReply(answered.value)) : answered).toEqual(answered)
      }),
    )
  })

  test('a request is answered by a reply of its own kind, and not by one with another identifier', () => {
    fc.assert(
      fc.property(identifier, identifier, (asked, told) => {
        const question: Request = { kind: 'read', address, identifier: asked }
        expect(answers(question, { kind: 'read', address, identifier: told, data: empty, more: false })).toBe(
          asked === told,
        )
      }),
    )
  })

  test('every time of the century has its bytes', () => {
    fc.assert(
      fc.property(meterTime, (one) => {
        const set: Request = { kind: 'set-time', address: broadcastAddress, time: one }
        expect(decodeRequest(encodeRequest(set))).toEqual({ ok: true, value: set })
      }),
    )
  })
})

const impossible: [what: string, request: Request, code: string][] = [
  ['reading by broadcast', { kind: 'read', address: broadcastAddress, identifier: 0 }, 'bad-address'],
  [
    'tripping by broadcast',
    { kind: 'control', address: broadcastAddress, action: 'trip', credentials, validUntil: null },
    'bad-address',
  ],
  [
    'tripping whoever is there',
    { kind: 'control', address: wildcardAddress, action: 'trip', credentials, validUntil: null },
    'bad-address',
  ],
  [
    'tripping by abbreviated address',
    { kind: 'control', address: 'AAAAAAAA9012', action: 'trip', credentials, validUntil: null },
    'bad-address',
  ],
  [
    'writing to whoever is there',
    { kind: 'write', address: wildcardAddress, identifier: 0x04000101, credentials, data: empty },
    'bad-address',
  ],
  ['setting the time of whoever is there', { kind: 'set-time', address: wildcardAddress, time }, 'bad-address'],
  ['an identifier of five bytes', { kind: 'read', address, identifier: 0x1_0000_0000 }, 'out-of-range'],
  ['a time without a number of blocks', { kind: 'read', address, identifier: 0x06000001, from: time }, 'out-of-range'],
  ['256 blocks', { kind: 'read', address, identifier: 0x06000000, blocks: 256 }, 'out-of-range'],
  [
    'parameters that look like a number of blocks',
    { kind: 'read', address, identifier: 0, parameters: Uint8Array.of(1) },
    'wrong-length',
  ],
  ['a negative sequence', { kind: 'read-follow-up', address, identifier: 0, sequence: -1 }, 'out-of-range'],
  ['30 February', { kind: 'set-time', address, time: { ...time, month: 2, day: 30 } }, 'out-of-range'],
  ['29 February of a common year', { kind: 'set-time', address, time: { ...time, month: 2, day: 29 } }, 'out-of-range'],
  ['24 o’clock', { kind: 'set-time', address, time: { ...time, hour: 24 } }, 'out-of-range'],
  ['the year 1999', { kind: 'set-time', address, time: { ...time, year: 1999 } }, 'out-of-range'],
  [
    'a short password',
    { kind: 'write', address, identifier: 0, credentials: { ...credentials, password: '12345' }, data: empty },
    'bad-credentials',
  ],
  [
    'level 100',
    { kind: 'write', address, identifier: 0, credentials: { ...credentials, level: 100 }, data: empty },
    'bad-credentials',
  ],
  [
    'an operator in words',
    { kind: 'write', address, identifier: 0, credentials: { ...credentials, operator: 'operator' }, data: empty },
    'bad-credentials',
  ],
  [
    'writing more than a frame holds',
    { kind: 'write', address, identifier: 0, credentials, data: new Uint8Array(244) },
    'wrong-length',
  ],
]

test.each(impossible)('%s cannot be asked', (_, request, code) => {
  expect(() => encodeRequest(request)).toThrow(expect.objectContaining({ name: 'ProtocolError', code }))
})

test.each([
  ['a reply', address, 0x91, '00 00 01 00', 'wrong-function'],
  ['a tripping broadcast', broadcastAddress, 0x1c, '02 56 34 12 01 00 00 00 1A 00 99 99 99 99 99 99', 'bad-address'],
  ['a tripping wildcard', wildcardAddress, 0x1c, '02 56 34 12 01 00 00 00 1A 00 99 99 99 99 99 99', 'bad-address'],
  ['a question for the address of a named meter', address, 0x13, '', 'bad-address'],
  ['half an identifier', address, 0x11, '00 00', 'wrong-length'],
  ['credentials that are not decimal', address, 0x14, '01 01 00 04 02 5A 34 12 01 00 00 00', 'not-bcd'],
  ['a time that is not decimal', address, 0x08, '0A 30 12 05 08 25', 'not-bcd'],
  ['a time that does not exist', address, 0x08, '00 60 12 05 08 25', 'out-of-range'],
  [
    '99 in five places of the deadline',
    address,
    0x1c,
    '02 56 34 12 01 00 00 00 1A 00 98 99 99 99 99 99',
    'out-of-range',
  ],
])('%s is refused as a request', (_, to, control, hex, code) => {
  expect(decodeRequest({ address: to, control, data: fromHex(hex) })).toMatchObject({ ok: false, code })
})

test.each([
  ['a request', address, 0x11, '00 00 01 00', 'wrong-function'],
  ['a wildcard that answers', wildcardAddress, 0x91, '00 00 01 00', 'bad-address'],
  ['a broadcast that answers', broadcastAddress, 0x94, '', 'bad-address'],
  ['an address that contradicts its sender', address, 0x93, '13 90 78 56 34 12', 'bad-address'],
  ['three bytes of result', address, 0x9c, '00 00 00', 'wrong-length'],
  ['an error without a byte', address, 0xd1, '', 'wrong-length'],
  ['two bytes of error in a read', address, 0xd1, '01 80', 'wrong-length'],
  ['a follow-up without sequence', address, 0x92, '00 00 01 00', 'wrong-length'],
  ['a write reply with data', address, 0x94, '00', 'wrong-length'],
])('%s is refused as a reply', (_, from, control, hex, code) => {
  expect(decodeReply({ address: from, control, data: fromHex(hex) })).toMatchObject({ ok: false, code })
})

test('a meter may leave the wildcard in front of its address reply', () => {
  const answer = { address: wildcardAddress, control: 0x93, data: fromHex('12 90 78 56 34 12') }
  expect(decodeReply(answer)).toEqual({ ok: true, value: { kind: 'read-address', address } })
})

test('a waiting event report (bit 5) does not spoil a control reply', () => {
  expect(decodeReply({ address, control: 0xbc, data: empty })).toMatchObject({ ok: true, value: { kind: 'control' } })
})

test.each([
  ['a wildcard answers', { kind: 'write', address: wildcardAddress }, 'bad-address'],
  ['a broadcast answers', { kind: 'write', address: broadcastAddress }, 'bad-address'],
  ['a result of three bytes', { kind: 'control', address, result: Uint8Array.of(1, 0, 0) }, 'wrong-length'],
  [
    'an error of two bytes outside control',
    { kind: 'error', address, functionCode: 0x11, errors: { raw: 0x8004, reasons: [] } },
    'out-of-range',
  ],
  [
    'an error of a function of six bits',
    { kind: 'error', address, functionCode: 0x23, errors: errorsFor(['other']) },
    'out-of-range',
  ],
] satisfies [string, Reply, string][])('%s: cannot be answered', (_, reply, code) => {
  expect(() => encodeReply(reply)).toThrow(expect.objectContaining({ name: 'ProtocolError', code }))
})

describe('which reply answers which request', () => {
  const read: Request = { kind: 'read', address, identifier: 0x00010000 }
  const energy: Reply = { kind: 'read', address, identifier: 0x00010000, data: empty, more: false }
  const followUp: Request = { kind: 'read-follow-up', address, identifier: 0x03300801, sequence: 2 }
  const rest: Reply = { kind: 'read-follow-up', address, identifier: 0x03300801, sequence: 2, data: empty, more: false }
  const trip: Request = { kind: 'control', address, action: 'trip', credentials, validUntil: null }
  const done: Reply = { kind: 'control', address, result: empty }
  const refusal = (functionCode: number): Reply => ({
    kind: 'error',
    address,
    functionCode,
    errors: errorsFor(['no-data']),
  })
  const all: Request = { kind: 'set-time', address: broadcastAddress, time }

  test.each<[what: string, request: Request, reply: Reply, expected: boolean]>([
    ['the same item', read, energy, true],
    ['a late reply to another item', read, { ...energy, identifier: 0x02010100 }, false],
    ['another meter', read, { ...energy, address: '123456789013' }, false],
    ['a wildcard read', { ...read, address: wildcardAddress }, energy, true],
    ['an abbreviated address', { ...read, address: 'AAAAAAAA9012' }, energy, true],
    ['another abbreviated address', { ...read, address: 'AAAAAAAA9013' }, energy, false],
    ['a refusal of the function', read, refusal(0x11), true],
    ['a refusal of another function', read, refusal(0x1c), false],
    ['a refusal by another meter', read, { ...refusal(0x11), address: '123456789013' }, false],
    ['the follow-up', followUp, rest, true],
    ['the follow-up before', followUp, { ...rest, sequence: 1 }, false],
    ['the follow-up of another item', followUp, { ...rest, identifier: 0x03300901 }, false],
    ['a first block for a follow-up', followUp, { ...energy, identifier: 0x03300801 }, false],
    ['any address', { kind: 'read-address' }, { kind: 'read-address', address }, true],
    ['a read for an address question', { kind: 'read-address' }, energy, false],
    ['an executed control', trip, done, true],
    ['a late read for a control', trip, energy, false],
    ['a write for a control', trip, { kind: 'write', address }, false],
    ['a time set singly', { ...all, address }, { kind: 'set-time', address }, true],
    ['a time set for all', all, { kind: 'set-time', address }, false],
  ])('%s', (_, request, reply, expected) => {
    expect(answers(request, reply)).toBe(expected)
  })
})

test.each<[request: Request, bytes: number]>([
  [{ kind: 'read', address, identifier: 0x00010000 }, 20],
  [{ kind: 'read', address, identifier: 0x0001ff00 }, 20],
  [{ kind: 'read', address, identifier: 0x0201ff00 }, 22],
  [{ kind: 'read', address, identifier: 0x0203ff00 }, 28],
  [{ kind: 'read', address, identifier: 0x04000503 }, 18],
  [{ kind: 'read', address, identifier: 0x02010000 }, 17],
  [{ kind: 'read-follow-up', address, identifier: 0x00010000, sequence: 1 }, 17],
  [{ kind: 'read-address' }, 18],
  [{ kind: 'write', address, identifier: 0x04000101, credentials, data: empty }, 12],
  [{ kind: 'control', address, action: 'trip', credentials, validUntil: null }, 12],
  [{ kind: 'set-time', address, time }, 12],
  [{ kind: 'set-time', address: broadcastAddress, time }, 0],
])('the shortest reply to %j', (request, bytes) => {
  expect(expectedReplyLength(request)).toBe(bytes)
})
