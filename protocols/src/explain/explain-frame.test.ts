import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import frames from '../../fixtures/dlt645-frames.jsonl?raw'
import { frame, reply, request } from '../dlt645/arbitraries.test-support.ts'
import { encodeFrame } from '../dlt645/frame.ts'
import { encodeReply } from '../dlt645/reply.ts'
import { encodeRequest } from '../dlt645/request.ts'
import { meterProfiles } from '../dlt645/tables/profiles.table.ts'
import { fromHex } from '../hex.ts'
import type { ExplainedField } from './explained.ts'
import { explainFrame } from './explain-frame.ts'

const lines = (hex: string): readonly string[] => {
  const write = (fields: readonly ExplainedField[], indent: string): readonly string[] =>
    fields.flatMap(({ name, value, fields: inner }) => [
      `${indent}${name}${value === '' ? '' : `: ${value}`}`,
      ...write(inner, `${indent}  `),
    ])
  return write(explainFrame(fromHex(hex)).fields, '')
}

test('a read reply', () => {
  expect(lines('FE FE 68 61 01 00 00 00 00 68 91 08 33 33 34 33 59 33 33 33 8A 16')).toEqual([
    'wakeUp',
    'start',
    'address: 000000000161',
    'secondStart',
    'control: reply: read data 读数据',
    'length: 8',
    'identifier: 00010000 forward active energy total 正向有功总电能',
    'data',
    '  value: 0.26 kWh',
    'checksum: fits',
    'end',
  ])
})

test('a trip', () => {
  expect(
    lines('68 12 90 78 56 34 12 68 1C 10 35 89 67 45 34 33 33 33 4D 33 8C 8C 56 64 45 63 E3 16').slice(3, -2),
  ).toEqual([
    'control: request: trip, close, alarm, keep power 跳合闸、报警、保电',
    'length: 16',
    'level: 2',
    'password: 123456',
    'operator: 00000001',
    'action: trip 跳闸',
    'restoreAfter: none',
    'validUntil: 2030-12-31 23:59:59',
  ])
})

test('status word 3 of a tripped meter, in both languages', () => {
  const { fields } = explainFrame(fromHex('68 12 90 78 56 34 12 68 91 06 36 38 33 37 83 35 AD 16'))
  const word = fields.find(({ name }) => name === 'data')?.fields[0]
  expect(word?.value).toBe('relay open, relay command open')
  expect(word?.fields.filter(({ value }) => value === 'yes').map(({ en, zh }) => `${en} ${zh}`)).toEqual([
    'relay open 继电器状态: 断',
    'relay command open 继电器命令状态: 断',
    'prepaid by money 电费型预付费',
  ])
})

test.each([
  ['68 12 90 78 56 34 12 68 D1 01 35 8D 16', 'error: no such data 无请求数据'],
  ['68 12 90 78 56 34 12 68 C3 02 35 33 B3 16', 'error: repeated recharge 重复充值'],
  ['68 12 90 78 56 34 12 68 17 01 53 F1 16', 'rateWord: 9600 bit/s'],
  ['68 99 99 99 99 99 99 68 16 04 CC CC CC CC B0 16', 'when: now'],
  ['68 99 99 99 99 99 99 68 16 04 CC CC CC CC B0 16', 'address: 999999999999 all meters 广播'],
  ['68 12 90 78 56 34 12 68 1B 0C 35 89 67 45 34 33 33 33 32 32 32 32 AC 16', 'events: all of them'],
  ['68 12 90 78 56 34 12 68 11 0A 34 33 33 39 35 63 45 38 3B 58 1C 16', 'from: 2025-08-05 12:30'],
  ['68 12 90 78 56 34 12 68 11 0A 34 33 33 39 35 63 45 38 3B 58 1C 16', 'blocks: 2'],
  ['68 54 07 13 00 80 13 68 81 06 43 C3 34 33 33 33 2B 16', '  value: 0.01 kWh'],
])('%s says %s', (hex, line) => {
  expect(lines(hex)).toContain(line)
})

test('a parameter of class 1: the value, and the code of authentication behind it', () => {
  const written = lines(
    '68 12 90 78 56 34 12 68 14 14 34 43 33 37 CC 33 33 33 34 33 33 33 33 53 33 33 44 55 66 77 23 16',
  )
  expect(written.slice(8, -2)).toEqual(['operator: 00000001', 'data', '  value: 20.00 CNY', 'mac: 11 22 33 44'])
  expect(
    explainFrame(
      fromHex('68 12 90 78 56 34 12 68 14 14 34 43 33 37 CC 33 33 33 34 33 33 33 33 53 33 33 44 55 66 77 23 16'),
    ).ok,
  ).toBe(true)
})

