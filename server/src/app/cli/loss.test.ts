import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createTown, type Town } from '../../flow/testing/town.ts'
import { runCommand } from './testing/run-command.ts'

const hour = 3_600_000
/** Long past: a command has the time of the machine. */
const wednesday = Date.parse('2024-05-15T03:00:00Z')
const [master, sub] = ['202611010001', '202611010002']
const [from, to] = [wednesday, wednesday + 24 * hour].map((at) => new Date(at).toISOString())

describe('xianfu loss', () => {
  let town: Town
  beforeAll(async () => {
    const places = [
      { place: 'master', agreement: false },
      { place: 'shop', agreement: false },
    ]
    town = await createTown(places, wednesday - hour)
    for (const [at, whole, part] of [
      [wednesday, 0, 0],
      [wednesday + 24 * hour, 100_000, 90_000],
    ] as const) {
      town.clock.set(at + 1_000)
      await town.settle([await town.reading('master', whole, { at }), await town.reading('shop', part, { at })])
    }
  })
  afterAll(async () => town.close())
  const run = async (...words: string[]) => runCommand('loss', ...words, '--database-url', town.url)

  test('tells first that nothing is behind another', async () => {
    expect(await run('list')).toMatchObject({ code: 1, err: expect.stringMatching(/no meter is behind another/u) })
  })

  test('puts a meter behind its master, measures, and lists what was lost', async () => {
    const began = new Date(wednesday - hour).toISOString()
    expect((await run('behind', sub, master, '--from', began)).out).toBe(`${sub} is behind ${master} from ${began}\n`)
    expect((await run('point', master, '--limit', '7')).out).toBe(`${master}: set\n`)
    const span = ['--from', from ?? '', '--to', to ?? '']
    const measured = await run('measure', ...span)
    expect(measured.code).toBe(1)
    expect(measured.out).toBe(
      `${master} master  100.00 kWh\n  ${sub} shop  90.00 kWh\n  loss 10.00 kWh, 10 %\n  loss-above-limit\n  1 new items\n`,
    )
    expect((await run('measure', ...span)).out).toContain('measured before')
    expect((await run('list')).out).toContain('master 100.00  behind it 90.00  loss 10.00 kWh, 10 %')
    expect((await run('end', sub, '--at', to ?? '')).code).toBe(0)
  })

  test.each([
    [['behind', sub, sub], 1, /cannot be behind itself/u],
    [['behind', '7', master], 1, /there is no such meter: 000000000007/u],
    [['measure', '--month', '2026-13'], 1, /is no month/u],
    [['measure', '--from', '2026-01-01'], 1, /give --from and --to/u],
    [['point', master, '--limit', '101'], 2, /per cent from 0 to 100/u],
    [['end', master], 1, /it is behind no meter/u],
  ] as const)('%s is refused', async (words, code, err) => {
    expect(await run(...words)).toMatchObject({ code, err: expect.stringMatching(err) })
  })
})
