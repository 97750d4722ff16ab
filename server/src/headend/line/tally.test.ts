import { expect, test } from 'vitest'
import { createTally, noNoise } from './tally.ts'

const minute = 60_000
const answer = { answered: true, noise: noNoise, durationMs: 300, responseMs: 40 }
const silence = { answered: false, noise: noNoise, durationMs: 1_200, responseMs: null }

test('exchanges are counted by what was heard in them', () => {
  const tally = createTally(() => 0)
  tally.note(answer)
  tally.note({ ...answer, responseMs: 60 })
  tally.note(silence)
  tally.note({ ...silence, noise: { garbled: true, foreign: 0, echoes: 1 } })
  tally.note({ ...silence, noise: { garbled: false, foreign: 2, echoes: 0 } })
  tally.noteLate()
  expect(tally.counts()).toEqual({
    asked: 5,
    answered: 2,
    silent: 1,
    garbled: 1,
    foreign: 2,
    echoed: 1,
    late: 1,
    busyMs: 4_200,
    responseMs: 50,
    windowMs: 0,
  })
})

test('what is older than an hour is forgotten, and never less than the last half hour is known', () => {
  let now = 5 * minute
  const tally = createTally(() => now)
  tally.note(answer)
  now += 29 * minute
  expect(tally.counts()).toMatchObject({ asked: 1, windowMs: 29 * minute })
  now += 2 * minute
  tally.note(silence)
  expect(tally.counts()).toMatchObject({ asked: 2, windowMs: 31 * minute })
  now += 30 * minute
  expect(tally.counts()).toMatchObject({ asked: 1, answered: 0, windowMs: 31 * minute })
  now += 90 * minute
  expect(tally.counts()).toMatchObject({ asked: 0, responseMs: null })
})
