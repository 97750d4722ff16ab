import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createMoneyBench, yuan, type MoneyBench } from '../../flow/testing/money-bench.ts'
import { runCommand } from './testing/run-command.ts'

let bench: MoneyBench
let folder: string

beforeAll(async () => {
  bench = await createMoneyBench({ accounts: 2, opening: yuan(12) })
  folder = await mkdtemp(join(tmpdir(), 'xianfu-export-'))
})
afterAll(async () => {
  await bench.drop()
  await rm(folder, { recursive: true })
})
const run = runCommand

const onDatabase = (): string[] => ['--database-url', bench.url]

test('the journal is sealed, verified, exported and proven from the file alone', async () => {
  expect((await run('ledger', 'verify', ...onDatabase())).out).toContain('0 blocks, 2 not sealed yet')
  expect((await run('ledger', 'seal', ...onDatabase())).out).toMatch(/^block 1: 2 transfers, [0-9a-f]{64}\n$/u)
  expect((await run('ledger', 'seal', ...onDatabase())).out).toBe('nothing to seal\n')
  const verified = await run('ledger', 'verify', ...onDatabase())
  expect(verified).toMatchObject({ code: 0, out: expect.stringMatching(/^ok {4}2 transfers in 1 blocks/u) as string })
  const exported = await run('ledger', 'export', ...onDatabase())
  const file = join(folder, 'all.jsonl')
  await writeFile(file, exported.out)
  expect((await run('ledger', 'verify', '--file', file)).out).toBe(verified.out)
  await writeFile(file, (await readFile(file, 'utf8')).replace('"amount":"12.00"', '"amount":"13.00"'))
  expect((await run('ledger', 'verify', '--file', file)).code).toBe(1)
})

test('a hash that was noted down and is not in the chain is an error', async () => {
  const { code, out } = await run('ledger', 'verify', ...onDatabase(), '--head', 'f'.repeat(64))
  expect(code).toBe(1)
  expect(out).toContain('no block has the noted hash')
})

test('the trial balance is even', async () => {
  const { code, out } = await run('ledger', 'balances', ...onDatabase())
  expect(code).toBe(0)
  expect(out).toMatch(/^channel-clearing\/cash-counter +24\.00 +0\.00$/mu)
  expect(out).toMatch(/^together +24\.00 +24\.00$/mu)
})

test('an account is explained, and a number that nobody has is told in one line', async () => {
  const explained = await run('account', 'explain', 'A0002', ...onDatabase())
  expect(explained.code).toBe(0)
  expect(explained.out).toMatch(/^account A0002, now: 12\.00 yuan, from 1 lines\n.*payment .*\+12\.00.*cash-counter/u)
  expect(explained.out).toContain('every line adds up')
  const before = await run('account', 'explain', 'A0002', '--at', '2026-05-10', '--json', ...onDatabase())
  expect(JSON.parse(before.out)).toMatchObject({ balance: '0.00', lines: [] })
  const unknown = await run('account', 'explain', 'nobody', ...onDatabase())
  expect(unknown).toEqual({ code: 1, out: '', err: 'xianfu: there is no account nobody\n' })
  const when = await run('account', 'explain', 'A0002', '--at', 'yesterday', ...onDatabase())
  expect(when.err).toContain('yesterday is no date')
})

test('the audit of it all finds nothing wrong', async () => {
  const { code, out } = await run('audit', ...onDatabase())
  expect(code).toBe(0)
  expect(out.split('\n').filter((line) => line.startsWith('ok'))).toHaveLength(22)
})
