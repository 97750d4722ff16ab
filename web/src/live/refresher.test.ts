import { expect, it } from 'vitest'
import type { BrowserClock } from './browser-clock.ts'
import { createRefresher } from './refresher.ts'

/** A clock that moves when told to. */
const handClock = (): { clock: BrowserClock; ring: () => void } => {
  const due: (() => void)[] = []
  return {
    clock: {
      now: () => 0,
      after: (_, then) => {
        due.push(then)
        return () => undefined
      },
      every: () => () => undefined,
    },
    ring: () => {
      for (const then of due.splice(0)) then()
    },
  }
}

const settle = async (): Promise<void> => {
  for (let turn = 0; turn < 10; turn += 1) await Promise.resolve()
}

it('gathers topics, reads each key once, and reads again what changed during a round', async () => {
  const { clock, ring } = handClock()
  const read: string[] = []
  const answers: (() => void)[] = []
  const refresher = createRefresher({
    clock,
    readAgain: (key) => {
      read.push(key.join('/'))
      return new Promise<void>((resolve) => answers.push(resolve))
    },
  })
  refresher.changed(['message'])
  refresher.changed(['message'])
  expect(read).toEqual([])
  ring()
  expect(read).toEqual(['messages', 'feed'])
  refresher.changed(['message'])
  ring()
  expect(read).toEqual(['messages', 'feed'])
  for (const answer of answers.splice(0)) answer()
  await settle()
  ring()
  expect(read).toEqual(['messages', 'feed', 'messages', 'feed'])
})

it('goes on after a read that failed and is still when stopped', async () => {
  const { clock, ring } = handClock()
  let reads = 0
  const refresher = createRefresher({
    clock,
    readAgain: () => {
      reads += 1
      return Promise.reject(new Error('away'))
    },
  })
  refresher.changed(['message'])
  ring()
  await settle()
  refresher.changed(['message'])
  ring()
  await settle()
  expect(reads).toBe(4)
  refresher.stop()
  refresher.changed(['message'])
  ring()
  expect(reads).toBe(4)
})

it.each([
  [0, 120],
  [900, 900],
  [60_000, 5_000],
])('after a round of %d ms it waits %d ms', async (tookMs, pauseMs) => {
  let now = 0
  const pauses: number[] = []
  const due: (() => void)[] = []
  const refresher = createRefresher({
    clock: {
      now: () => now,
      after: (delayMs, then) => {
        pauses.push(delayMs)
        due.push(then)
        return () => undefined
      },
      every: () => () => undefined,
    },
    readAgain: async () => {
      now = tookMs
      await Promise.resolve()
    },
  })
  refresher.changed(['message'])
  due.shift()?.()
  await settle()
  refresher.changed(['message'])
  expect(pauses).toEqual([120, pauseMs])
})