test('a recharge', () => {
  const hex =
    '68 12 90 78 56 34 12 68 03 1E 32 35 34 3A 34 33 33 33 43 5A 33 33 35 33 33 33 04 05 06 07 89 67 45 33 33 33 14 15 16 17 54 16'
  expect(lines(hex)).toEqual(
    expect.arrayContaining(['  amount: 100.00 CNY', '  purchaseCount: 2', '  customerNumber: 000000123456']),
  )
})

describe('what is wrong with a frame', () => {
  test.each([
    ['', 'there is no 68H that begins a frame'],
    ['00 11 22', 'there is no 68H that begins a frame'],
    ['68 12 90', 'the frame ends after 3 bytes; the shortest has 12'],
    ['68 12 90 78 56 34 12 68 94 00 1B 16', 'the checksum is 1BH, 1AH would fit'],
    ['68 12 90 78 56 34 12 68 94 00 1A 17', 'the end: 16H was expected, 17H is there'],
    ['68 12 90 78 56 34 12 68 94 00 1A', 'the end is missing'],
    ['68 12 90 78 56 34 12 69 94 00 1B 16', 'the second start: 68H was expected, 69H is there'],
    ['68 12 90 78 56 34 12 68 91 08 33 33 34 33 59', '8 bytes of data are announced, 5 are there'],
    ['68 1B 90 78 56 34 12 68 94 00 23 16', 'the address is not made of digits'],
    ['00 68 12 90 78 56 34 12 68 94 00 1A 16', '1 bytes in front belong to no frame'],
    ['68 12 90 78 56 34 12 68 94 00 1A 16 00', '1 bytes behind the frame'],
    ['68 12 90 78 56 34 12 68 94 01 33 4E 16', '1 bytes of data more than is known: 00'],
    ['68 61 01 00 00 00 00 68 91 06 33 34 34 35 34 3D 0A 16', 'value is no value: 01 0A'],
    [
      'FE FE FE FE 68 01 00 00 00 00 00 68 91 09 33 33 34 33 6A 59 33 33 34 95 16',
      '1 bytes of data more than is known: 01',
    ],
    [
      '68 AA AA AA AA AA AA 68 1C 10 35 89 67 45 34 33 33 33 4D 33 8C 8C 56 64 45 63 29 16',
      'a control request may not be sent to AAAAAAAAAAAA',
    ],
  ])('%s: %s', (hex, problem) => {
    const explained = explainFrame(fromHex(hex))
    expect(explained.ok).toBe(false)
    expect(explained.problems).toContain(problem)
  })
})

test('every published frame that the decoders accept is explained without a problem', () => {
  const published = frames
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { hex: string; dir: 'req' | 'res' })
  const wrong = published.flatMap(({ hex }, index) => (explainFrame(fromHex(hex)).ok ? [] : [index + 1]))
  // A clock that was never set, a stub, a vendor's function, a time written backwards, a rate word that names no rate.
  expect(wrong).toEqual([33, 70, 71, 73, 100, 101])
  for (const { hex, dir } of published)
    expect(explainFrame(fromHex(hex)).direction).toBe(dir === 'req' ? 'request' : 'reply')
})

test('a profile changes the meaning', () => {
  const hex = '68 12 90 78 56 34 12 68 91 06 35 47 33 37 43 33 79 16'
  const { fields } = explainFrame(fromHex(hex), meterProfiles['grid-2009'])
  expect(fields.find(({ name }) => name === 'identifier')?.value).toContain('close delay')
})

test('all bytes are covered, in order, by any message', () => {
  const bytes = fc.oneof(
    request.map((one) => encodeFrame(encodeRequest(one))),
    reply.map((one) => encodeFrame(encodeReply(one))),
    frame.map((one) => encodeFrame(one)),
    fc.uint8Array({ maxLength: 60 }),
  )
  fc.assert(
    fc.property(bytes, fc.integer({ min: 0, max: 60 }), (all, cut) => {
      const given = all.subarray(0, Math.max(0, all.length - cut))
      const { fields } = explainFrame(given)
      expect(Uint8Array.from(fields.flatMap((one) => [...one.bytes]))).toEqual(Uint8Array.from(given))
    }),
    { numRuns: 500 },
  )
})

test('what the decoders say of a message, the explanation does not contradict', () => {
  fc.assert(
    fc.property(request, (one) => {
      const explained = explainFrame(encodeFrame(encodeRequest(one)))
      // Values inside writes and security data are any bytes here; the message itself is right.
      const problems = one.kind === 'write' || one.kind === 'security' ? [] : explained.problems
      expect(problems.filter((problem) => !problem.includes('is no value'))).toEqual([])
    }),
  )
})
