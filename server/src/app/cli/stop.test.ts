import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createTown, type Town } from '../../flow/testing/town.ts'
import { runCommand, type CommandRun } from './testing/run-command.ts'

describe('lists and agreements on the command line', () => {
  let town: Town
  let folder = ''
  let where: readonly string[] = []

  beforeAll(async () => {
    town = await createTown([{ place: 'A', opening: 20 }])
    folder = await mkdtemp(join(tmpdir(), 'xianfu-stop-'))
    where = ['--database-url', town.url]
  })
  afterAll(async () => {
    await town.close()
    await rm(folder, { recursive: true })
  })
  const run = async (...words: string[]): Promise<CommandRun> => runCommand(...words, ...where)

  test('an account is kept from a stop, shown, and let go again', async () => {
    expect(await run('stop', 'list')).toMatchObject({ code: 0, out: 'nobody\n' })
    const kept = await run('stop', 'keep', '70001', '--kind', 'vulnerable', '--reason', 'oxygen')
    expect(kept).toMatchObject({ code: 0, err: '' })
    const [, entry = ''] = /entry (\d+)/u.exec(kept.out) ?? []
    expect((await run('stop', 'keep', '70001', '--kind', 'vulnerable', '--reason', 'x')).err).toContain('already')
    expect((await run('stop', 'keep', '79999', '--kind', 'vulnerable', '--reason', 'x')).err).toContain(
      'no such account',
    )
    expect((await run('stop', 'show', '70001')).out).toMatch(/vulnerable .* oxygen/u)
    expect((await run('stop', 'end', entry, '--reason', 'moved')).code).toBe(0)
    expect((await run('stop', 'end', entry, '--reason', 'moved')).err).toContain('over already')
    expect((await run('stop', 'end', 'x', '--reason', 'moved')).err).toContain('no such entry')
  })

  test('the contact of the authority', async () => {
    expect((await run('stop', 'authority', 'test town', '12398')).code).toBe(0)
    expect((await run('stop', 'authority', 'elsewhere', '1')).err).toContain('no site')
  })

  test('the way to a stop is signed with the next version of an agreement, and stays with the one after it', async () => {
    const file = join(folder, 'stop.json')
    const sign = async (...words: string[]) => run('agreement', 'sign', '70001', '--contract', 'C-1', ...words)
    await writeFile(file, JSON.stringify({ mode: 'post-paid' }))
    expect((await sign('--stop', file)).err).toContain('overdue-30')
    await writeFile(file, JSON.stringify({ mode: 'post-paid', legalPath: 'overdue-30', noticeDays: 10 }))
    // The house's clock of a test stands still, this machine's does not: in force from a moment that lies ahead of both.
    expect(await sign('--stop', file, '--from', '2099-01-01')).toMatchObject({ code: 0, err: '' })
    expect((await sign('--notice-minutes', '60', '--from', '2099-02-01')).code).toBe(0)
    const lines = (await run('agreement', 'list', '70001')).out.trim().split('\n')
    expect(lines.map((line) => line.includes('post-paid, overdue-30, automatic'))).toEqual([false, true, true])
    expect((await sign('--stop', join(folder, 'none.json'))).err).toContain('no such file')
  })
})
