import { afterAll, beforeAll, expect, test } from 'vitest'
import { findStatement } from '../store/statements.ts'
import { bindMeters } from '../store/meter-binding.ts'
import { audit } from './audit.ts'
import { createCloseAccount } from './close-account.ts'
import { closePeriods } from './close-period.ts'
import { createTown, yuan, type Town } from './testing/town.ts'

const start = Date.parse('2026-10-31T16:00:00Z')
const end = Date.parse('2026-11-30T16:00:00Z')
const hour = 3_600_000

let town: Town
beforeAll(async () => {
  town = await createTown(
    [
      { place: 'leaving', opening: 100 },
      { place: 'coming', opening: 100 },
    ],
    start - 48 * hour,
  )
})
afterAll(async () => town.close())

const close = async (month: string) => {
  const result = await closePeriods(town.context, { month })
  if (!result.ok) throw new Error(result.code)
  return result.summary
}

test('a closed account gets the statement of its last month; its meter goes on under the next account', async () => {
  const { accountId, meterId } = await town.place('leaving')
  const { accountId: next } = await town.place('coming')
  town.clock.set(start + hour)
  await town.settle([
    await town.reading('leaving', 1_000, { at: start - 24 * hour }),
    await town.reading('leaving', 1_500, { at: start }),
    await town.reading('coming', 0, { at: start }),
  ])
  expect((await close('2026-10')).closed).toEqual(['70001-202610', '70002-202610'])

  const left = start + 30 * hour
  town.clock.set(left)
  const lastReadings = [await town.reading('leaving', 2_734, { at: left })]
  const asked = { key: 'bye', reason: 'moved out', operatorId: null, channel: 'bank-transfer' } as const
  expect(await createCloseAccount(town.context)({ ...asked, accountId, lastReadings })).toMatchObject({
    ok: true,
    result: { returned: yuan(100 - 0.5 - 1.234) },
  })
  await bindMeters(town.database, [meterId], next)
  town.clock.set(end + hour)
  await town.settle([await town.reading('leaving', 4_000, { at: end }), await town.reading('coming', 700, { at: end })])

  const { closed, corrected, refused } = await close('2026-11')
  expect([closed, corrected, refused]).toEqual([['70001-202611', '70002-202611'], [], []])
  const made = await findStatement(town.database, '70001-202611')
  expect(made).toMatchObject({ total: '1.234', rounding: '0.00', movementsTotal: '-98.266', closingBalance: '0.00' })
  expect(made?.lines.map(({ code, amount }) => [code, amount])).toEqual([
    ['energy', '1.23'],
    ['rounding', '0.004'],
  ])
  const theirs = await findStatement(town.database, '70002-202611')
  expect(theirs?.lines.map(({ quantity, amount }) => [quantity, amount])).toEqual([
    ['1.266', '1.27'],
    ['0.7', '0.70'],
  ])
  expect((await audit(town.database)).flatMap(({ wrong }) => wrong)).toEqual([])
})
