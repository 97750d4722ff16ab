import { afterEach, beforeEach, expect, test } from 'vitest'
import { createReadPace, fewestUnderWay, type Place, type ReadPace } from './read-pace.ts'

/** Each look of the pace ends when the test says how late it was. */
let elapsedMs: number
let endLook: () => void
let pace: ReadPace
let places: Place[]
let stopping: AbortController
let running: Promise<void>

const settled = async (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
const look = async (lateMs: number): Promise<void> => {
  elapsedMs += 100 + lateMs
  endLook()
  await settled()
}
const ask = (many: number, signal = new AbortController().signal): void => {
  for (let index = 0; index < many; index += 1) void pace.take(signal, false).then((place) => places.push(place))
}

beforeEach(async () => {
  elapsedMs = 0
  places = []
  stopping = new AbortController()
  pace = createReadPace({
    clock: {
      now: () => 0,
      rate: 1,
      elapsedMs: () => elapsedMs,
      delay: async () =>
        new Promise<void>((resolve) => {
          endLook = resolve
        }),
      after: () => () => undefined,
    },
  })
  running = pace.run(stopping.signal)
  await settled()
})
afterEach(async () => {
  stopping.abort()
  endLook()
  await running
})

test('a process in time lets ever more reads be under way, as long as somebody waits', async () => {
  ask(1_000)
  await settled()
  expect(places).toHaveLength(fewestUnderWay)
  for (let looks = 0; looks < 25; looks += 1) await look(0)
  expect(places).toHaveLength(1_000)
})

test('a late process lets fewer, but never none', async () => {
  ask(600)
  for (let looks = 0; looks < 20; looks += 1) await look(0)
  expect(places).toHaveLength(600)
  for (let looks = 0; looks < 10; looks += 1) await look(200)
  ask(300)
  for (const place of places.splice(0, 500)) place()
  await settled()
  // A hundred are still under way, and so few are the fewest.
  expect(places).toHaveLength(fewestUnderWay)
})

test('a place that is given back is the next one’s, and only once', async () => {
  ask(fewestUnderWay + 1)
  await settled()
  const [first] = places
  first?.()
  first?.()
  ask(1)
  await settled()
  expect(places).toHaveLength(fewestUnderWay + 1)
})

test('what is urgent does not stand behind the rest', async () => {
  ask(fewestUnderWay + 10)
  await settled()
  let isThere = false
  void pace.take(new AbortController().signal, true).then(() => {
    isThere = true
  })
  places[0]?.()
  await settled()
  expect([isThere, places.length]).toEqual([true, fewestUnderWay])
})

test('whoever is stopped waits no longer', async () => {
  const mine = new AbortController()
  ask(fewestUnderWay)
  ask(5, mine.signal)
  await settled()
  mine.abort()
  await settled()
  expect(places).toHaveLength(fewestUnderWay + 5)
})
