import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createTown, yuan, type Town } from '../../flow/testing/town.ts'
import { readPaper } from '../../provider/document/testing/read-paper.ts'
import { runCommand, type CommandRun } from './testing/run-command.ts'

const start = Date.parse('2024-05-31T16:00:00Z')
const end = Date.parse('2024-06-30T16:00:00Z')
const hour = 3_600_000

describe('statements, receipts and reconciliation on the command line', () => {
  let town: Town
  let folder = ''
  let where: readonly string[] = []
  let paymentId = ''

  beforeAll(async () => {
    town = await createTown(
      [
        { place: 'A', opening: 20 },
        { place: '龑家', opening: 20 },
      ],
      start + hour,
    )
    folder = await mkdtemp(join(tmpdir(), 'xianfu-papers-'))
    where = ['--database-url', town.url]
    const { accountId } = await town.place('A')
    const paid = await town.pay({
      accountId,
      key: 'order-1',
      amount: yuan(30),
      channel: 'wechat-pay',
      operatorId: null,
    })
    if (!paid.ok) throw new Error(paid.code)
    ;({ paymentId } = paid)
    town.clock.set(end + hour)
    for (const [name, wh] of [
      ['A', 1_234],
      ['龑家', 2_000],
    ] as const)
      await town.settle([
        await town.reading(name, 0, { at: start + 2 * hour }),
        await town.reading(name, wh, { at: end }),
      ])
  })
  afterAll(async () => {
    await town.close()
    await rm(folder, { recursive: true })
  })
  const run = async (...words: string[]): Promise<CommandRun> => runCommand(...words, ...where)

  test('a month is closed, listed, shown in both languages and as data', async () => {
    const closed = await run('statement', 'close', '--month', '2024-06')
    expect([closed.code, closed.out]).toEqual([
      0,
      '2 closed, 0 corrected, 0 waiting for a reading, 0 refused\n  70001-202406\n  70002-202406\n',
    ])
    expect((await run('statement', 'list', '--account', '70001')).out).toMatch(
      /^70001-202406 +2024-06 +1\.23 +48\.77$/mu,
    )
    const shown = await run('statement', 'show', '70001-202406')
    expect(shown.out).toContain('电费结算单 2024-06  70001-202406')
    expect(shown.out).toMatch(/电度电费 +1\.234 kWh +× 1\.0000 +1\.23 {2}flat 第1版/u)
    const english = await run('statement', 'show', '--account', '70001', '--month', '2024-06', '--language', 'en')
    expect(english.out).toContain('the difference of -0.004 yuan is in the closing balance')
    const data = JSON.parse((await run('statement', 'show', '70001-202406', '--json')).out) as { total: string }
    expect(data.total).toBe('1.23')
  })

  test('a paper is written; signs that the font does not have are told', async () => {
    const file = join(folder, 's.pdf')
    const { code, out, err } = await run('statement', 'show', '70002-202406', '--pdf', file)
    expect([code, out]).toEqual([0, expect.stringMatching(/s\.pdf: \d+ bytes\n$/u)])
    expect(err).toBe('the font has no sign for U+9F91: printed as their numbers\n')
    expect(readPaper(await readFile(file))).toContain('70002-202406')
  })

  test('a receipt by the payment, and by its own number', async () => {
    const receipt = await run('receipt', paymentId)
    expect(receipt.out).toContain('叁拾元整')
    const [number = ''] = /R20240601-\d+/u.exec(receipt.out) ?? []
    const file = join(folder, 'r.pdf')
    expect((await run('receipt', number, '--pdf', file, '--language', 'en')).code).toBe(0)
    expect(readPaper(await readFile(file))).toContain('Payment receipt')
  })

  test('a channel’s file is compared, its differences are listed and resolved', async () => {
    const file = join(folder, 'bill.csv')
    await writeFile(file, 'order,paid\n`order-1,¥30.00\norder-2,5\n')
    const span = ['--from', '2024-06-01T00:00+08:00', '--to', '2024-07-01T00:00+08:00']
    const asked = [
      'reconcile',
      'channel',
      file,
      '--channel',
      'wechat-pay',
      ...span,
      '--reference',
      'order',
      '--amount',
      'paid',
    ]
    const first = await run(...asked)
    expect([first.code, first.out]).toEqual([1, expect.stringContaining('1 matched, 30.00 yuan')])
    expect(first.out).toContain('only-theirs')
    expect((await run(...asked)).out).toContain('this very comparison was made before')
    expect((await run('reconcile', 'items')).out).toContain('order-2')
    expect((await run('reconcile', 'resolve', '1', '--state', 'explained', '--reason', 'another shop’s')).code).toBe(0)
    expect((await run('reconcile', 'items')).out).toBe('nothing to work on\n')
    expect((await run('reconcile', 'items', '--all')).out).toContain('because another shop’s')
  })

  test('a loss is told, with the ratio of the master', async () => {
    const addresses = await town.database.query<{ address: string }>('select address from meter order by id')
    const [a = '', b = ''] = addresses.map(({ address }) => address)
    const span = ['--from', new Date(start + 2 * hour).toISOString(), '--to', new Date(end).toISOString()]
    const { code, out } = await run(
      'reconcile',
      'line-loss',
      '--master',
      `${b}x2`,
      '--sub',
      a,
      '--limit',
      '70',
      ...span,
    )
    expect([code, out]).toEqual([0, expect.stringContaining('loss      2.766 kWh, 69.15 %')])
  })

  test.each([
    [['statement', 'show', 'nope-202406'], 1, 'there is no such statement'],
    [['statement', 'show'], 1, 'name a statement, or give both --account and --month'],
    [['statement', 'list', '--account', '9'], 1, 'there is no account 9'],
    [['statement', 'close', '--month', '2026-6'], 1, '2026-6 is no month; write 2026-11'],
    [['statement', 'close', '--month', '2999-01'], 1, 'that month is not over yet'],
    [['receipt', 'R20240601-999'], 1, 'there is no payment or receipt R20240601-999'],
    [['reconcile', 'resolve', '99', '--state', 'open', '--reason', 'x'], 1, 'there is no such item'],
    [['reconcile', 'balances', '/nowhere.csv'], 1, 'no such file'],
  ])('%j is refused in one line', async (words, code, text) => {
    const result = await run(...words)
    expect([result.code, result.out]).toEqual([code, ''])
    expect(result.err).toContain(text)
  })
})
