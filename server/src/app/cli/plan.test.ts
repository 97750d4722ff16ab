import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../../store/test-database.ts'
import { runCommand, type CommandRun } from './testing/run-command.ts'

let house: TestDatabase
let folder: string

beforeAll(async () => {
  house = await createTestDatabase()
  folder = await mkdtemp(join(tmpdir(), 'xianfu-plan-'))
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

const version = (number: number, validFrom: string, price = '0.5') => ({
  code: 'HOME',
  version: number,
  validFrom,
  energy: { kind: 'flat', price },
})

test('a plan and its next version are added and listed', async () => {
  expect(await run('plan', 'add', 'home', await file('one.json', version(1, '2024-01-01')))).toMatchObject({
    code: 0,
    out: 'home: version 1 added\n',
  })
  expect((await run('plan', 'add', 'home', await file('two.json', version(2, '2999-01-01')))).out).toBe(
    'home: version 2 added\n',
  )
  expect((await run('plan', 'list')).out).toBe(
    'home  version 1  tariff  from 2024-01-01  0 agreements\nhome  version 2  tariff  from 2999-01-01  0 agreements\n',
  )
})

test.each<[string, unknown, RegExp]>([
  [
    'a fault in the file',
    { ...version(3, '2999-02-01'), energy: { kind: 'flat', price: 1 } },
    /energy\.price must be text/u,
  ],
  ['a day that has begun', version(3, '2024-02-01'), /must be valid from a later day than the version before it/u],
  ['a version that is there', version(2, '2999-02-01'), /must have a higher version/u],
])('%s is told in words, and nothing is added', async (_, content, words) => {
  const { code, err } = await run('plan', 'add', 'home', await file('bad.json', content))
  expect([code, words.test(err)], err).toEqual([1, true])
  expect((await run('plan', 'list')).out.split('\n')).toHaveLength(3)
})

test('what begins on a day that has begun already is refused with the first day that may be', async () => {
  await run('plan', 'add', 'soon', await file('first.json', version(1, '2024-01-01')))
  const { code, err } = await run('plan', 'add', 'soon', await file('soon.json', version(2, '2024-02-01')))
  expect([code, /soon\.json: validFrom must be \d{4}-\d\d-\d\d or later/u.test(err)], err).toEqual([1, true])
})

test('final prices for the days of a provisional version are taken, and can be trued up again', async () => {
  await run('plan', 'add', 'market', await file('provisional.json', { ...version(1, '2024-01-01'), provisional: true }))
  const { out } = await run('plan', 'add', 'market', await file('final.json', version(2, '2024-01-01', '0.6')))
  expect(out).toBe('market: version 2 added\n0 periods trued up: 0.00 charged, 0.00 given back\n')
  expect((await run('plan', 'true-up', 'market')).out).toBe('0 periods trued up: 0.00 charged, 0.00 given back\n')
  expect((await run('plan', 'true-up', 'home')).out).toBe('home: no provisional version has final prices\n')
  expect(await run('plan', 'true-up', 'nobody')).toMatchObject({ code: 1 })
})

test('a file that is not there, and an account that nobody has', async () => {
  expect((await run('plan', 'add', 'home', join(folder, 'none.json'))).err).toContain('there is no such file')
  const { err } = await run('plan', 'terms', '99999', await file('terms.json', { persons: 4 }))
  expect(err).toContain('there is no such account')
})
