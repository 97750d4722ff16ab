import { expect, test } from 'vitest'
import { createRecent } from './recent.ts'

test('what is older than an hour is forgotten, and no more than a thousand are kept', () => {
  let now = 0
  const recent = createRecent({ elapsedMs: () => now })
  recent.happened()
  now = 1_800_000
  recent.happened()
  expect(recent.count()).toBe(2)
  now = 3_600_001
  expect(recent.count()).toBe(1)
  for (let times = 0; times < 2_000; times += 1) recent.happened()
  expect(recent.count()).toBe(1_000)
})
