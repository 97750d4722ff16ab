import { pause, type FlowContext } from './process.ts'

/** How often the process is asked how late it is, elapsed time. */
const lookEveryMs = 100
/** A process that is later than this has more under way than it can hear. */
const lateMs = 10
export const fewestUnderWay = 150
const mostUnderWay = 50_000
const growth = 1.1
const shrinkage = 0.7

/** A place among the reads that are under way; giving it back twice gives it back once. */
export type Place = () => void

/**
 * How many scheduled reads are under way at once over all lines. Lines are slow and thousands of them wait at the same time
 * for nothing but their wires; but where answers come faster than this process hears them, more reads under way only make
 * each take longer: they outlive the collector of young garbage, and a relay command waits behind all their answers. So the
 * number follows how late the process is. Commands and reads of people need no place.
 */
export type ReadPace = Readonly<{
  /** Resolves with a place, at once where one is free; whoever is urgent goes first. After the signal it resolves at once. */
  take(signal: AbortSignal, isUrgent: boolean): Promise<Place>
  run(signal: AbortSignal): Promise<void>
}>

export const createReadPace = ({ clock }: Pick<FlowContext, 'clock'>): ReadPace => {
  const urgent = new Set<() => void>()
  const others = new Set<() => void>()
  let underWay = 0
  let limit = fewestUnderWay

  const admit = (): void => {
    for (const waiting of [urgent, others])
      for (const go of waiting) {
        if (underWay >= limit) return
        waiting.delete(go)
        underWay += 1
        go()
      }
  }

  const placed = (): Place => {
    let isGivenBack = false
    return () => {
      if (isGivenBack) return
      isGivenBack = true
      underWay -= 1
      admit()
    }
  }

  return {
    async take(signal, isUrgent) {
      if (underWay < limit || signal.aborted) {
        underWay += 1
        return placed()
      }
      const waiting = isUrgent ? urgent : others
      await new Promise<void>((resolve) => {
        const go = (): void => {
          signal.removeEventListener('abort', giveUp)
          resolve()
        }
        const giveUp = (): void => {
          if (!waiting.delete(go)) return
          underWay += 1
          go()
        }
        waiting.add(go)
        signal.addEventListener('abort', giveUp)
      })
      return placed()
    },
    async run(signal) {
      while (!signal.aborted) {
        const beganMs = clock.elapsedMs()
        await pause(clock, lookEveryMs, signal)
        const isLate = clock.elapsedMs() - beganMs - lookEveryMs > lateMs
        if (isLate) limit = Math.max(fewestUnderWay, Math.floor(Math.min(limit, underWay) * shrinkage))
        else if (urgent.size + others.size > 0) limit = Math.min(mostUnderWay, Math.ceil(limit * growth))
        admit()
      }
    },
  }
}
