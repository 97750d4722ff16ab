import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { stepPurchases } from '../../flow/run-purchases.ts'
import { createHandMadePurse } from '../../flow/testing/hand-made-purse.ts'
import { createTown, yuan, type Town } from '../../flow/testing/town.ts'
import { runCommand } from './testing/run-command.ts'

describe('xianfu agreement and xianfu purse', () => {
  let town: Town
  const purse = createHandMadePurse(4)
  beforeAll(async () => {
    // Long past: a command has the time of the machine.
    town = await createTown([{ place: 'A', opening: 100 }], Date.parse('2024-05-15T03:00:00Z'))
  })
  afterAll(async () => town.close())
  const run = async (...words: string[]) => runCommand(...words, '--database-url', town.url)
  const step = async () => {
    town.clock.set(Date.now() + 1_000)
    return stepPurchases(town.context, purse.writer)
  }

  test.each([
    [['purse', 'buy', '70001', '--amount', '10'], 1, /sign an agreement with --mode local first/u],
    [['agreement', 'sign', '70001', '--alarm1', '1'], 1, /must fall/u],
    [['agreement', 'sign', '70001', '--plan', 'none'], 1, /there is no price plan/u],
    [['agreement', 'sign', '70001', '--from', '2024-05-01'], 1, /cannot begin in the past/u],
    [['agreement', 'sign', '70001', '--mode', 'both'], 2, /Allowed choices are remote, local/u],
    [['agreement', 'sign', '99999', '--mode', 'local'], 1, /there is no account 99999/u],
    [['agreement', 'sign', '70001', '--operator', 'nobody'], 1, /there is no login nobody/u],
    [['purse', 'show', '99999'], 1, /there is no account 99999 with a meter/u],
    [['purse', 'show', '70001', '--meter', '7'], 1, /has no meter 000000000007/u],
    [
      ['purse', 'settle', '70001', '5f0c3a52-7a3e-4b4e-9d5c-0d6a1b2c3d4e', '--as', 'posted', '--reason', 'x'],
      1,
      /no such purchase/u,
    ],
    [['purse', 'accept', '70001', '--count', '-1', '--balance', '0', '--reason', 'x'], 2, /whole number from 0/u],
  ] as const)('%s is refused', async (words, code, err) => {
    expect(await run(...words)).toMatchObject({ code, err: expect.stringMatching(err) })
  })

  test('a version in local mode is signed, and listed beside the one before it', async () => {
    const signed = await run('agreement', 'sign', '70001', '--mode', 'local', '--contract', 'S-9', '--key', 'k')
    expect(signed).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^account 70001: version 2 signed, in force from /u),
    })
    expect((await run('agreement', 'list', '70001')).out).toMatch(
      /^version 1 {2}remote .*\nversion 2 {2}local .*contract S-9\n$/u,
    )
  })

  test('a purchase is bought once per key, and shown with its life', async () => {
    const buy = ['purse', 'buy', '70001', '--amount', '30', '--key', 'b'] as const
    expect((await run(...buy)).out).toMatch(
      /^bought for meter 202611010001: purchase .*; left on the account 70\.00 yuan\n$/u,
    )
    expect((await run(...buy)).out).toMatch(/^had been bought before/u)
    purse.fate.writes.push('lost')
    await step()
    expect((await run('purse', 'show', '70001')).out).toMatch(
      /written, being resolved .*\n.* {2}written\n.* {2}no-answer/u,
    )
    purse.buyByCard(yuan(5))
    await step()
    const shown = (await run('purse', 'show', '70001')).out
    expect(shown).toMatch(/DISPUTED: another-amount/u)
    const [id = ''] = /[0-9a-f-]{36}$/mu.exec(shown) ?? []
    expect((await run('purse', 'settle', '70001', id, '--as', 'voided', '--reason', 'by card')).out).toBe(
      `purchase ${id}: voided\n`,
    )
    const accept = ['purse', 'accept', '70001', '--count', '5', '--balance', '5', '--reason', 'by card'] as const
    expect((await run(...accept)).out).toBe('meter 202611010001: 0.00 yuan in the books before, 5.00 now\n')
    expect((await run('audit')).out).not.toContain('WRONG')
  })
})
