import { afterAll, beforeAll, expect, test } from 'vitest'
import { addNoTrip, allNoTrip, deleteNoTrip } from './no-trip.ts'
import { createTown, wednesday, type Town } from './testing/town.ts'

let town: Town
beforeAll(async () => {
  town = await createTown([{ place: 'A' }])
})
afterAll(async () => town.close())

const span = { site: null, kind: 'weather', firstDay: '2026-12-31', lastDay: '2027-01-02', reason: 'storm' } as const
const spans = async () =>
  (await allNoTrip(town.database)).map(({ from, to }) => [new Date(from).toISOString(), new Date(to).toISOString()])

test('whole days of the site, the last one included', async () => {
  expect(await addNoTrip(town.database, wednesday, span)).toEqual({ ok: true, spans: 1 })
  expect(await spans()).toEqual([['2026-12-30T16:00:00.000Z', '2027-01-02T16:00:00.000Z']])
})

test('a holiday keeps the day before it free too', async () => {
  await addNoTrip(town.database, wednesday, { ...span, kind: 'holiday', firstDay: '2027-02-06', lastDay: '2027-02-06' })
  expect((await spans()).at(-1)).toEqual(['2027-02-04T16:00:00.000Z', '2027-02-06T16:00:00.000Z'])
})

test.each([
  [{ site: 'elsewhere' }, 'unknown-site'],
  [{ firstDay: '2026-02-30' }, 'no-such-day'],
  [{ firstDay: 'tomorrow' }, 'no-such-day'],
  [{ lastDay: '2026-12-30' }, 'ends-before-it-begins'],
])('%j: %s', async (change, code) => {
  expect(await addNoTrip(town.database, wednesday, { ...span, ...change })).toEqual({ ok: false, code })
})

test('is removed once, and both are in the audit log', async () => {
  const [first] = await allNoTrip(town.database)
  expect(await deleteNoTrip(town.database, wednesday, first?.id ?? 0)).toBe(true)
  expect(await deleteNoTrip(town.database, wednesday, first?.id ?? 0)).toBe(false)
  const rows = await town.database.query<{ action: string }>(
    `select action from audit_log where action like 'no-trip%' order by id`,
  )
  expect(rows.map(({ action }) => action)).toEqual(['no-trip:add', 'no-trip:add', 'no-trip:remove'])
})
