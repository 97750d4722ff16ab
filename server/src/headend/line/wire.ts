import { toHex } from '@xianfu/protocols'
import type { CallOff, Clock } from '../../domain/clock.ts'
import type { Transport } from '../transport/transport.ts'
import { noNoise, type Noise } from './tally.ts'

/** DL/T 645-2007: bytes of one frame follow each other within 500 ms. */
const longestByteGapMs = 500

/** The longest frame (212 bytes) at 1200 bit/s; no answer may take longer than its time-out and this. */
const longestFrameMs = 2_000

/** Of bytes that nobody has asked for yet, the log shows so many. */
const mostBytesShown = 64

/** A frame on the line: the answer, the question itself sent back, or somebody else's. */
export type HeardFrame = Readonly<{ kind: 'answer' | 'echo' | 'other'; bytes: Uint8Array }>

/** Hears the bytes of a line in one language, with one question in mind. */
export type Ear = Readonly<{
  hear(bytes: Uint8Array): readonly HeardFrame[]
  /** Counted from its beginning. */
  statistics: Readonly<{ discardedBytes: number; checksumErrors: number }>
}>

/** One question and how to know its answer. */
export type Question = Readonly<{
  /** The bytes as they leave, wake-up bytes included. */
  bytes: Uint8Array
  /** A new ear for this question; everything but the answer is dropped, whoever sent it. */
  createEar(): Ear
  timeoutMs: number
  /** The frames of its language are not followed by the filter. */
  isOpaque?: boolean | undefined
  /** Silence that the language wants on the line before a question. */
  quietMs?: number | undefined
  /**
   * The answers of two questions with the same text cannot be told apart (none where they always can). Where the questions differ, because an answer
   * does not say what it answers, the second one waits until a late answer to the first can no longer come.
   */
  answersLike?: (() => string) | undefined
  /**
   * Elapsed time before which nobody may have asked for the answer: a proof must not be the late answer to the same
   * question from before the act.
   */
  freshSinceMs?: number | undefined
  /** Told when the answer comes after the time-out: the meter lives, but is slower than thought. */
  onLate?(responseMs: number): void
  signal?: AbortSignal | undefined
}>

export type WireResult = Readonly<
  (
    | { kind: 'answer'; bytes: Uint8Array }
    | { kind: 'silence'; /** What came instead of an answer, in words; empty for nothing at all. */ heard: string }
    /** The question may have left, and nothing can be said of the answer. */
    | { kind: 'link-lost' }
    | { kind: 'cancelled' }
    /** No byte of the question has left. */
    | { kind: 'not-sent'; because: 'link-lost' | 'cancelled' }
  ) & { /** Wall time of the end. */ at: number; durationMs: number; /** What else was heard. */ noise: Noise }
>

export type WireOptions = Readonly<{
  transport: Transport
  clock: Clock
  /** Silence after a time-out. */
  guardMs: number
  /** How long an answer given up may still come, for questions whose answers are alike. */
  lateAnswerMs: number
  /** Takes what is not the meters' out of the bytes (a gateway's heartbeats). */
  filter(bytes: Uint8Array, isOpaque: boolean): Uint8Array
  onHeard(): void
  /** `asked`: while an answer was waited for. */
  onDropped(frameHex: string, asked: boolean): void
  onClose(reason: string): void
}>

type Asking = {
  readonly question: Question
  end: (ending: Ending) => void
  /** Of the time-out, once it runs. */
  callOff?: CallOff
  dropped: number
  echoes: number
  lastByteAtMs: number | null
}

type Ending =
  | { readonly kind: 'answer'; readonly bytes: Uint8Array }
  | { readonly kind: 'silence' | 'link-lost' | 'cancelled' }

/** Answers that were given up, or were taken for earlier ones, and may still come. */
type Outstanding = {
  readonly question: Question
  readonly ear: Ear
  readonly askedAtMs: number
  readonly givenUpAtMs: number
  answers: number
}

/**
 * A half-duplex line over one transport: one question at a time, and after a time-out a moment of silence in which a
 * late answer passes without meeting the next question.
 */
export class Wire {
  readonly #options: WireOptions
  #closed = false
  #asking: Asking | null = null
  #ear: Ear | null = null
  #isOpaque = false
  /** By what their answers are like; those that can be told apart share one place. */
  readonly #outstanding = new Map<string, Outstanding>()
  /** The one whose answers are waited for before a question that is like its own. */
  #awaited: Outstanding | null = null
  /** Ends the silence that is kept just now, when it is no longer wanted or needed. */
  #endSilence: CallOff | null = null
  #isGivenUp = false
  #silentUntilMs = 0
  #lastByteAtMs = -Infinity

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

