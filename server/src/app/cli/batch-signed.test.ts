import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { benchPassword, createApiBench, type ApiBench } from '../../api/testing/api-bench.ts'
import { stepBatches } from '../../flow/run-batches.ts'
import { createTown, type Town } from '../../flow/testing/town.ts'
import { batchCommand } from './batch.ts'
import { runCommand, type CommandRun } from './testing/run-command.ts'
import { testDesk } from './testing/test-desk.ts'

/** Two persons at two terminals, and the real API over a real database and a real port between them. */
describe('batches at a terminal, signed in', () => {
  let town: Town
  let api: ApiBench
  let server = ''

  beforeAll(async () => {
    town = await createTown([
      { place: '1-101', opening: 20 },
      { place: '1-102', opening: 20, protected: true },
      { place: '2-201', opening: 20 },
    ])
    // The door lets ten sign-ins of a login through in a minute, so several people share the work.
    const managers = Object.fromEntries(
      ['li', 'wang', 'sun', 'qian', 'zhou'].map((login) => [login, 'manager'] as const),
    )
    api = await createApiBench(town, { ...managers, chen: 'field-engineer', zhao: 'auditor' })
    server = await api.app.listen({ host: '127.0.0.1', port: 0 })
  })
  afterAll(async () => {
    await api.app.close()
    await town.close()
  })
  beforeEach(() => {
    vi.stubEnv('BATCH_PASSWORD', benchPassword)
  })
  afterEach(() => {
    vi.unstubAllEnvs()
  })

  const at = async (url: string, login: string, ...words: string[]): Promise<CommandRun> => {
    const signedIn = ['--server', url, '--operator', login, '--password-env', 'BATCH_PASSWORD']
    return runCommand('batch', ...words, ...signedIn)
  }
  const as = async (login: string, ...words: string[]): Promise<CommandRun> =>
    at(server, login, ...words, ...(['list', 'show'].includes(words[0] ?? '') ? [] : ['--lang', 'en']))
  const because = ['--reason', 'works on the riser', '--yes']
  const ask = async (login = 'li', ...more: string[]): Promise<CommandRun> =>
    as(login, 'request', 'trip', '--site', 'test town', '--place', '1-', '--override', ...because, ...more)
  const idIn = ({ out }: CommandRun): string => /^[0-9a-f-]{36}$/mu.exec(out)?.[0] ?? 'none'
  const stateOf = async (id: string): Promise<string | undefined> =>
    (await town.database.query<{ state: string }>('select state from batch where id = $1', [id]))[0]?.state
  const sessions = async (): Promise<number> =>
    (await town.database.query(`select from session s join operator o on o.id = s.operator_id where o.login = 'li'`))
      .length

  test('it is shown before it is asked for, waits for a second person, and the session is ended', async () => {
    const before = await sessions()
    const asked = await ask()
    expect(asked).toMatchObject({ code: 0, err: '' })
    expect(asked.out).toMatch(/1-101 +\d{12} {2}70001 20\.00 normal\n {2}1-102 +\d{12} .*left out: protected\n/u)
    expect(asked.out).toMatch(
      /1 meters, 1 left out\n[0-9a-f-]{36}\nit waits for a second person: xianfu batch approve /u,
    )
    expect(await stateOf(idIn(asked))).toBe('waiting')
    expect(await sessions()).toBe(before)
    const own = await as('li', 'approve', idIn(asked), '--override-seen', ...because)
    expect(own).toMatchObject({ code: 1, err: expect.stringMatching(/second person|yourself|asked for/iu) })
    expect((await as('wang', 'approve', idIn(asked), ...because)).err).toMatch(
      /look at the balances .*--override-seen/u,
    )
    const approved = await as('wang', 'approve', idIn(asked), '--override-seen', ...because)
    expect(approved).toMatchObject({ code: 0, out: expect.stringMatching(/1-101 .*20\.00[\s\S]*approved/u) })
    await stepBatches(town.context)
    expect((await as('zhao', 'show', idIn(asked))).out).toMatch(
      /running[\s\S]*decided by wang[\s\S]*1-101 +\d{12} {2}queued/u,
    )
    expect((await as('zhao', 'list')).out).toMatch(/trip \(whatever the balance\) {2}by li: works on the riser/u)
    const stopped = await as('wang', 'cancel', idIn(asked), ...because)
    expect(stopped).toMatchObject({ code: 0, out: expect.stringMatching(/stopped; 1 queued commands were cancelled/u) })
    expect(await stateOf(idIn(asked))).toBe('stopped')
  })

  test('somebody else rejects, only who asked withdraws', async () => {
    const id = idIn(await ask())
    expect((await as('wang', 'cancel', id, ...because)).err).toMatch(/li has asked for it: xianfu batch reject/u)
    expect((await as('li', 'reject', id, ...because)).err).toMatch(/yourself: xianfu batch cancel/u)
    expect(await as('wang', 'reject', id, ...because)).toMatchObject({
      code: 0,
      out: expect.stringMatching(/refused;/u),
    })
    expect(await stateOf(id)).toBe('refused')
    const other = idIn(await ask())
    expect((await as('li', 'cancel', other, ...because)).out).toMatch(/withdrawn;/u)
    expect(await stateOf(other)).toBe('stopped')
    const log = await town.database.query<{ action: string; login: string }>(
      `select action, login from audit_log l join operator o on o.id = l.operator_id where subject = any($1) order by l.id`,
      [[`batch:${id}`, `batch:${other}`]],
    )
    expect(log.map(({ action, login }) => `${action} ${login}`)).toEqual([
      'batch:request li',
      'batch:refuse wang',
      'batch:request li',
      'batch:withdraw li',
    ])
  })

  test('the same again with the same key is one batch', async () => {
    const key = '5f0c3a52-7a3e-4b4e-9d5c-0d6a1b2c3d4f'
    const [first, second] = [await ask('qian', '--key', key), await ask('qian', '--key', key)]
    expect(idIn(first)).toBe(idIn(second))
    expect(idIn(first)).not.toBe('none')
  })

  test.each([
    ['a role that may not trip', 'chen', ['request', 'trip', '--place', '1-'], /does not permit/u],
    ['an auditor', 'zhao', ['request', 'alarm-on', '--place', '1-'], /does not permit/u],
    ['nobody selected', 'sun', ['request', 'trip'], /say which meters/u],
    ['an unknown site', 'sun', ['request', 'trip', '--site', 'nowhere'], /no site nowhere; there are test town/u],
    [
      'nobody concerned',
      'li',
      ['request', 'trip', '--name', '1-102', '--override'],
      /nobody would be concerned|nothing/u,
    ],
    ['a stranger', 'mallory', ['request', 'trip', '--place', '1-'], /password is wrong/u],
    ['an unknown batch', 'sun', ['approve', '00000000-0000-4000-8000-00000000beef'], /no such batch/u],
  ])('%s is refused in words', async (_, login, words, why) => {
    const refused = await as(login, ...words, ...because)
    expect(refused.err).toMatch(why)
    expect(refused.code).not.toBe(0)
  })

  test('the words are Chinese for who reads Chinese', async () => {
    const refused = await at(server, 'chen', 'request', 'trip', '--place', '1-', ...because, '--lang', 'zh')
    expect(refused.err).toMatch(/无此权限/u)
  })

  test('a wrong password opens nothing, and an absent one is not guessed', async () => {
    vi.stubEnv('BATCH_PASSWORD', 'wrong')
    expect(await ask('qian')).toMatchObject({ code: 1, err: expect.stringMatching(/password is wrong/u) })
    vi.stubEnv('BATCH_PASSWORD', '')
    expect(await ask('qian')).toMatchObject({ code: 2, err: expect.stringMatching(/BATCH_PASSWORD is not set/u) })
  })

  test('a server that is not there is said to be so', async () => {
    const gone = await at('http://127.0.0.1:1', 'li', 'request', 'trip', '--place', '1-', ...because)
    expect(gone).toMatchObject({ code: 1, err: expect.stringMatching(/nobody answers at http:\/\/127\.0\.0\.1:1/u) })
  })

  test('at a terminal the password is asked for unseen, and no means no', async () => {
    const { desk, asked, complained } = testDesk({ answers: [benchPassword, 'n'] })
    const words = [
      'request',
      'trip',
      '--place',
      '2-',
      '--override',
      '--reason',
      'x',
      '--server',
      server,
      '--operator',
      'zhou',
    ]
    await batchCommand(() => desk).parseAsync(words, { from: 'user' })
    expect(process.exitCode).toBe(1)
    process.exitCode = 0
    expect(asked).toEqual([
      'Password of zhou: ',
      expect.stringMatching(/Ask for trip whatever the balance of 1 meters\?/u),
    ])
    expect(complained).toEqual(['nothing was asked for'])
    const [row] = await town.database.query<{ n: bigint }>(`select count(*) as n from batch where reason = 'x'`)
    expect(Number(row?.n)).toBe(0)
  })

  test('a batch that needs nobody runs at once', async () => {
    const asked = await as('chen', 'request', 'alarm-on', '--name', '2-201', ...because)
    expect(asked).toMatchObject({ code: 0, out: expect.stringMatching(/needs no second person/u) })
    expect(await stateOf(idIn(asked))).toBe('running')
  })
})
