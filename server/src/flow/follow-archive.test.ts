import { afterEach, beforeEach, expect, test } from 'vitest'
import { createArchiveFollower, type ArchiveFollower } from './follow-archive.ts'
import { handClock } from './testing/town.ts'

let follower: ArchiveFollower
let stopping: AbortController
let running: Promise<void>
let reads: { done: () => void; fail: () => void }[]

const soon = async (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 30))

beforeEach(() => {
  reads = []
  stopping = new AbortController()
  const context = { clock: handClock(0), database: null as never, ids: { uuid: () => '' }, log: () => undefined }
  follower = createArchiveFollower(
    context,
    async () =>
      new Promise<void>((resolve, reject) => {
        reads.push({ done: resolve, fail: () => reject(new Error('the database is away')) })
      }),
  )
  running = follower.run(stopping.signal)
})

afterEach(async () => {
  stopping.abort()
  for (const read of reads) read.done()
  await running
})

test('many changes at once are read together, and never twice at the same time', async () => {
  follower.changed()
  await soon()
  expect(reads).toHaveLength(1)
  for (let times = 0; times < 10; times += 1) follower.changed()
  await soon()
  expect(reads).toHaveLength(1)
  reads[0]?.done()
  await soon()
  expect(reads).toHaveLength(2)
  reads[1]?.done()
  await soon()
  expect(reads).toHaveLength(2)
})

test('what could not be read is read again, though nobody says it twice', async () => {
  follower.changed()
  await soon()
  reads[0]?.fail()
  await soon()
  expect(reads).toHaveLength(2)
})
