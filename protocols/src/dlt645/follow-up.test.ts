import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { repliesFor } from './follow-up.ts'
import { decodeReply, encodeReply, type Reply } from './reply.ts'

const address = '123456789012'
const identifier = 0x03300801

const dataOf = (reply: Reply): readonly number[] =>
  reply.kind === 'read' || reply.kind === 'read-follow-up' ? [...reply.data] : []

test('the parts make up the whole, each fits its frame, and only the last says that nothing follows', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 1200 }), fc.integer({ min: 6, max: 255 }), (data, most) => {
      const replies = repliesFor({ address, identifier, data }, Math.max(most, 20))
      expect(replies.flatMap(dataOf)).toEqual([...data])
      for (const [index, reply] of replies.entries()) {
        const frame = encodeReply(reply)
        expect(frame.data.length).toBeLessThanOrEqual(Math.max(most, 20))
        expect(decodeReply(frame)).toEqual({ ok: true, value: reply })
        expect(reply).toMatchObject({ more: index + 1 < replies.length })
        expect(reply).toMatchObject(index === 0 ? { kind: 'read' } : { kind: 'read-follow-up', sequence: index })
      }
    }),
  )
})

test('a holiday record of 1,026 bytes takes six frames, nothing takes one', () => {
  expect(repliesFor({ address, identifier, data: new Uint8Array(1026) })).toHaveLength(6)
  expect(repliesFor({ address, identifier, data: new Uint8Array() })).toHaveLength(1)
})

test.each([
  ['parts that hold nothing', 1, 5, 'out-of-range'],
  ['parts longer than a frame', 1, 256, 'out-of-range'],
  ['more parts than there are numbers', 3000, 6, 'wrong-length'],
])('%s', (_, length, most, code) => {
  expect(() => repliesFor({ address, identifier, data: new Uint8Array(length) }, most)).toThrow(
    expect.objectContaining({ code }),
  )
})
