import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openDatabase, type Database } from '../store/database.ts'
import { deadlocks, expectedBalances, missingOperations } from '../store/soak.ts'
import { createWriter, seeded, type Answer } from './testing/ledger-workload.ts'
import { createMoneyBench, yuan, type MoneyBench } from './testing/money-bench.ts'

const writers = 16
const stepsEach = 60
/** Money is refused for these reasons alone; anything else is a surprise and fails the test by throwing. */
const refusals = new Set([
  'not-enough-money',
  'not-so-much-frozen',
  'same-account',
  'would-overdraw',
  'unknown-operation',
  'reversed-already',
])

describe('sixteen writers on the same few accounts', () => {
  let bench: MoneyBench
  let pool: Database
  const answers: Answer[] = []

  beforeAll(async () => {
    bench = await createMoneyBench({ accounts: 4, metersEach: 2, opening: yuan(60) })
    pool = openDatabase({
      connection: { connectionString: bench.url },
      maxConnections: writers,
      onError: () => undefined,
    })
    const context = { ...bench.context, database: pool }
    const start = bench.clock.now()
    const work = async (index: number): Promise<void> => {
      const totalWhAt = (at: number) => BigInt(Math.floor((at - start) / 3_600))
      const random = seeded(index + 1)
      const writer = createWriter({ context, site: bench, name: `writer ${String(index)}`, random, totalWhAt })
      for (let step = 0; step < stepsEach; step += 1) {
        bench.clock.pass(1_000)
        answers.push(await writer.step())
      }
    }
    await Promise.all(Array.from({ length: writers }, async (_, index) => work(index)))
  }, 120_000)
  afterAll(async () => {
    await pool.close()
    await bench.drop()
  })

  test('are all answered, by a result or by a reason', () => {
    expect(answers).toHaveLength(writers * stepsEach)
    const unknown = answers.filter(({ ok, code }) => !ok && !refusals.has(code ?? ''))
    expect(unknown).toEqual([])
    for (const kind of ['pay', 'refund', 'transfer', 'freeze', 'unfreeze', 'fee', 'reverse', 'charge'])
      expect(answers.filter((answer) => answer.kind === kind && answer.ok).length).toBeGreaterThan(0)
  })

  test('wait for each other in one order: nobody ever met a deadlock', async () => {
    expect(await deadlocks(bench.database)).toBe(0)
  })

  test('lose nothing and double nothing, to the last unit', async () => {
    const done = answers.flatMap(({ ok, operationId }) => (ok && operationId !== null ? [operationId] : []))
    expect(await missingOperations(bench.database, done)).toEqual([])
    const fresh = answers.filter((answer) => answer.fresh && answer.operationId !== null).map(({ key }) => key)
    expect(new Set(fresh).size).toBe(fresh.length)
    for (const { expected, prepayment, frozen } of await expectedBalances(bench.database))
      expect(prepayment + frozen).toBe(expected)
  })

  test('leave the books right', async () => {
    expect(await bench.wrong()).toEqual([])
  })
})
