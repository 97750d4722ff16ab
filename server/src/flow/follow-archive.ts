import { createBell, loop, pause, type FlowContext } from './process.ts'

/** Longest sleep, elapsed time. */
const longestSleepMs = 60_000
/** Of the time, reading the archive again takes a tenth at most: that of a million meters takes seconds. */
const restFactor = 9
const longestRestMs = 300_000

export type ArchiveFollower = Readonly<{
  /** The archive has changed. Told many times in a row it is read once or twice, and never twice at once. */
  changed(): void
  run(signal: AbortSignal): Promise<void>
}>

/** Reads the archive again when it has changed. A small one is followed at once. */
export const createArchiveFollower = (context: FlowContext, readAgain: () => Promise<void>): ArchiveFollower => {
  const { clock } = context
  const bell = createBell()
  let isStale = false
  return {
    changed() {
      isStale = true
      bell.ring()
    },
    run: async (signal) =>
      loop(context, 'archive', signal, async () => {
        await bell.wait(clock, longestSleepMs, signal)
        if (!isStale || signal.aborted) return
        isStale = false
        const startedMs = clock.elapsedMs()
        try {
          await readAgain()
        } catch (error) {
          isStale = true
          bell.ring()
          throw error
        }
        await pause(clock, Math.min(longestRestMs, (clock.elapsedMs() - startedMs) * restFactor), signal)
      }),
  }
}
