import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { uuidv7 } from 'uuidv7'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { enrol } from '../../flow/enrol.ts'
import { createTestDatabase, type TestDatabase } from '../../store/test-database.ts'
import { readEnrolment } from '../enrolment-file.ts'
import { systemClock } from '../system-clock.ts'
import { readJsonFile } from './json-file.ts'
import { runCommand, type CommandRun } from './testing/run-command.ts'

const site = fileURLToPath(new URL('../../../fixtures/enrolment/site.json', import.meta.url))
let house: TestDatabase
let folder: string

beforeAll(async () => {
  house = await createTestDatabase()
  folder = await mkdtemp(join(tmpdir(), 'xianfu-schedule-'))
  const json = await readJsonFile(site)
  const read = json.ok ? readEnrolment(json.json) : null
  if (read?.ok !== true) throw new Error('the example is a site')
  await enrol(house.database, systemClock(), { uuid: uuidv7 }, read.value)
})
afterAll(async () => {
  await house.drop()
  await rm(folder, { recursive: true })
})

const run = async (...words: string[]): Promise<CommandRun> => runCommand(...words, '--database-url', house.url)
const file = async (name: string, content: unknown): Promise<string> => {
  const path = join(folder, name)
  await writeFile(path, JSON.stringify(content))
  return path
}

test('a rule is set for the company, a site, a line and a meter, listed, and taken away', async () => {
  expect((await run('schedule', 'set', 'instantaneous', '60')).out).toBe('instantaneous: every 60 min\n')
  expect((await run('schedule', 'set', 'energy', '15', '--site', 'Market Street')).code).toBe(0)
  expect((await run('schedule', 'set', 'demand', 'off', '--line', 'GW-A')).out).toBe('demand: not collected\n')
  expect((await run('schedule', 'set', 'parameters', '2880', '--meter', '202611020001')).out).toBe(
    'parameters: every 2 days\n',
  )
  const { out } = await run('schedule', 'list')
  expect(out.split('\n').slice(7, 11)).toEqual([
    'company                   instantaneous  every 60 min',
    'site     Market Street    energy         every 15 min',
    'line     GW-A             demand         not collected',
    'meter    202611020001     parameters     every 2 days',
  ])
  expect((await run('schedule', 'remove', 'demand', '--line', 'GW-A')).code).toBe(0)
  expect((await run('schedule', 'remove', 'demand', '--line', 'GW-A')).err).toMatch(/there is no such rule/u)
})

test.each([
  [['set', 'energy', 'off'], /a pace is/u],
  [['set', 'weather', '60'], /there is no data set weather/u],
  [['set', 'demand', 'often'], /often is no pace/u],
  [['set', 'demand', '60', '--line', 'GW-X'], /there is no line GW-X/u],
  [['set', 'demand', '60', '--line', 'GW-A', '--site', 'Market Street'], /not several/u],
])('schedule %j is refused in words', async (words, said) => {
  const { code, err } = await run('schedule', ...words)
  expect([code, said.test(err)], err).toEqual([1, true])
})

test('a pause is written down, listed and ended', async () => {
  const to = new Date(Date.now() + 3_600_000).toISOString()
  const made = await run('pause', 'add', '--line', 'GW-A', '--to', to, '--reason', 'rewiring')
  const number = /^pause (\d+) written down$/u.exec(made.out.trim())?.[1] ?? ''
  expect((await run('pause', 'list')).out).toMatch(/line {2}GW-A .* rewiring/u)
  expect((await run('pause', 'end', number)).out).toBe(`pause ${number} is over\n`)
  expect((await run('pause', 'list')).out).toBe('nothing rests\n')
  expect((await run('pause', 'end', number)).code).toBe(1)
  expect((await run('pause', 'add', '--to', to, '--reason', 'x')).err).toMatch(/say what rests/u)
})

const airtime = async (content: unknown, ...words: string[]): Promise<CommandRun> =>
  runCommand('airtime', '--line', await file('line.json', content), ...words)

test('the airtime of a line is told before it is built', async () => {
  const schedules = { instantaneous: null, states: null, events: null, demand: null, freeze: null, parameters: null }
  const { out, code } = await airtime({ meters: [{ count: 200, schedules }] }, '--turnaround', '60')
  expect(code).toBe(0)
  // 145 bytes of 11 bits and three turnarounds: 0.845 s a meter.
  expect(out).toContain('line: 200 meters at 2400 bit/s, parity even, 4.58 ms a byte')
  expect(out).toContain('  energy            9.4 %  1200 exchanges an hour')
  expect(out).toContain('one round of the energy takes 168.9 s of its 30 min')
  expect(out).toContain('HOLDS')
})

test('a line that cannot keep its promise ends with code 1', async () => {
  const meters = [{ count: 200, schedules: { energy: 2 } }]
  const { out, code } = await airtime({ meters }, '--dead', '5')
  expect(code).toBe(1)
  expect(out).toContain('FAILS')
  expect(out).toMatch(/silent meters +\d/u)
})

test('what is wrong with the file is told, and a model that is not known', async () => {
  const wrong = { meters: [{ count: 1, schedules: { energy: null } }] }
  expect((await airtime(wrong)).err).toMatch(/energy: is no pace/u)
  expect((await airtime({ meters: [{ count: 1, model: 'nobody' }] })).err).toMatch(/there is no model nobody/u)
  expect((await runCommand('airtime')).err).toMatch(/give --line FILE or --enrolment FILE/u)
})

test('every line of an enrolment file is told', async () => {
  const { out, code } = await runCommand('airtime', '--enrolment', site, '--json')
  expect(code).toBe(0)
  expect(JSON.parse(out)).toMatchObject([
    { name: 'GW-A', meters: 2, baudRate: 2400, plan: { verdict: 'holds' } },
    { name: 'GW-B', meters: 1, baudRate: 9600, plan: { verdict: 'holds' } },
  ])
})