  /** The question on the wire is given up, and no further one leaves. */
  giveUp(): void {
    this.#isGivenUp = true
    this.#endSilence?.()
    this.#asking?.end({ kind: 'cancelled' })
  }

  /** Bytes that came before the wire was there. */
  receive(bytes: Uint8Array): void {
    this.#receive(bytes)
  }

  async ask(question: Question): Promise<WireResult> {
    const { clock, guardMs } = this.#options
    if (this.#asking !== null) throw new Error('A half-duplex line was asked twice at once.')
    await this.#waitForSilence(question)
    const because = this.#closed ? 'link-lost' : this.#isUnwanted(question) ? 'cancelled' : null
    if (because !== null) return { kind: 'not-sent', because, at: clock.now(), durationMs: 0, noise: noNoise }
    const ear = question.createEar()
    const startedAtMs = clock.elapsedMs()
    const asking: Asking = { question, end: () => undefined, dropped: 0, echoes: 0, lastByteAtMs: null }
    const ending = await this.#exchange(asking, ear)

    const nowMs = clock.elapsedMs()
    const noise = noiseOf(ear.statistics, asking, ending.kind === 'answer')
    const at = clock.now()
    const durationMs = nowMs - startedAtMs
    // Of like questions: so many answers may be on the way beside the one that was waited for just now.
    const alike = this.#outstanding.size > 0 && question.answersLike !== undefined
    const answers = alike ? (this.#outstanding.get(nameOfLike(question))?.answers ?? 0) : 0
    if (ending.kind === 'answer') {
      // It may have been a late one, and then its own is still on the way.
      this.#expect({ question, ear, askedAtMs: startedAtMs, givenUpAtMs: nowMs, answers })
      return { kind: 'answer', bytes: ending.bytes, at, durationMs, noise }
    }
    this.#silentUntilMs = nowMs + guardMs
    this.#expect({ question, ear, askedAtMs: startedAtMs, givenUpAtMs: nowMs, answers: answers + 1 })
    if (ending.kind !== 'silence') return { kind: ending.kind, at, durationMs, noise }
    return { kind: 'silence', heard: heardInstead(ear.statistics, asking.dropped), at, durationMs, noise }
  }

  /** Writes the question, and waits for how it ends. */
  async #exchange(asking: Asking, ear: Ear): Promise<Ending> {
    const { bytes, isOpaque = false, signal } = asking.question
    const ended = new Promise<Ending>((resolve) => {
      asking.end = resolve
    })
    const cancel = (): void => asking.end({ kind: 'cancelled' })
    this.#ear = ear
    this.#isOpaque = isOpaque
    this.#asking = asking
    signal?.addEventListener('abort', cancel)
    this.#options.transport.write(bytes).then(
      () => this.#expire(asking),
      () => asking.end({ kind: 'link-lost' }),
    )
    try {
      return await ended
    } finally {
      signal?.removeEventListener('abort', cancel)
      asking.callOff?.()
      this.#asking = null
    }
  }

  #expect(late: Outstanding): void {
    if (late.answers > 0) this.#outstanding.set(nameOfLike(late.question), late)
    else if (this.#outstanding.size > 0) this.#outstanding.delete(nameOfLike(late.question))
  }

  /** When the time is over; an answer that is just arriving is waited for as long as its bytes keep coming. */
  #expire(asking: Asking): void {
    const { clock } = this.#options
    const { timeoutMs } = asking.question
    const latestMs = clock.elapsedMs() + timeoutMs + longestFrameMs
    const look = (): void => {
      const heardMs = (asking.lastByteAtMs ?? -Infinity) + longestByteGapMs
      const waitMs = Math.min(heardMs, latestMs) - clock.elapsedMs()
      if (waitMs > 0) asking.callOff = clock.after(waitMs, look)
      else asking.end({ kind: 'silence' })
    }
    // It may have ended before the last of its bytes had left.
    if (this.#asking === asking) asking.callOff = clock.after(timeoutMs, look)
  }

