import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { explainSelfTrips } from './explain-self-trips.ts'
import { createScriptedHeadend, type ScriptedHeadend } from './testing/scripted-headend.ts'
import { createTown, type Town } from './testing/town.ts'

const minute = 60_000
const closed = { relay: 'closed', relayCommand: 'closed', keepPower: false, alarm: false } as const
const opened = { relay: 'open', relayCommand: 'open', keepPower: false, alarm: false } as const

/** Status words 1 to 7 with some bits set. */
const words = (set: Readonly<Record<number, number>>) => ({
  words: [1, 2, 3, 4, 5, 6, 7].map((word) => (set[word] === undefined ? 0 : 1 << set[word])),
})
const counted = (count: number) => {
  const none = { count: 0, duration: 0 }
  return { a: { count, duration: 0 }, b: none, c: none }
}

describe('a meter that has tripped by itself', () => {
  let town: Town
  let headend: ScriptedHeadend

  beforeEach(async () => {
    town = await createTown([{ place: 'A', opening: 20 }])
    headend = createScriptedHeadend()
    await see(closed)
  })
  afterEach(async () => town.close())

  const see = async (status: typeof closed | typeof opened): Promise<void> => {
    town.clock.move(30 * minute)
    await town.settle([await town.reading('A', 0, { status })])
  }
  const causes = async () =>
    (await town.database.query<{ cause: string | null }>('select cause from self_trip order by id')).map(
      ({ cause }) => cause,
    )
  const commands = async () =>
    (await town.database.query<{ kind: string }>(`select kind from relay_command where state = 'queued'`)).map(
      ({ kind }) => kind,
    )
  const items = async () =>
    (await town.database.query<{ kind: string }>('select kind from work_item order by id')).map(({ kind }) => kind)
  const withdraw = async () =>
    town.database.query(`update relay_command set state = 'cancelled', finished_at = at where state = 'queued'`)

  test('of its own balance (bits 9 and 8 of word 3): supply is owed, twice in a day and not a third time', async () => {
    headend.tell({ statusWordBlock: words({ 3: 9 }) })
    for (const times of [1, 2, 3]) {
      await see(opened)
      expect(await explainSelfTrips(town.context, headend)).toBe(1)
      expect(await commands()).toEqual(times === 3 ? [] : ['direct-close'])
      await withdraw()
      await see(closed)
    }
    expect([await causes(), await items()]).toEqual([['own-balance', 'own-balance', 'own-balance'], ['relay-moved']])
  })

  test('overload by its bit, and by its counter once for each event', async () => {
    headend.tell({ statusWordBlock: words({ 4: 5 }) })
    await see(opened)
    await explainSelfTrips(town.context, headend)
    headend.tell({ statusWordBlock: words({}), overloadTotals: counted(3) })
    for (const _ of [1, 2]) {
      await see(closed)
      await see(opened)
      await explainSelfTrips(town.context, headend)
    }
    expect(await causes()).toEqual(['overload', 'overload', 'unknown'])
    expect([await commands(), await items()]).toEqual([[], ['overload', 'relay-moved']])
  })

  test('a meter that refuses the questions is unknown at once, one that is silent after three looks', async () => {
    headend.tell('refused')
    await see(opened)
    await explainSelfTrips(town.context, headend)
    expect(await causes()).toEqual(['unknown'])
    headend.tell('silent')
    await see(closed)
    await see(opened)
    for (const look of [1, 2, 3]) {
      await explainSelfTrips(town.context, headend)
      expect(await causes()).toEqual(['unknown', look < 3 ? null : 'unknown'])
      // Not asked again at once.
      expect(await explainSelfTrips(town.context, headend)).toBe(0)
      town.clock.move(minute)
    }
    expect(await commands()).toEqual([])
  })
})
