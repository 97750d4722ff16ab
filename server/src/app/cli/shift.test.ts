import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createTown, type Town } from '../../flow/testing/town.ts'
import { insertOperator } from '../../store/operators.ts'
import { runCommand } from './testing/run-command.ts'

describe('xianfu shift', () => {
  let town: Town
  beforeAll(async () => {
    town = await createTown([{ place: 'A', opening: 100 }])
    await insertOperator(town.database, { login: 'till', name: 'Till 1', role: 'cashier', passwordHash: '' })
  })
  afterAll(async () => town.close())
  const run = async (...words: string[]) => runCommand(...words, '--database-url', town.url)
  const shift = async (...words: string[]) => run('shift', ...words)

  test.each([
    [['open', '--operator', 'nobody', '--counted', '1'], 1, /there is no login nobody/u],
    [['open', '--operator', 'till', '--counted', '-1'], 2, /at least 0/u],
    [['open', '--operator', 'till', '--counted', '1.234'], 2, /two decimals/u],
    [['open', '--operator', 'till'], 2, /--counted/u],
    [['close', '--operator', 'till', '--counted', '0'], 1, /has no shift open/u],
  ] as const)('%j is refused', async (words, code, err) => {
    expect(await shift(...words)).toMatchObject({ code, err: expect.stringMatching(err) })
  })

  test('is opened once, takes a payment, and is closed with its difference', async () => {
    expect((await shift('list')).out).toBe('no shifts yet\n')
    const open = ['open', '--operator', 'till', '--counted', '200', '--key', 'k'] as const
    const first = await shift(...open)
    expect(first.out).toMatch(/^shift \S+ open: 200\.00 yuan counted, 0\.00 by the books\n$/u)
    expect((await shift(...open)).out).toBe(first.out)
    expect(await shift('open', '--operator', 'till', '--counted', '1')).toMatchObject({
      code: 1,
      err: expect.stringMatching(/close it first/u),
    })
    await run('account', 'top-up', '70001', '--amount', '30', '--operator', 'till')
    expect((await shift('list', '--operator', 'till')).out).toMatch(
      /cash-counter: 1 payments 30\.00, refunded 0\.00, reversed 0\.00\n {2}open: 230\.00 must be in the drawer/u,
    )
    expect(await shift('close', '--operator', 'till', '--counted', '229')).toMatchObject({
      code: 1,
      err: expect.stringMatching(/--note/u),
    })
    expect((await shift('close', '--operator', 'till', '--counted', '229', '--note', 'lost a coin')).out).toMatch(
      /229\.00 yuan counted, 230\.00 by the books, difference -1\.00/u,
    )
    expect((await shift('list')).out).toMatch(/229\.00 counted of 230\.00 \(lost a coin\)/u)
  })
})
