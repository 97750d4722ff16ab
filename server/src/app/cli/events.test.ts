import { afterAll, beforeAll, expect, test } from 'vitest'
import { collectEvents } from '../../flow/collect-events.ts'
import { createMoneyBench, yuan, type MoneyBench } from '../../flow/testing/money-bench.ts'
import { createScriptedSigns } from '../../flow/testing/scripted-signs.ts'
import { runCommand } from './testing/run-command.ts'

let bench: MoneyBench
const run = async (...words: string[]) => runCommand('events', ...words, '--database-url', bench.url)

beforeAll(async () => {
  bench = await createMoneyBench({ accounts: 1, opening: yuan(12) })
  const headend = createScriptedSigns()
  const meter = { id: bench.meterIds[0] ?? 0, timeZone: 'Asia/Shanghai' }
  headend.counts = [{ kind: 'meter-cover', phase: null, count: 1 }]
  headend.records = { 'meter-cover': [{ began: { year: 2026, month: 11, day: 20, hour: 8, minute: 0, second: 0 } }] }
  await collectEvents({ context: bench.context, headend }, meter)
})
afterAll(async () => bench.drop())

test('events are listed, as lines and as JSON', async () => {
  const { code, out } = await run('list', '--bytes')
  expect(code).toBe(0)
  expect(out).toMatch(/^2026-11-20T00:00:00 {2}\d{12} {2}.*meter-cover {2}record {2}history {2}68 01\n$/u)
  const json = JSON.parse((await run('list', '--json')).out) as Record<string, unknown>
  expect(json).toMatchObject({ kind: 'meter-cover', sequence: 1, beganAt: '2026-11-20T00:00:00.000Z', raw: '68 01' })
  expect((await run('list', '--kind', 'trip')).out).toBe('')
  expect((await run('list', '--meter', String(json.meter))).out).not.toBe('')
  expect((await run('list', '--meter', '999999999998')).out).toBe('')
  expect((await run('list', '--kind', 'weather')).code).toBe(2)
})

test('how the field is watched is shown, changed within bounds, and written down', async () => {
  expect((await run('watch')).out).toMatch(/: offline-after 10, back-for 5, silent-after 3\n$/u)
  expect((await run('watch', '--offline-after', '30', '--silent-after', '5')).out).toContain('offline-after 30')
  expect((await run('watch')).out).toContain(': offline-after 30, back-for 5, silent-after 5')
  for (const wrong of ['0', '1.5', 'x']) {
    const { code, err } = await run('watch', '--silent-after', wrong)
    expect([code, err]).toEqual([1, expect.stringContaining('--silent-after 1 to 1000')])
  }
  expect((await run('watch', '--site', 'nowhere')).err).toContain('there is no site of that name')
  const audited = await bench.database.query<{ detail: unknown }>(
    `select detail from audit_log where action = 'watch-settings'`,
  )
  expect(audited).toMatchObject([{ detail: { offlineAfterMinutes: 30, silentAfterReads: 5 } }])
})
