import { readdir } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { handClock } from '../time/hand-clock.ts'
import { readVillage } from './read-village.ts'
import { startVillage } from './start-village.ts'

const folder = fileURLToPath(new URL('../../villages', import.meta.url))

test('every village that is shipped has no problems', async () => {
  const files = (await readdir(folder)).filter((name) => name.endsWith('.yaml'))
  expect(files).toEqual(['million.yaml', 'street.yaml'])
  for (const file of files) expect((await readVillage(`${folder}/${file}`)).name).toBe(file.replace('.yaml', ''))
})

test('the street lives a day, and everybody in it shows why they are there', async () => {
  const clock = handClock({ now: Date.UTC(2026, 2, 1, 16) })
  const street = await startVillage({ village: await readVillage(`${folder}/street.yaml`), clock })
  clock.pass(24 * 3_600_000)
  const look = (address: string) => street.meter(`2026030200${address}`)?.look()
  expect(Number(look('01')?.totalWh)).toBeGreaterThan(100_000)
  // 1.8 kW: 8 h at 0.3, 4 h at 0.9, 10 h at 0.6, 2 h at 1.1 are 25.56 yuan.
  expect(look('11')?.wallet).toMatchObject({ balanceFen: 9_444 })
  expect(look('12')?.overload?.trips).toBeGreaterThan(0)
  // Closed by its hours at 14:00, and half an hour of water since then.
  expect(look('13')?.relay).toMatchObject({ actual: 'open', cause: 'run-over' })
  expect(Number(look('14')?.reverseWh)).toBeGreaterThan(5_000)
  expect(look('14')?.clock).toBe(clock.now() + 12_960)
  await street.stop()
})
