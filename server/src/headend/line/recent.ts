import type { Clock } from '../../domain/clock.ts'

const rememberedMs = 3_600_000
/** More than this is "many" anyway. */
const mostRemembered = 1_000

/** How often something has happened in the last hour of elapsed time, up to a thousand times. */
export type Recent = Readonly<{ happened(): void; count(): number }>

export const createRecent = (clock: Pick<Clock, 'elapsedMs'>): Recent => {
  let times: number[] = []
  const forget = (): void => {
    const sinceMs = clock.elapsedMs() - rememberedMs
    if ((times[0] ?? Infinity) < sinceMs) times = times.filter((at) => at >= sinceMs)
  }
  return {
    happened() {
      forget()
      if (times.length >= mostRemembered) times.shift()
      times.push(clock.elapsedMs())
    },
    count() {
      forget()
      return times.length
    },
  }
}
