import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createTown, type Town } from '../../flow/testing/town.ts'
import { runCommand } from './testing/run-command.ts'

describe('xianfu account top-up', () => {
  let town: Town
  beforeAll(async () => {
    town = await createTown([
      {
        place: 'A',
        tariff: {
          code: 'P',
          version: 1,
          validFrom: '2020-01-01',
          energy: { kind: 'flat', price: '0.5' },
          purchase: { minimum: '10', hoardLimit: '200', debtPercent: '20' },
        },
      },
    ])
  })
  afterAll(async () => town.close())
  const run = async (...words: string[]) => runCommand('account', 'top-up', ...words, '--database-url', town.url)

  test('quotes without paying, and pays once per key', async () => {
    expect((await run('70001', '--energy', '100', '--quote')).out).toBe(
      'to pay 50.00 yuan: 50.00 to the balance, 0.00 to old debt\n  balance after it 50.00, debt after it 0.00\n',
    )
    const first = await run('70001', '--energy', '100', '--key', 'k')
    expect(first).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^credited: 50\.00 yuan, payment .*\n {2}balance 50\.00, normal\n$/u),
    })
    expect((await run('70001', '--amount', '50', '--key', 'k')).out).toMatch(/^had been credited before: 50\.00/u)
    expect((await town.account('A')).balance).toBe(50_000_000n)
  })

  test.each([
    [['70001', '--amount', '5'], 1, /least purchase/u],
    [['70001', '--amount', '151'], 1, /more than may be bought ahead.*limit 200\.00/u],
    [['70001', '--days', '3'], 1, /not a whole day/u],
    [['70001'], 1, /give one of/u],
    [['70001', '--amount', '5', '--days', '3'], 1, /give one of/u],
    [['70001', '--amount', '0.001'], 2, /at most two decimals/u],
    [['70001', '--amount', '20', '--operator', 'nobody'], 1, /there is no login nobody/u],
    [['99999', '--amount', '20'], 1, /there is no account 99999/u],
  ] as const)('%s is refused', async (words, code, err) => {
    expect(await run(...words)).toMatchObject({ code, err: expect.stringMatching(err) })
  })
})
