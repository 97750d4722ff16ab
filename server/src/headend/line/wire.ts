import { createFrameReader, encodeFrame, toHex, type Frame } from '@xianfu/protocols'
import type { Clock } from '../../domain/clock.ts'
import type { Transport } from '../transport/transport.ts'

/** DL/T 645-2007: bytes of one frame follow each other within 500 ms. */
const longestByteGapMs = 500

/** The longest frame (212 bytes) at 1200 bit/s; no answer may take longer than its time-out and this. */
const longestFrameMs = 2_000

/** One question and how to know its answer. */
export type Question = Readonly<{
  /** The bytes as they leave, wake-up bytes included. */
  bytes: Uint8Array
  /** Whether a frame is the answer; everything else is dropped, whoever sent it. */
  isAnswer(frame: Frame): boolean
  timeoutMs: number
  /** Told when the answer comes after the time-out: the meter lives, but is slower than thought. */
  onLate?(responseMs: number): void
  signal?: AbortSignal
}>

export type WireResult = Readonly<
  (
    | { kind: 'answer'; frame: Frame; bytes: Uint8Array }
    | { kind: 'silence'; /** What came instead of an answer, in words; empty for nothing at all. */ heard: string }
    /** The question may have left, and nothing can be said of the answer. */
    | { kind: 'link-lost' }
    | { kind: 'cancelled' }
    /** No byte of the question has left. */
    | { kind: 'not-sent'; because: 'link-lost' | 'cancelled' }
  ) & { /** Wall time of the end. */ at: number; durationMs: number }
>

export type WireOptions = Readonly<{
  transport: Transport
  clock: Clock
  guardMs: number
  /** Takes what is not the meters' out of the bytes (a gateway's heartbeats). */
  filter(bytes: Uint8Array): Uint8Array
  onHeard(): void
  onDropped(frameHex: string): void
  onClose(reason: string): void
}>

type Asking = {
  readonly question: Question
  end: (ending: Ending) => void
  dropped: number
  lastByteAtMs: number | null
}

type Ending =
  | { readonly kind: 'answer'; readonly frame: Frame }
  | { readonly kind: 'silence' | 'link-lost' | 'cancelled' }

/**
 * A half-duplex line over one transport: one question at a time, and after a time-out a moment of silence in which a
 * late answer passes without meeting the next question.
 */
export class Wire {
  readonly #options: WireOptions
  readonly #reader = createFrameReader()
  #closed = false
  #asking: Asking | null = null
  #unanswered: { question: Question; askedAtMs: number } | null = null
  #silentUntilMs = 0

