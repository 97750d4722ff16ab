import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { findGaps } from '../../flow/find-gaps.ts'
import { recordData } from '../../flow/record-data.ts'
import { rollUp } from '../../flow/roll-up.ts'
import { createTown, type Town } from '../../flow/testing/town.ts'
import { runCommand, type CommandRun } from './testing/run-command.ts'

const halfHour = 1_800_000
const start = Date.parse('2026-11-28T16:00:00Z')
let town: Town
let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'xianfu-readings-'))
  town = await createTown([{ place: 'A' }], start)
  const sweep = async () => {
    while (await findGaps(town.context, 0));
  }
  town.clock.set(start + 120_000)
  await sweep()
  for (let slot = 0; slot <= 96; slot += 1) {
    const at = start + slot * halfHour
    town.clock.set(at)
    await town.settle([await town.reading('A', 1_000 + slot * 100, { at })])
  }
  town.clock.set(start + 4 * 86_400_000)
  await sweep()
  while (await rollUp(town.context));
})
afterAll(async () => {
  await town.close()
  await rm(folder, { recursive: true })
})

const run = async (...words: string[]): Promise<CommandRun> =>
  runCommand('readings', ...words, '--database-url', town.url)

test('half hours go to a file as a whole', async () => {
  const out = join(folder, 'all.csv.gz')
  expect(await run('export', '2026-11-29', '2026-11-30', '--out', out)).toMatchObject({ code: 0 })
  const lines = gunzipSync(await readFile(out))
    .toString('utf8')
    .trimEnd()
    .split('\n')
  expect(lines).toHaveLength(1 + 2 * 48)
  expect(await readdir(folder)).toEqual(['all.csv.gz'])
  expect(await run('export', 'yesterday', '2026-11-30')).toMatchObject({
    code: 1,
    err: expect.stringContaining('YYYY-MM-DD'),
  })
})

test('measurements go to standard output, of all meters or of one', async () => {
  const { meterId } = await town.place('A')
  const measured = (at: number, a: number) =>
    ({
      meterId,
      dataSet: 'instantaneous',
      slotAt: at,
      at,
      data: { voltageBlock: { a, b: null, c: null }, activePowerBlock: { total: 700, a: 700, b: null, c: null } },
      problem: null,
    }) as const
  // The first is of the day before, in Shanghai.
  await recordData(town.context, [
    measured(start - 1, 219_000),
    measured(start, 220_000),
    measured(start + halfHour, 221_000),
  ])
  const { code, out } = await run('measurements', '2026-11-29', '2026-11-29', '--meter', '202611010001')
  expect(code).toBe(0)
  const [header = '', ...lines] = out.trimEnd().split('\n')
  expect(header.split(',').slice(0, 5)).toEqual(['address', 'place', 'at', 'voltage_a_mv', 'voltage_b_mv'])
  expect(lines.map((line) => line.split(',').slice(0, 4).join())).toEqual([
    '202611010001,"A",2026-11-28T16:00:00.000Z,220000',
    '202611010001,"A",2026-11-28T16:30:00.000Z,221000',
  ])
  expect(lines[0]?.split(',')[header.split(',').indexOf('active_power_total_mw')]).toBe('700')
  expect(await run('measurements', '2026-11-29', '2026-11-29', '--meter', '1')).toMatchObject({ code: 1 })
})

test('old readings go to files and then out of the database', async () => {
  const kept = join(folder, 'kept')
  expect(await run('prune', '--before', '2026-11-30', '--export', kept)).toMatchObject({
    code: 0,
    out: '2026-11-28 exported and dropped\n2026-11-29 exported and dropped\n',
  })
  const lines = gunzipSync(await readFile(join(kept, 'reading-2026-11-29.csv.gz')))
    .toString('utf8')
    .trimEnd()
    .split('\n')
  expect(lines).toHaveLength(1 + 48)
  const left = await town.database.query('select 1 from reading')
  expect(left).toHaveLength(97 - 16 - 48)
})
