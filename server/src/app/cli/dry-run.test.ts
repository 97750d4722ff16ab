import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createTown, type Town } from '../../flow/testing/town.ts'
import { runCommand } from './testing/run-command.ts'

const hour = 3_600_000
/** Wednesday, 18:00 in Shanghai; the next trip window opens at nine. */
const evening = '2026-11-25T10:00:00Z'

describe('xianfu dry-run', () => {
  let town: Town

  beforeAll(async () => {
    town = await createTown([
      { place: '1-101', opening: 30 },
      { place: '1-102', opening: 300 },
    ])
    for (let n = 0; n <= 7; n += 1) {
      await town.settle([await town.reading('1-101', n * 1_000), await town.reading('1-102', n * 1_000)])
      town.clock.move(hour)
    }
  })
  afterAll(async () => town.close())

  const run = async (...words: string[]) => runCommand('dry-run', '--at', evening, ...words, '--database-url', town.url)

  test('as things stand, and what a doubled price would do', async () => {
    const quiet = await run('--no-use')
    expect(quiet).toMatchObject({ code: 0, out: expect.stringMatching(/2 accounts: tripped 0.*nothing 2\n$/u) })
    const doubled = await run('--price-percent', '200')
    expect(doubled.out).toMatch(/tripped 1 \(without the change 0\)/u)
    expect(doubled.out).toMatch(/tripped +2026-11-26T\S+ +1-101 70001 .*used-up, trip +\(without the change: /u)
    expect(doubled.out).not.toContain('1-102')
  })

  test('as JSON, with a raised cut-off for everybody', async () => {
    const { out } = await run('--cut-off', '50', '--alarm1', '60', '--alarm2', '50', '--restore', '50', '--json')
    expect(JSON.parse(out)).toMatchObject({ counts: { tripped: 1 }, rows: [{ place: '1-101', balance: '23.00' }] })
  })

  test('another plan by its document, and by the version that is stored', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'dry-run-'))
    const file = join(folder, 'next.json')
    const document = { code: 'NEXT', version: 1, validFrom: '2027-01-01', energy: { kind: 'flat', price: '2' } }
    await writeFile(file, JSON.stringify(document))
    const doubled = await run('--price-percent', '200')
    expect((await run('--tariff', file)).out).toBe(doubled.out)
    // All use lies in rate 3, which costs two yuan.
    expect((await run('--tariff-version', 'four-rate')).out).toBe(doubled.out)
    await writeFile(file, JSON.stringify({ ...document, basic: { kind: 'capacity', price: '30' } }))
    expect((await run('--tariff', file)).out).toMatch(/2 accounts can not be priced by this plan/u)
    await writeFile(file, JSON.stringify({ code: 'NEXT' }))
    expect(await run('--tariff', file)).toMatchObject({ code: 1, err: expect.stringMatching(/can not be read: /u) })
    await rm(folder, { recursive: true })
  })

  test.each([
    [['--tariff', '/nowhere.json'], 1, /no such file/u],
    [['--tariff-version', 'flat@9'], 1, /no such price plan or version/u],
    [['--tariff-version', 'flat', '--flat-price', '1'], 2, /cannot be used with/u],
    [['--site', 'nowhere'], 1, /no site nowhere/u],
    [['--hours', '1000'], 1, /168 hours ahead/u],
    [['--cut-off', 'much'], 2, /written like 12.30/u],
    [['--price-percent', '1', '--flat-price', '1'], 2, /cannot be used with/u],
    [['--cut-off', '20'], 1, /must not lie below/u],
    [['--plan', 'none'], 1, /no account/u],
  ])('%j', async (words, code, says) => {
    expect(await run(...words)).toMatchObject({ code, err: expect.stringMatching(says) })
  })
})
