import { expect, test } from 'vitest'
import { byReach } from './by-reach.ts'

test('who reaches the same sites shares a reader, in whatever order they are named, and nobody else does', async () => {
  let made = 0
  const read = byReach((reach) => {
    made += 1
    const own = made
    return async () => ({ own, reach })
  })
  expect(await read([1, 12])).toEqual({ own: 1, reach: [1, 12] })
  expect((await read([12, 1])).own).toBe(1)
  expect((await read([1])).own).toBe(2)
  expect((await read([112])).own).toBe(3)
  expect((await read([])).own).toBe(4)
  expect(await read(null)).toEqual({ own: 5, reach: null })
  expect((await read(null)).own).toBe(5)
})

test('reaches that nobody asks for any more are forgotten', async () => {
  let made = 0
  const read = byReach(() => {
    made += 1
    return async () => made
  })
  for (let site = 0; site < 200; site += 1) {
    await read([site])
    await read(null)
  }
  expect(made).toBe(201)
  await read([0])
  expect(made).toBe(202)
})
