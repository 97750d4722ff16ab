import { afterAll, beforeAll, expect, test } from 'vitest'
import { createReadingBuffer } from './reading-buffer.ts'
import { audit } from './audit.ts'
import { createTown, wednesday, yuan, type Town } from './testing/town.ts'

let town: Town
beforeAll(async () => {
  town = await createTown([
    { place: 'A', opening: 1000 },
    { place: 'B', opening: 1000 },
    { place: 'C', opening: 1000 },
  ])
})
afterAll(async () => town.close())

const minute = 60_000
const readings = 150
/** Every fifth pair comes the wrong way round. */
const turn = (step: number): number => (Math.floor(step / 2) % 5 === 0 ? step ^ 1 : step)

test('readings that come by turns and out of order are settled side by side, each unit of energy once', async () => {
  town.clock.set(wednesday + readings * minute)
  const buffer = createReadingBuffer(town.context)
  for (let step = 0; step < readings; step += 1)
    for (const name of ['C', 'A', 'B'])
      buffer.add(await town.reading(name, 1_000_000 + turn(step) * 10, { at: wednesday + turn(step) * minute }))
  await buffer.flush()
  for (const name of ['A', 'B', 'C']) {
    const { balance } = await town.account(name)
    expect(balance).toBe(yuan(1000) - BigInt((readings - 1) * 10) * 1000n)
  }
  const [row] = await town.database.query<{ kept: bigint }>('select count(*) as kept from reading')
  expect(row?.kept).toBe(BigInt(readings * 3))
  expect((await audit(town.database)).flatMap(({ wrong }) => wrong)).toEqual([])
})

test('a reading that cannot be settled holds up nobody', async () => {
  town.clock.set(wednesday + (readings + 60) * minute)
  const at = wednesday + (readings + 30) * minute
  const buffer = createReadingBuffer(town.context)
  // A register that no column can hold: the statement fails.
  buffer.add(await town.reading('A', 0, { at, powerMilliwatts: 1e30 }))
  for (const name of ['B', 'C']) buffer.add(await town.reading(name, 1_002_000, { at }))
  await buffer.flush()
  expect(town.logged.filter(({ level }) => level === 'error')).toHaveLength(1)
  for (const name of ['B', 'C']) expect((await town.account(name)).balance).toBe(yuan(998))
})
