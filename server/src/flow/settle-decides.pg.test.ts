import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTown, wednesday, yuan, type Town } from './testing/town.ts'

/** The credit policy is applied to what the batch itself has found out, not to what was known before it. */
let town: Town
beforeAll(async () => {
  town = await createTown([
    { place: 'first' },
    { place: 'held', opening: 10 },
    { place: 'alarm', opening: 100 },
    { place: 'quiet', opening: 100 },
  ])
})
afterAll(async () => town.close())

const halfHour = 30 * 60_000
const at = (step: number) => wednesday + step * halfHour
const commandsOf = async (name: string) =>
  (
    await town.database.query<{ kind: string }>('select kind from relay_command where meter_id = $1 order by kind', [
      (await town.place(name)).meterId,
    ])
  ).map(({ kind }) => kind)

test('an account without money whose first reading has just come is not short of a reading', async () => {
  town.clock.set(at(0))
  await town.settle([await town.reading('first', 5_000_000, { at: at(0) })])
  const { reasons } = await town.account('first')
  expect(reasons).toContain('used-up')
  expect(reasons).not.toContain('reading-missing')
})

test('a reading that is held keeps the policy from stopping supply in the same batch', async () => {
  town.clock.set(at(2))
  await town.settle([
    await town.reading('held', 5_000_000, { at: at(0) }),
    await town.reading('held', 5_011_000, { at: at(1) }),
    await town.reading('held', 4_000_000, { at: at(2) }),
  ])
  const { balance, reasons } = await town.account('held')
  expect(balance).toBe(yuan(-1))
  expect(reasons).toContain('reading-held')
})

test('a meter that shows its alarm although there is enough money is told at once to end it; others are left', async () => {
  town.clock.set(at(3))
  const shown = (alarm: boolean) => ({ relay: 'closed', relayCommand: 'closed', keepPower: false, alarm }) as const
  for (const step of [2, 3])
    await town.settle([
      await town.reading('alarm', 5_000_000 + step * 100, { at: at(step), status: shown(step === 3) }),
      await town.reading('quiet', 5_000_000 + step * 100, { at: at(step), status: shown(false) }),
    ])
  expect(await commandsOf('alarm')).toEqual(['alarm-off'])
  expect(await commandsOf('quiet')).toEqual([])
})
