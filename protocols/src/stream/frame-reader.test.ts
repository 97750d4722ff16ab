import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { frame } from '../dlt645/arbitraries.test-support.ts'
import { decodeFrame, encodeFrame, type Frame, longestFrameBytes, startByte, wakeUpByte } from '../dlt645/frame.ts'
import { fromHex } from '../hex.ts'
import { createFrameReader, type FrameReader } from './frame-reader.ts'

const accepted = fromHex('68 12 90 78 56 34 12 68 94 00 1A 16')
const acceptedFrame = { address: '123456789012', control: 0x94, data: new Uint8Array() }
const energy = fromHex('68 12 90 78 56 34 12 68 91 08 33 33 34 33 AB 89 67 45 CC 16')
const energyFrame = { address: '123456789012', control: 0x91, data: fromHex('00 00 01 00 78 56 34 12') }
/** Long enough to end any wait for the rest of a false start. */
const silence = new Uint8Array(longestFrameBytes)

const join = (...parts: readonly Uint8Array[]): Uint8Array => Uint8Array.from(parts.flatMap((part) => [...part]))

/** Pushes `bytes` in pieces of the given sizes, over and over. */
function pushInPieces(reader: FrameReader, bytes: Uint8Array, sizes: readonly number[]): Frame[] {
  const frames: Frame[] = []
  for (let offset = 0, piece = 0; offset < bytes.length; piece++) {
    const size = sizes[piece % sizes.length] ?? 1
    // A socket may use its buffer again; the reader must not hold on to it.
    const chunk = bytes.slice(offset, offset + size)
    frames.push(...reader.push(chunk))
    chunk.fill(0)
    offset += size
  }
  return frames
}

/** The definition of what a reader finds, slowly: try at every byte, go on after a frame or by one byte. */
function framesBySlowSearch(bytes: Uint8Array): Frame[] {
  const frames: Frame[] = []
  for (let start = 0; start < bytes.length;) {
    const length = 12 + (bytes[start + 9] ?? 0)
    const decoded = bytes[start] === startByte ? decodeFrame(bytes.subarray(start, start + length)) : null
    if (decoded?.ok) frames.push(decoded.value)
    start += decoded?.ok ? length : 1
  }
  return frames
}

const sizes = fc.array(fc.integer({ min: 1, max: 700 }), { minLength: 1, maxLength: 12 })
const wakeUpBytes = fc.integer({ min: 0, max: 4 })
/** Garbage that is rich in false starts, plausible lengths and ends. */
const garbage = fc.array(
  fc.oneof(fc.constantFrom(0x68, 0x68, 0x16, 0xfe, 0x00, 0x01, 0x91), fc.integer({ min: 0, max: 255 })),
  { maxLength: 60 },
)

test('frames come out whole, whatever the pieces', () => {
  const stream = join(Uint8Array.of(0xfe, 0xfe, 0xfe, 0xfe), energy, accepted, Uint8Array.of(0xfe), energy)
  for (const size of [1, 2, 7, 12, 13, 19, 20, stream.length]) {
    const reader = createFrameReader()
    expect(pushInPieces(reader, stream, [size])).toEqual([energyFrame, acceptedFrame, energyFrame])
    expect(reader.statistics).toEqual({ frames: 3, discardedBytes: 0, checksumErrors: 0 })
  }
})

test('start and end bytes inside address and data do not mislead', () => {
  const tricky = { address: '681668161668', control: 0x91, data: fromHex('35 E3 35 35 E3') }
  expect(createFrameReader().push(encodeFrame(tricky))).toEqual([tricky])
})

test('after a bad second start, the search goes on one byte later', () => {
  const reader = createFrameReader()
  expect(reader.push(join(fromHex('68 00'), accepted))).toEqual([acceptedFrame])
  expect(reader.statistics.discardedBytes).toBe(2)
})

