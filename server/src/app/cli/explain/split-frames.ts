import { decodeFrame, longestFrameBytes } from '@xianfu/protocols'

/**
 * A run of bytes on a line. `broken` has the two starts of a frame at their places and is none; `noise` has not even
 * these. Wake-up bytes belong to the frame behind them. Times are those of the first and the last byte.
 */
export type Piece = Readonly<{
  kind: 'frame' | 'broken' | 'noise'
  bytes: Uint8Array
  beginMs: number
  endMs: number
}>

/** Cuts what passes on a line into pieces, and loses no byte of it; a listener wants to see what readers skip. */
export type Splitter = Readonly<{
  push(bytes: Uint8Array, atMs: number): readonly Piece[]
  /** The line is silent: what is unfinished will stay so. */
  flush(): readonly Piece[]
  /** When the last byte came, null when nothing is unfinished. */
  waitingSinceMs(): number | null
}>

const wakeUpByte = 0xfe
const startByte = 0x68
const secondStartOffset = 7
const lengthOffset = 9
const shortestFrameBytes = 12

/** Noise is told in pieces of this size at most. */
const mostNoiseBytes = 256

export const createSplitter = (): Splitter => {
  let bytes: number[] = []
  let times: number[] = []
  /** Bytes at the front that are known to belong to no frame. */
  let noise = 0

  const take = (count: number, kind: Piece['kind']): Piece => {
    const piece: Piece = {
      kind,
      bytes: Uint8Array.from(bytes.slice(0, count)),
      beginMs: times[0] ?? 0,
      endMs: times[count - 1] ?? 0,
    }
    bytes = bytes.slice(count)
    times = times.slice(count)
    return piece
  }

  const takeNoise = (): readonly Piece[] => {
    const count = noise
    noise = 0
    return count === 0 ? [] : [take(count, 'noise')]
  }

  /** What stands at `from`: a whole frame of so many bytes, a broken one, something unfinished, or nothing. */
  const lookAt = (from: number): Readonly<{ is: 'frame' | 'broken' | 'unfinished' | 'nothing'; length: number }> => {
    let start = from
    while (bytes[start] === wakeUpByte) start += 1
    const unfinished = { is: 'unfinished', length: bytes.length - from } as const
    if (start >= bytes.length) return unfinished
    if (bytes[start] !== startByte) return { is: 'nothing', length: 1 }
    const second = bytes[start + secondStartOffset]
    if (second === undefined) return unfinished
    if (second !== startByte) return { is: 'nothing', length: start - from + 1 }
    const dataLength = bytes[start + lengthOffset]
    if (dataLength === undefined) return unfinished
    const end = start + shortestFrameBytes + dataLength
    if (end > bytes.length) return unfinished
    const isFrame = decodeFrame(Uint8Array.from(bytes.slice(start, end))).ok
    return { is: isFrame ? 'frame' : 'broken', length: end - from }
  }

  /** Where the next whole frame begins inside so many bytes, if one does: a lost byte must not cost the frame behind. */
  const frameInside = (from: number, length: number): number | null => {
    for (let at = from + 1; at < from + length; at += 1)
      if ((bytes[at] === startByte || bytes[at] === wakeUpByte) && lookAt(at).is === 'frame') return at
    return null
  }

  const cut = (isOver: boolean): readonly Piece[] => {
    const pieces: Piece[] = []
    while (noise < bytes.length) {
      const found = lookAt(noise)
      const next =
        found.is === 'broken' || (found.is === 'unfinished' && isOver) ? frameInside(noise, found.length) : null
      if (found.is === 'unfinished' && !isOver && next === null) break
      if (found.is === 'frame') {
        pieces.push(...takeNoise(), take(found.length, 'frame'))
      } else if (found.is === 'nothing') {
        noise += found.length
        if (noise >= mostNoiseBytes) pieces.push(...takeNoise())
      } else {
        const length = next === null ? found.length : next - noise
        if (hasBothStarts(noise, length)) pieces.push(...takeNoise(), take(length, 'broken'))
        else noise += length
      }
    }
    if (isOver) pieces.push(...takeNoise())
    return pieces
  }

  const hasBothStarts = (from: number, length: number): boolean => {
    let start = from
    while (bytes[start] === wakeUpByte) start += 1
    const second = start + secondStartOffset
    return bytes[start] === startByte && second < from + length && bytes[second] === startByte
  }

  return {
    push(more, atMs) {
      for (const byte of more) {
        bytes.push(byte)
        times.push(atMs)
      }
      return cut(false)
    },
    flush: () => cut(true),
    waitingSinceMs: () => (bytes.length === 0 ? null : (times.at(-1) ?? null)),
  }
}

/** A line that is silent for so long has finished what it said (DL/T 645-2007: 500 ms between bytes of one frame). */
export const longestByteGapMs = 500

/** All pieces of bytes that are there at once. */
export const splitAll = (bytes: Uint8Array): readonly Piece[] => {
  const splitter = createSplitter()
  const pieces: Piece[] = []
  for (let at = 0; at < bytes.length; at += longestFrameBytes)
    pieces.push(...splitter.push(bytes.subarray(at, at + longestFrameBytes), 0))
  return [...pieces, ...splitter.flush()]
}
