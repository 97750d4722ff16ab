import { encodeFrame, fromHex, toHex } from '@xianfu/protocols'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createSplitter, splitAll, type Piece } from './split-frames.ts'

const kinds = (hex: string): string[] => splitAll(fromHex(hex)).map(({ kind, bytes }) => `${kind} ${toHex(bytes)}`)

const wakened = 'FE FE 68 12 90 78 56 34 12 68 94 00 1A 16'
const other = '68 AA AA AA AA AA AA 68 13 00 DF 16'

describe('pieces of a line', () => {
  test.each([
    ['a frame with its wake-up bytes', wakened, [`frame ${wakened}`]],
    ['two frames', `${wakened} ${other}`, [`frame ${wakened}`, `frame ${other}`]],
    ['noise in front and behind', `00 68 ${other} 33`, ['noise 00 68', `frame ${other}`, 'noise 33']],
    ['a wrong checksum', '68 12 90 78 56 34 12 68 94 00 1B 16', ['broken 68 12 90 78 56 34 12 68 94 00 1B 16']],
    ['a frame that ends early', '68 12 90 78 56 34 12 68 91 08 33', ['broken 68 12 90 78 56 34 12 68 91 08 33']],
    [
      'a byte lost in one frame does not cost the next one',
      `68 12 90 78 56 34 12 68 91 08 33 33 34 33 59 33 33 8A 16 ${other}`,
      ['broken 68 12 90 78 56 34 12 68 91 08 33 33 34 33 59 33 33 8A 16', `frame ${other}`],
    ],
    ['nothing but noise', '01 02 03', ['noise 01 02 03']],
    ['nothing', '', []],
  ])('%s', (_, hex, pieces) => {
    expect(kinds(hex)).toEqual(pieces)
  })
})

const frame = fc
  .record({
    address: fc.integer({ min: 0, max: 999_999_999_998 }).map((number) => String(number).padStart(12, '0')),
    control: fc.integer({ min: 0, max: 255 }),
    data: fc.uint8Array({ maxLength: 60 }),
  })
  .map((parts) => encodeFrame(parts, { wakeUpBytes: 1 }))

const bytesOf = (pieces: readonly Piece[]): string =>
  pieces
    .map(({ bytes }) => toHex(bytes))
    .join(' ')
    .trim()

test('no byte is lost or told twice, whatever passes, in whatever chunks', () => {
  const chunk = fc.oneof(frame, fc.uint8Array({ minLength: 1, maxLength: 20 }), fc.constant(fromHex('68 68 68 68 68')))
  fc.assert(
    fc.property(fc.array(chunk, { maxLength: 12 }), (chunks) => {
      const splitter = createSplitter()
      const pieces = [...chunks.flatMap((bytes, index) => splitter.push(bytes, index)), ...splitter.flush()]
      expect(bytesOf(pieces)).toBe(chunks.map(toHex).join(' ').trim())
      expect(splitter.waitingSinceMs()).toBeNull()
    }),
  )
})

test('every frame is found between quiet noise, at once', () => {
  const quiet = fc
    .uint8Array({ maxLength: 8 })
    .map((bytes) => bytes.map((byte) => (byte === 0x68 || byte === 0xfe ? 0 : byte)))
  fc.assert(
    fc.property(fc.array(fc.tuple(quiet, frame), { maxLength: 6 }), (parts) => {
      const splitter = createSplitter()
      const found = parts
        .flatMap(([noise, bytes]) => [...splitter.push(noise, 0), ...splitter.push(bytes, 1)])
        .filter(({ kind }) => kind === 'frame')
      expect(found.map(({ bytes }) => toHex(bytes))).toEqual(parts.map(([, bytes]) => toHex(bytes)))
    }),
  )
})

test('times are those of the first and the last byte', () => {
  const splitter = createSplitter()
  expect(splitter.push(fromHex('68 12 90 78'), 10)).toEqual([])
  expect(splitter.waitingSinceMs()).toBe(10)
  expect(splitter.push(fromHex('56 34 12 68 94 00 1A 16 68'), 25)).toMatchObject([
    { kind: 'frame', beginMs: 10, endMs: 25 },
  ])
  expect(splitter.waitingSinceMs()).toBe(25)
})

test('endless noise is told in bounded pieces', () => {
  const splitter = createSplitter()
  const pieces = splitter.push(new Uint8Array(10_000), 0)
  expect(pieces.length).toBeGreaterThan(30)
  expect(pieces.every(({ bytes }) => bytes.length <= 256)).toBe(true)
})
