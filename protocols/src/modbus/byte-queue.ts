/**
 * The bytes of a stream that have not been judged yet, in one piece. It holds at most `capacity`; a reader whose longest
 * frame fits twice always makes room.
 */
export type ByteQueue = Readonly<{
  /** Takes what fits of `chunk` from `offset` on; returns how many bytes that was. */
  take(chunk: Uint8Array, offset: number): number
  /** A view of all bytes that wait; valid until the next `take`. */
  bytes(): Uint8Array
  drop(count: number): void
}>

function createByteQueue(capacity: number): ByteQueue {
  const buffer = new Uint8Array(capacity)
  let begin = 0
  let end = 0
  return Object.freeze({
    take(chunk: Uint8Array, offset: number): number {
      if (end === capacity) {
        buffer.copyWithin(0, begin, end)
        end -= begin
        begin = 0
      }
      const count = Math.min(chunk.length - offset, capacity - end)
      buffer.set(chunk.subarray(offset, offset + count), end)
      end += count
      return count
    },
    bytes: () => buffer.subarray(begin, end),
    drop(count: number): void {
      begin = Math.min(begin + count, end)
    },
  })
}

/** What the first bytes of a stream are: so many bytes of a frame, too little to tell, or the start of nothing. */
export type Judgement<T> = Readonly<
  { kind: 'frame'; bytes: number; frame: T } | { kind: 'incomplete' } | { kind: 'nothing' }
>

/** Statistics of a reader: frames given out, bytes that belonged to none, whole candidates whose CRC was wrong. */
export type ReaderStatistics = { frames: number; discardedBytes: number; checksumErrors: number }

/** A reader of frames in whatever pieces they come; after a false start it goes on one byte later. Never throws. */
export type StreamReader<T> = Readonly<{
  push(chunk: Uint8Array): readonly T[]
  /** Forgets a half-received frame: call it when the line has been silent for longer than within a frame. */
  reset(): void
  statistics: Readonly<ReaderStatistics>
}>

/** Makes a reader from how the first bytes of a stream are judged. */
export function createStreamReader<T>(
  longestFrameBytes: number,
  statistics: ReaderStatistics,
  judge: (bytes: Uint8Array) => Judgement<T>,
): StreamReader<T> {
  const queue = createByteQueue(2 * longestFrameBytes)
  const discard = (count: number): void => {
    statistics.discardedBytes += count
    queue.drop(count)
  }
  return Object.freeze({
    statistics,
    push(chunk: Uint8Array): readonly T[] {
      const frames: T[] = []
      for (let offset = 0; offset < chunk.length;) {
        offset += queue.take(chunk, offset)
        for (let bytes = queue.bytes(); bytes.length > 0; bytes = queue.bytes()) {
          const judged = judge(bytes)
          if (judged.kind === 'incomplete') break
          if (judged.kind === 'nothing') discard(1)
          else {
            frames.push(judged.frame)
            statistics.frames++
            queue.drop(judged.bytes)
          }
        }
      }
      return frames
    },
    reset(): void {
      discard(queue.bytes().length)
    },
  })
}