test('after a bad checksum, a frame that begins inside the bad one is found', () => {
  // The length of the broken reply promises 8 bytes; five are lost and the next frame follows at once.
  const broken = energy.slice(0, 13)
  const reader = createFrameReader()
  expect(reader.push(join(broken, accepted, energy))).toEqual([acceptedFrame, energyFrame])
})

test.each([
  ['a wrong checksum is counted', 18, { frames: 1, discardedBytes: 20, checksumErrors: 1 }],
  ['a wrong end is only discarded', 19, { frames: 1, discardedBytes: 20, checksumErrors: 0 }],
  ['a wrong first byte is only discarded', 0, { frames: 1, discardedBytes: 20, checksumErrors: 0 }],
])('%s', (_, at, statistics) => {
  const damaged = Uint8Array.from(energy, (byte, index) => (index === at ? byte ^ 0x01 : byte))
  const reader = createFrameReader()
  expect(reader.push(join(damaged, accepted))).toEqual([acceptedFrame])
  expect(reader.statistics).toEqual(statistics)
})

test('a frame that waits for its rest is forgotten by reset, and the next one is found', () => {
  const reader = createFrameReader()
  expect(reader.push(energy.subarray(0, 15))).toEqual([])
  reader.reset()
  expect(reader.push(accepted)).toEqual([acceptedFrame])
  expect(reader.statistics).toEqual({ frames: 1, discardedBytes: 15, checksumErrors: 0 })
})

test('nothing new gives the same empty list', () => {
  const reader = createFrameReader()
  expect(reader.push(new Uint8Array())).toBe(reader.push(energy.subarray(0, 5)))
})

test('every frame is found in any pieces, between garbage that starts no frame', () => {
  const harmless = garbage.map((bytes) => Uint8Array.from(bytes.filter((byte) => byte !== startByte)))
  fc.assert(
    fc.property(fc.array(fc.tuple(harmless, wakeUpBytes, frame), { maxLength: 8 }), sizes, (parts, pieces) => {
      const stream = join(...parts.map(([noise, count, one]) => join(noise, encodeFrame(one, { wakeUpBytes: count }))))
      const reader = createFrameReader()
      expect(pushInPieces(reader, stream, pieces)).toEqual(parts.map(([, , one]) => one))
      const noise = parts.flatMap(([bytes]) => [...bytes]).filter((byte) => byte !== wakeUpByte)
      expect(reader.statistics).toEqual({ frames: parts.length, discardedBytes: noise.length, checksumErrors: 0 })
    }),
  )
})

test('any bytes: the reader finds what a search at every byte finds', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(garbage, frame), { maxLength: 8 }), sizes, (parts, pieces) => {
      const stream = join(...parts.map(([noise, one]) => join(Uint8Array.from(noise), encodeFrame(one))), silence)
      expect(pushInPieces(createFrameReader(), stream, pieces)).toEqual(framesBySlowSearch(stream))
    }),
  )
})

test('never more than one unfinished frame is kept', () => {
  fc.assert(
    fc.property(fc.array(garbage, { maxLength: 40 }), sizes, (parts, pieces) => {
      const stream = Uint8Array.from(parts.flat().filter((byte) => byte !== wakeUpByte))
      const reader = createFrameReader()
      const found = pushInPieces(reader, stream, pieces).reduce((sum, one) => sum + 12 + one.data.length, 0)
      const kept = stream.length - found - reader.statistics.discardedBytes
      expect(kept).toBeGreaterThanOrEqual(0)
      expect(kept).toBeLessThan(longestFrameBytes)
    }),
  )
})

test('a stream made of false starts is digested, and the frame after it found', () => {
  const falseStarts = new Uint8Array(1_000_000).fill(startByte)
  const reader = createFrameReader()
  expect(reader.push(falseStarts)).toEqual([])
  expect(reader.push(join(silence, accepted))).toEqual([acceptedFrame])
  expect(reader.statistics.frames).toBe(1)
})