  constructor(options: WireOptions) {
    this.#options = options
    options.transport.onBytes((bytes) => this.#receive(bytes))
    options.transport.onClose((reason) => {
      this.#closed = true
      this.#asking?.end({ kind: 'link-lost' })
      options.onClose(reason)
    })
  }

  get remoteAddress(): string {
    return this.#options.transport.remoteAddress
  }

  close(reason: string): void {
    this.#options.transport.close(reason)
  }

  /** Bytes that came before the wire was there. */
  receive(bytes: Uint8Array): void {
    this.#receive(bytes)
  }

  async ask(question: Question): Promise<WireResult> {
    const { clock, transport, guardMs } = this.#options
    if (this.#asking !== null) throw new Error('A half-duplex line was asked twice at once.')
    const silent = await this.#waitForSilence(question.signal)
    if (!silent || this.#closed) {
      const because = silent ? 'link-lost' : 'cancelled'
      return { kind: 'not-sent', because, at: clock.now(), durationMs: 0 }
    }
    this.#reader.reset()
    const before = { ...this.#reader.statistics }
    const startedAtMs = clock.elapsedMs()
    const asking: Asking = { question, end: () => undefined, dropped: 0, lastByteAtMs: null }
    const ended = new Promise<Ending>((resolve) => {
      asking.end = resolve
    })
    this.#asking = asking
    const over = new AbortController()
    const cancel = (): void => asking.end({ kind: 'cancelled' })
    question.signal?.addEventListener('abort', cancel)
    try {
      await transport.write(question.bytes)
      void this.#expire(asking, over.signal)
    } catch {
      asking.end({ kind: 'link-lost' })
    }
    const ending = await ended
    over.abort()
    question.signal?.removeEventListener('abort', cancel)
    this.#asking = null

    const nowMs = clock.elapsedMs()
    const spent = { at: clock.now(), durationMs: nowMs - startedAtMs }
    if (ending.kind === 'answer') {
      this.#unanswered = null
      return { kind: 'answer', frame: ending.frame, bytes: encodeFrame(ending.frame), ...spent }
    }
    this.#silentUntilMs = nowMs + guardMs
    this.#unanswered = { question, askedAtMs: startedAtMs }
    if (ending.kind !== 'silence') return { kind: ending.kind, ...spent }
    return { kind: 'silence', heard: heardInstead(before, this.#reader.statistics, asking.dropped), ...spent }
  }

  /** The time is over; an answer that is just arriving is waited for as long as its bytes keep coming. */
  async #expire(asking: Asking, signal: AbortSignal): Promise<void> {
    const { clock } = this.#options
    const latestMs = clock.elapsedMs() + asking.question.timeoutMs + longestFrameMs
    let waitMs = asking.question.timeoutMs
    try {
      while (waitMs > 0) {
        await clock.delay(waitMs, signal)
        const nowMs = clock.elapsedMs()
        waitMs = Math.min((asking.lastByteAtMs ?? -Infinity) + longestByteGapMs, latestMs) - nowMs
      }
      asking.end({ kind: 'silence' })
    } catch {
      // The question has ended before its time.
    }
  }

  async #waitForSilence(signal: AbortSignal | undefined): Promise<boolean> {
    if (signal?.aborted === true) return false
    const waitMs = this.#silentUntilMs - this.#options.clock.elapsedMs()
    if (waitMs <= 0) return true
    return this.#options.clock.delay(waitMs, signal).then(
      () => true,
      () => false,
    )
  }

  #receive(bytes: Uint8Array): void {
    this.#options.onHeard()
    const ours = this.#options.filter(bytes)
    if (ours.length === 0) return
    if (this.#asking !== null) this.#asking.lastByteAtMs = this.#options.clock.elapsedMs()
    for (const frame of this.#reader.push(ours)) this.#hear(frame)
  }

  #hear(frame: Frame): void {
    if (this.#asking?.question.isAnswer(frame) === true) {
      this.#asking.end({ kind: 'answer', frame })
      return
    }
    if (isEcho(this.#asking?.question, frame)) return
    if (this.#asking !== null) this.#asking.dropped += 1
    const late = this.#unanswered
    if (late !== null && late.question.isAnswer(frame)) {
      this.#unanswered = null
      late.question.onLate?.(this.#options.clock.elapsedMs() - late.askedAtMs)
    }
    this.#options.onDropped(toHex(encodeFrame(frame)))
  }
}

/** Two-wire adapters hear themselves. */
const isEcho = (question: Question | undefined, frame: Frame): boolean => {
  if (question === undefined) return false
  const bytes = encodeFrame(frame)
  const start = question.bytes.length - bytes.length
  return start >= 0 && bytes.every((byte, index) => question.bytes[start + index] === byte)
}

type Statistics = Readonly<{ frames: number; discardedBytes: number; checksumErrors: number }>

const heardInstead = (before: Statistics, after: Statistics, dropped: number): string => {
  if (after.checksumErrors > before.checksumErrors) return 'an answer with a wrong checksum'
  if (dropped > 0) return 'only frames that are not the answer'
  if (after.discardedBytes > before.discardedBytes) return 'bytes that are not a frame'
  return ''
}
