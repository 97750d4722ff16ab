import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTown, type Town } from '../../flow/testing/town.ts'
import { runCommand } from './testing/run-command.ts'

let town: Town
beforeAll(async () => {
  town = await createTown([{ place: 'A', opening: 20 }])
})
afterAll(async () => town.close())

const run = async (...words: string[]) => runCommand('operator', ...words, '--database-url', town.url)
const listed = async (): Promise<readonly string[]> =>
  (await run('list')).out
    .trim()
    .split('\n')
    .map((line) => line.replaceAll(/ +/gu, ' '))

test('somebody of a branch is let in, moved, shut out and let in again', async () => {
  expect((await run('add', 'boss', '--role', 'administrator')).code).toBe(0)
  expect((await run('add', 'li', '--role', 'cashier', '--site', 'test town')).out).toMatch(
    /^li may sign in as cashier/u,
  )
  expect(await listed()).toEqual(['boss administrator boss all sites', 'li cashier li test town'])
  expect((await run('sites', 'li', '--all')).out).toBe('li now answers for all sites\n')
  expect((await run('sites', 'li', '--site', 'test town')).out).toBe('li now answers for test town\n')
  expect((await run('disable', 'li')).out).toBe('li can no longer sign in\n')
  expect((await listed())[1]).toBe('li cashier li test town disabled')
  expect((await run('enable', 'li')).out).toBe('li may sign in again\n')
  const audit = await town.database.query<{ action: string; detail: object }>(
    "select action, detail from audit_log where subject = 'operator:li' order by id",
  )
  expect(audit.map(({ action }) => action)).toEqual([
    'operator:add',
    'operator:sites',
    'operator:sites',
    'operator:disable',
    'operator:enable',
  ])
  expect(audit[2]?.detail).toEqual({ sites: ['test town'] })
})

test.each([
  [['sites', 'li'], /say --site <name> once or more, or --all/u],
  [['sites', 'li', '--site', 'nowhere'], /there is no such site/u],
  [['sites', 'nobody', '--all'], /there is no login nobody/u],
  [['add', 'wang', '--role', 'cashier', '--site', 'nowhere'], /there is no such site/u],
  [['disable', 'boss'], /last administrator of all sites/u],
  [['sites', 'boss', '--site', 'test town'], /last administrator of all sites/u],
])('%j is refused with what to do', async (words, said) => {
  expect(await run(...words)).toMatchObject({ code: 1, err: expect.stringMatching(said) })
})
