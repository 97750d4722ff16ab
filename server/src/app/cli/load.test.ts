import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTown, type Town } from '../../flow/testing/town.ts'
import { runCommand } from './testing/run-command.ts'

let town: Town
let folder: string
const address = '202611010001'

beforeAll(async () => {
  town = await createTown([{ place: 'pump', opening: 20 }])
  folder = await mkdtemp(join(tmpdir(), 'xianfu-load-'))
})
afterAll(async () => {
  await town.close()
  await rm(folder, { recursive: true })
})

const run = async (...words: string[]) => runCommand('load', ...words, '--database-url', town.url)
const file = async (content: unknown): Promise<string> => {
  const path = join(folder, 'rules.json')
  await writeFile(path, JSON.stringify(content))
  return path
}
const rules = {
  reconnect: 'permit-close',
  sampleEverySeconds: null,
  singleRun: { mostMinutes: 60, mostEnergyWh: null, startsOnPayment: true },
}

test('rules are set from a file, shown, a run started and stopped, and taken away', async () => {
  expect((await run('show', address)).out).toBe('no rules\n')
  expect(await run('start', address, '--reason', 'x')).toMatchObject({
    code: 1,
    err: expect.stringMatching(/has no rules/u),
  })
  expect((await run('set', address, await file(rules), '--reason', 'contract 7')).code).toBe(0)
  expect((await run('start', address, '--minutes', '30', '--reason', 'paid at the counter')).code).toBe(0)
  expect((await run('show', address)).out).toMatch(/at most 30 minutes is under way[\s\S]*"mostMinutes": 60/u)
  expect((await run('stop', address, '--reason', 'x')).code).toBe(0)
  expect((await run('reset', address, '--reason', 'x')).code).toBe(0)
  expect((await run('clear', address, '--reason', 'x')).out).toBe('no rules any more\n')
  const audit = await town.database.query<{ action: string }>(
    `select action from audit_log where action like 'load:%' order by id`,
  )
  expect(audit.map(({ action }) => action)).toEqual([
    'load:rules',
    'load:start',
    'load:stop',
    'load:reset',
    'load:rules',
  ])
})

test('what is wrong is said in one line', async () => {
  const bad = await file({ ...rules, singleRun: { ...rules.singleRun, mostMinutes: 0 } })
  expect(await run('set', address, bad, '--reason', 'x')).toMatchObject({
    code: 1,
    err: expect.stringMatching(/rules\.json: singleRun\.mostMinutes/u),
  })
  expect(await run('show', '1')).toMatchObject({ code: 1, err: expect.stringMatching(/no meter 000000000001/u) })
})
