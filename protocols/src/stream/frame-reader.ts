import { hasAddress } from '../dlt645/address.ts'
import {
  endByte,
  type Frame,
  lengthOffset,
  longestFrameBytes,
  readFrameParts,
  readWholeFrame,
  secondStartOffset,
  shortestFrameBytes,
  startByte,
  wakeUpByte,
} from '../dlt645/frame.ts'

/**
 * Finds frames in whatever pieces a socket or serial port delivers. `push` and `reset` never throw. Statistics count
 * from creation, `reset` keeps them:
 *
 * - `frames`: frames given out;
 * - `discardedBytes`: bytes that belonged to no frame, wake-up bytes between frames apart;
 * - `checksumErrors`: candidates with both starts, an address, their length and the end in place, but a wrong checksum.
 */
export type FrameReader = {
  push(chunk: Uint8Array): readonly Frame[]
  /** Forgets a half-received frame. Call it when the line has been silent for longer than bytes of one frame may be. */
  reset(): void
  readonly statistics: { readonly frames: number; readonly discardedBytes: number; readonly checksumErrors: number }
}

/**
 * Room for one unfinished frame (266 bytes at most) and a good piece of new bytes, so that moving the rest to the front
 * costs each byte less than one move on average.
 */
const bufferBytes = 1024

const none: readonly Frame[] = Object.freeze([])
const noBytes = new Uint8Array(0)

/**
 * A reader for one line.
 *
 * @example
 * const reader = createFrameReader()
 * reader.push(fromHex('FE FE 68 12 90 78 56')) // []
 * reader.push(fromHex('34 12 68 94 00 1A 16')) // [{ address: '123456789012', control: 0x94, data: [] }]
 */
export function createFrameReader(): FrameReader {
  // Made when first needed: whole frames, the usual case, are read where they are.
  let buffer = noBytes
  // Running sums modulo 256: the checksum of any candidate is one subtraction, so that even a stream made of false
  // starts costs the same per byte.
  let sums = noBytes
  const statistics = { frames: 0, discardedBytes: 0, checksumErrors: 0 }
  let begin = 0
  let end = 0

  /** Takes what fits of `chunk` from `offset` on; returns how many bytes that was. */
  const take = (chunk: Uint8Array, offset: number): number => {
    if (buffer === noBytes) {
      buffer = new Uint8Array(bufferBytes)
      sums = new Uint8Array(bufferBytes + 1)
    }
    if (end === bufferBytes) {
      buffer.copyWithin(0, begin, end)
      sums.copyWithin(0, begin, end + 1)
      end -= begin
      begin = 0
    }
    const count = Math.min(chunk.length - offset, bufferBytes - end)
    for (let index = 0; index < count; index++) {
      const byte = chunk[offset + index] ?? 0
      buffer[end] = byte
      sums[end + 1] = (sums[end] ?? 0) + byte
      end++
    }
    return count
  }

  /**
   * With nothing kept from before, good frames are read where they are, into `frames`; returns where they end. What is
   * not at once a whole good frame goes through the buffer, which knows how to search.
   */
  const readInPlace = (chunk: Uint8Array, offset: number, frames: Frame[]): number => {
    let at = offset
    while (at < chunk.length) {
      if (chunk[at] === wakeUpByte) {
        at++
        continue
      }
      const frame = chunk[at] === startByte ? readWholeFrame(chunk, at) : null
      if (frame === null) break
      at += shortestFrameBytes + frame.data.length
      frames.push(frame)
    }
    return at
  }

  const discard = (): void => {
    if (buffer[begin] !== wakeUpByte) statistics.discardedBytes++
    begin++
  }

  /** The next frame of the buffer; null when the rest is too little to tell. A false start costs one byte, not more. */
  const next = (): Frame | null => {
    while (begin < end) {
      if (buffer[begin] !== startByte) {
        discard()
        continue
      }
      if (end - begin <= secondStartOffset) return null
      // Noise that looks like a frame up to here seldom has an address, so it seldom makes the reader wait in vain.
      if (buffer[begin + secondStartOffset] !== startByte || !hasAddress(buffer, begin + 1)) {
        discard()
        continue
      }
      if (end - begin <= lengthOffset) return null
      const length = shortestFrameBytes + (buffer[begin + lengthOffset] ?? 0)
      if (end - begin < length) return null
      const frame = frameOf(length)
      if (frame !== null) {
        begin += length
        return frame
      }
      discard()
    }
    return null
  }

  const frameOf = (length: number): Frame | null => {
    const last = begin + length - 1
    if (buffer[last] !== endByte) return null
    const sum = ((sums[last - 1] ?? 0) - (sums[begin] ?? 0)) & 0xff
    if (sum === buffer[last - 1]) return readFrameParts(buffer, begin)
    statistics.checksumErrors++
    return null
  }

  return Object.freeze({
    statistics,
    push(chunk: Uint8Array): readonly Frame[] {
      const frames: Frame[] = []
      for (let offset = 0; offset < chunk.length;) {
        if (begin === end) {
          offset = readInPlace(chunk, offset, frames)
          if (offset === chunk.length) break
        }
        offset += take(chunk, offset)
        for (let frame = next(); frame !== null; frame = next()) frames.push(frame)
      }
      statistics.frames += frames.length
      return frames.length === 0 ? none : frames
    },
    reset(): void {
      for (let index = begin; index < end; index++) if (buffer[index] !== wakeUpByte) statistics.discardedBytes++
      begin = 0
      end = 0
    },
  })
}

// A candidate that waits for its end is never longer than the longest frame, or the buffer could fill up.
if (bufferBytes <= longestFrameBytes) throw new RangeError('the buffer must hold more than one frame')
