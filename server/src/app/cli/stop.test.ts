import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { createTown, type Town } from '../../flow/testing/town.ts'
import { runCommand, type CommandRun } from './testing/run-command.ts'

describe('lists and agreements on the command line', () => {
  let town: Town
  let folder = ''
  let where: readonly string[] = []

  beforeAll(async () => {
    town = await createTown([{ place: 'A', opening: 20 }])
    folder = await mkdtemp(join(tmpdir(), 'xianfu-stop-'))
    const server = inject('testServer')
    const [row] = await town.database.query<{ name: string }>('select current_database() as name')
    if (!server.ok || row === undefined) throw new Error('no database')
    const url = new URL(server.adminUrl)
    url.pathname = `/${row.name}`
    where = ['--database-url', url.href]
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

  test('the next version of an agreement is signed from a file and shown', async () => {
    const file = join(folder, 'agreement.json')
    const write = async (stop: object) =>
      writeFile(file, JSON.stringify({ pricePlan: 'flat', cutOff: '-10', alarm2: '10', stop }))
    await write({ mode: 'post-paid' })
    expect((await run('agreement', 'sign', '70001', file, '--reason', 'r')).err).toContain('overdue-30')
    await write({ mode: 'post-paid', legalPath: 'overdue-30', noticeDays: 10, emergencyCredit: '5.00' })
    // The house's clock of a test stands still, this machine's does not: in force from a moment that lies ahead of both.
    const signed = await run('agreement', 'sign', '70001', file, '--reason', 'new contract', '--from', '2099-01-01')
    expect(signed).toMatchObject({ code: 0, err: '' })
    expect((await run('agreement', 'show', '70001')).out).toMatch(
      /v2 {2}2099-01-01.*post-paid, overdue-30.*emergency credit 5\.00/u,
    )
    expect((await run('agreement', 'sign', '79999', file, '--reason', 'r')).err).toContain('no account')
    expect((await run('agreement', 'sign', '70001', join(folder, 'none.json'), '--reason', 'r')).err).toContain(
      'no such file',
    )
  })
})
