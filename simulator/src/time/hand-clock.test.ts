import { expect, test } from 'vitest'
import { handClock } from './hand-clock.ts'

test('what falls due runs in order, each at its own moment', () => {
  const clock = handClock({ now: 1_000, rate: 10 })
  const seen: [string, number, number][] = []
  const note = (what: string) => () => void seen.push([what, clock.elapsedMs(), clock.now()])
  clock.after(20, note('later'))
  clock.after(5, () => {
    note('sooner')()
    clock.after(5, note('asked for meanwhile'))
  })
  clock.after(20, note('as late, asked for after'))
  clock.pass(19)
  clock.pass(1)
  expect(seen).toEqual([
    ['sooner', 5, 1_050],
    ['asked for meanwhile', 10, 1_100],
    ['later', 20, 1_200],
    ['as late, asked for after', 20, 1_200],
  ])
})

test('what is called off does not run', () => {
  const clock = handClock({ now: 0 })
  let ran = false
  const callOff = clock.after(10, () => (ran = true))
  callOff()
  clock.pass(100)
  expect([ran, clock.waiting()]).toEqual([false, 0])
})

test('a delay ends when its signal is aborted, and leaves nothing behind', async () => {
  const clock = handClock({ now: 0 })
  const stop = new AbortController()
  const over = clock.delay(60_000, stop.signal)
  stop.abort()
  await over
  await clock.delay(60_000, stop.signal)
  expect(clock.waiting()).toBe(0)
})