  #isUnwanted({ signal }: Question): boolean {
    return this.#isGivenUp || signal?.aborted === true
  }

  async #waitForSilence(question: Question): Promise<void> {
    const { clock } = this.#options
    if (this.#outstanding.size > 0) await this.#waitForLikeAnswers(question)
    const quietUntilMs = Math.max(this.#silentUntilMs, this.#lastByteAtMs + (question.quietMs ?? 0))
    const waitMs = quietUntilMs - clock.elapsedMs()
    // Timers drop fractions of a millisecond; a silence that is too short is none.
    if (waitMs > 0) await this.#keepSilent(question, Math.ceil(waitMs))
  }

  /** Waits so long, or until the question is no longer wanted, or until what was waited for has come. */
  async #keepSilent(question: Question, waitMs: number): Promise<void> {
    if (this.#isUnwanted(question)) return
    const { signal } = question
    await new Promise<void>((resolve) => {
      const callOff = this.#options.clock.after(waitMs, resolve)
      this.#endSilence = () => {
        callOff()
        resolve()
      }
      signal?.addEventListener('abort', this.#endSilence)
    })
    if (this.#endSilence !== null) signal?.removeEventListener('abort', this.#endSilence)
    this.#endSilence = null
  }

  /** The same question again may have the late answer to itself; another one must not. */
  async #waitForLikeAnswers(question: Question): Promise<void> {
    const { clock, lateAnswerMs } = this.#options
    const { bytes, freshSinceMs = 0 } = question
    for (const [likeness, late] of this.#outstanding) {
      if (likeness === '') continue
      const waitMs = late.givenUpAtMs + lateAnswerMs - clock.elapsedMs()
      const isStale = late.askedAtMs < freshSinceMs || !isSame(bytes, late.question.bytes)
      const isMistakable = likeness === nameOfLike(question) && isStale
      if (waitMs > 0 && isMistakable) {
        this.#awaited = late
        await this.#keepSilent(question, waitMs)
        this.#awaited = null
      }
      if (waitMs <= 0 || isMistakable) this.#outstanding.delete(likeness)
    }
  }

  #receive(bytes: Uint8Array): void {
    this.#options.onHeard()
    const ours = this.#options.filter(bytes, this.#isOpaque)
    if (ours.length === 0) return
    this.#lastByteAtMs = this.#options.clock.elapsedMs()
    if (this.#asking !== null) this.#asking.lastByteAtMs = this.#lastByteAtMs
    if (this.#ear === null) return this.#options.onDropped(toHex(ours.subarray(0, mostBytesShown)), false)
    let answered = false
    for (const frame of this.#ear.hear(ours)) answered = this.#judge(frame) || answered
    if (!answered) this.#hearLate(ours)
  }

  /** Whether the frame is the answer that is waited for. */
  #judge({ kind, bytes }: HeardFrame): boolean {
    if (kind === 'echo') {
      if (this.#asking !== null) this.#asking.echoes += 1
      return false
    }
    if (kind === 'answer' && this.#asking !== null) {
      this.#asking.end({ kind: 'answer', bytes })
      return true
    }
    if (this.#asking !== null) this.#asking.dropped += 1
    if (kind === 'answer') this.#cameLate(this.#ear)
    this.#options.onDropped(toHex(bytes), this.#asking !== null)
    return false
  }

  /** The ears of earlier questions listen on beside that of the present one. */
  #hearLate(bytes: Uint8Array): void {
    for (const { ear } of this.#outstanding.values())
      if (ear !== this.#ear && ear.hear(bytes).some(({ kind }) => kind === 'answer')) this.#cameLate(ear)
  }

  #cameLate(ear: Ear | null): void {
    for (const [likeness, late] of this.#outstanding) {
      if (late.ear !== ear) continue
      late.answers -= 1
      if (late.answers === 0) {
        this.#outstanding.delete(likeness)
        if (late === this.#awaited) this.#endSilence?.()
      }
      late.question.onLate?.(this.#options.clock.elapsedMs() - late.askedAtMs)
    }
  }
}

const nameOfLike = ({ answersLike }: Question): string => answersLike?.() ?? ''

const isSame = (bytes: Uint8Array, other: Uint8Array): boolean =>
  bytes.length === other.length && bytes.every((byte, index) => other[index] === byte)

/** A byte or two in front of an answer are a transceiver being switched on; they are noise only where no answer came. */
const noiseOf = (statistics: Ear['statistics'], { dropped, echoes }: Asking, answered: boolean): Noise => ({
  garbled: statistics.checksumErrors > 0 || (!answered && statistics.discardedBytes > 0),
  foreign: dropped,
  echoes,
})

const heardInstead = (statistics: Ear['statistics'], dropped: number): string => {
  if (statistics.checksumErrors > 0) return 'an answer with a wrong checksum'
  if (dropped > 0) return 'only frames that are not the answer'
  if (statistics.discardedBytes > 0) return 'bytes that are not a frame'
  return ''
}
