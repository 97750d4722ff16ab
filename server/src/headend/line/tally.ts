import type { MeterCounts } from '../../domain/collection/line-health.ts'

/** What was heard during one question beside its answer. */
export type Noise = Readonly<{
  /** A wrong checksum, or, where no answer came, bytes that are no frame. */
  garbled: boolean
  /** Whole frames of somebody else. */
  foreign: number
  echoes: number
}>

export const noNoise: Noise = Object.freeze({ garbled: false, foreign: 0, echoes: 0 })

export type ExchangeNote = Readonly<{
  answered: boolean
  noise: Noise
  /** Elapsed time that the exchange kept the line. */
  durationMs: number
  /** Of it, what neither question nor answer took; null without an answer. */
  responseMs: number | null
}>

export type TallyCounts = Omit<MeterCounts, 'meterId'> &
  Readonly<{
    /** Elapsed time for which the line was kept. */
    busyMs: number
    /** Mean of the answers; null while there were none. */
    responseMs: number | null
    /** Elapsed time over which all of it was counted. */
    windowMs: number
  }>

/** Counts of one meter over the last half to whole hour (elapsed time), however long the program has been running. */
export type Tally = Readonly<{
  note(note: ExchangeNote): void
  noteLate(): void
  counts(): TallyCounts
}>

/** Whole numbers, times in microseconds: of a million meters each field is one word, and no fraction is lost. */
type Sums = {
  asked: number
  answered: number
  silent: number
  garbled: number
  foreign: number
  echoed: number
  late: number
  busyMicros: number
  responseMicros: number
}

const nothing = (): Sums => ({
  asked: 0,
  answered: 0,
  silent: 0,
  garbled: 0,
  foreign: 0,
  echoed: 0,
  late: 0,
  busyMicros: 0,
  responseMicros: 0,
})

/** Two of these are kept: the one that is filled, and the one before it. */
const stretchMs = 1_800_000

const micros = (ms: number): number => Math.round(ms * 1_000)

export const createTally = (elapsedMs: () => number): Tally => new CountingTally(elapsedMs)

/** A class, because there is one for each of a million meters: closures of its own would be most of what it weighs. */
class CountingTally implements Tally {
  readonly #elapsedMs: () => number
  #startedAtMs: number
  #present: Sums | null = null
  #past: Sums | null = null
  #hasPast = false

  constructor(elapsedMs: () => number) {
    this.#elapsedMs = elapsedMs
    this.#startedAtMs = elapsedMs()
  }

  note({ answered, noise, durationMs, responseMs }: ExchangeNote): void {
    const present = this.#open()
    present.asked += 1
    if (answered) present.answered += 1
    if (noise.garbled) present.garbled += 1
    present.foreign += noise.foreign
    if (noise.echoes > 0) present.echoed += 1
    if (!answered && !noise.garbled && noise.foreign === 0) present.silent += 1
    present.busyMicros += micros(durationMs)
    present.responseMicros += micros(responseMs ?? 0)
  }

  noteLate(): void {
    this.#open().late += 1
  }

  counts(): TallyCounts {
    this.#turnOver()
    const sum = (name: keyof Sums): number => (this.#present?.[name] ?? 0) + (this.#past?.[name] ?? 0)
    const answered = sum('answered')
    return {
      asked: sum('asked'),
      answered,
      silent: sum('silent'),
      garbled: sum('garbled'),
      foreign: sum('foreign'),
      echoed: sum('echoed'),
      late: sum('late'),
      busyMs: sum('busyMicros') / 1_000,
      responseMs: answered === 0 ? null : sum('responseMicros') / 1_000 / answered,
      windowMs: this.#elapsedMs() - this.#startedAtMs + (this.#hasPast ? stretchMs : 0),
    }
  }

  #open(): Sums {
    this.#turnOver()
    this.#present ??= nothing()
    return this.#present
  }

  #turnOver(): void {
    const goneMs = this.#elapsedMs() - this.#startedAtMs
    if (goneMs < stretchMs) return
    this.#past = goneMs < 2 * stretchMs ? this.#present : null
    this.#hasPast = true
    this.#present = null
    this.#startedAtMs += Math.floor(goneMs / stretchMs) * stretchMs
  }
}
