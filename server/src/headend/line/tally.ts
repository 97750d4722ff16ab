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

type Sums = {
  asked: number
  answered: number
  silent: number
  garbled: number
  foreign: number
  echoed: number
  late: number
  busyMs: number
  responseMs: number
}

const nothing = (): Sums => ({
  asked: 0,
  answered: 0,
  silent: 0,
  garbled: 0,
  foreign: 0,
  echoed: 0,
  late: 0,
  busyMs: 0,
  responseMs: 0,
})

/** Two of these are kept: the one that is filled, and the one before it. */
const stretchMs = 1_800_000

export const createTally = (elapsedMs: () => number): Tally => {
  let startedAtMs = elapsedMs()
  let present: Sums = nothing()
  let past: Sums | null = null

  const turnOver = (): void => {
    const goneMs = elapsedMs() - startedAtMs
    if (goneMs < stretchMs) return
    past = goneMs < 2 * stretchMs ? present : nothing()
    present = nothing()
    startedAtMs += Math.floor(goneMs / stretchMs) * stretchMs
  }

  return {
    note({ answered, noise, durationMs, responseMs }) {
      turnOver()
      present.asked += 1
      if (answered) present.answered += 1
      if (noise.garbled) present.garbled += 1
      present.foreign += noise.foreign
      if (noise.echoes > 0) present.echoed += 1
      if (!answered && !noise.garbled && noise.foreign === 0) present.silent += 1
      present.busyMs += durationMs
      present.responseMs += responseMs ?? 0
    },
    noteLate() {
      turnOver()
      present.late += 1
    },
    counts() {
      turnOver()
      const sum = (name: keyof Sums): number => present[name] + (past?.[name] ?? 0)
      const answered = sum('answered')
      return {
        asked: sum('asked'),
        answered,
        silent: sum('silent'),
        garbled: sum('garbled'),
        foreign: sum('foreign'),
        echoed: sum('echoed'),
        late: sum('late'),
        busyMs: sum('busyMs'),
        responseMs: answered === 0 ? null : sum('responseMs') / answered,
        windowMs: elapsedMs() - startedAtMs + (past === null ? 0 : stretchMs),
      }
    },
  }
}
