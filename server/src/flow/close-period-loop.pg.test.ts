import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { findStatement } from '../store/statements.ts'
import { keepClosing } from './close-period-loop.ts'
import { createTown, type Town } from './testing/town.ts'

const end = Date.parse('2026-11-30T16:00:00Z')
const hour = 3_600_000

describe('the loop that closes months', () => {
  let town: Town
  beforeAll(async () => {
    town = await createTown([{ place: 'A', opening: 20 }], end - 2 * hour)
  })
  afterAll(async () => town.close())

  test('closes an account once its meter has been read, and ends with its signal', async () => {
    town.clock.set(end - hour)
    await town.settle([
      await town.reading('A', 1_000, { at: end - 2 * hour }),
      await town.reading('A', 3_000, { at: end - hour }),
    ])
    const stopping = new AbortController()
    const running = keepClosing(town.context, stopping.signal)
    town.clock.set(end + hour)
    await town.settle([await town.reading('A', 3_500, { at: end + hour / 2 })])
    await expect
      .poll(async () => findStatement(town.database, '70001-202611'), { timeout: 20_000 })
      .toMatchObject({
        total: '2.00',
      })
    stopping.abort()
    await running
    expect(town.logged.filter(({ level }) => level === 'error')).toEqual([])
    expect(town.logged.map(({ what }) => what)).toContain('1 statements closed, 0 corrected')
  })

  test('tells of what it cannot close, once', async () => {
    await town.database.query('update settlement_period set charged = charged + 1')
    town.clock.set(Date.parse('2026-12-31T17:00:00Z'))
    await town.settle([await town.reading('A', 4_000, { at: Date.parse('2026-12-31T16:30:00Z') })])
    const stopping = new AbortController()
    const running = keepClosing(town.context, stopping.signal)
    const refusals = () => town.logged.filter(({ level }) => level === 'error')
    await expect.poll(() => refusals().length, { timeout: 20_000 }).toBeGreaterThan(0)
    stopping.abort()
    await running
    const lines = refusals().map(({ what }) => what)
    expect(new Set(lines).size).toBe(lines.length)
    expect(lines).toContainEqual(expect.stringMatching(/70001: 2026-12, settlement-and-ledger-differ/u))
  })
})
