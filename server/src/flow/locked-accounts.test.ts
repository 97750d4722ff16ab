import { afterAll, beforeAll, expect, test } from 'vitest'
import { lockAndReadAccounts } from '../store/locked-accounts.ts'
import { post } from './post.ts'
import { createMoneyBench, yuan, type MoneyBench } from './testing/money-bench.ts'

let bench: MoneyBench
beforeAll(async () => {
  bench = await createMoneyBench({ accounts: 3, metersEach: 2, opening: null })
})
afterAll(async () => bench.drop())

const fee = (accountId: number) => ({ template: 'fee', accountId, amount: yuan(1), at: bench.clock.now() }) as const

test('accounts that another transaction has locked are refused at the door', async () => {
  const [accountId = 0] = bench.accountIds
  const stale = await bench.database.transaction(async (sql) => lockAndReadAccounts(sql, [accountId]))
  const late = bench.database.transaction(async (sql) =>
    post(sql, bench.ids, {
      now: bench.clock.now(),
      accountIds: [accountId],
      postings: [fee(accountId)],
      locked: stale,
    }),
  )
  await expect(late).rejects.toThrow('another transaction')
})

test('a balance is read behind the lock, not as it was before the wait', async () => {
  const [accountId = 0] = bench.accountIds
  const charge = async () =>
    bench.database.transaction(async (sql) =>
      post(sql, bench.ids, { now: bench.clock.now(), accountIds: [accountId], postings: [fee(accountId)] }),
    )
  const posted = await Promise.all(Array.from({ length: 8 }, charge))
  const balances = posted.flatMap(({ balancesAfter }) => balancesAfter).toSorted((a, b) => Number(b - a))
  expect(balances).toEqual(Array.from({ length: 8 }, (_, index) => yuan(-1 - index)))
  expect(await bench.wrong()).toEqual([])
})

test('a ledger account that an undone transaction has opened is not remembered', async () => {
  const [, accountId = 0] = bench.accountIds
  const writeOff = { template: 'write-off', accountId, amount: yuan(1), at: bench.clock.now() } as const
  const input = { now: bench.clock.now(), accountIds: [accountId], postings: [writeOff] }
  const undone = bench.database.transaction(async (sql) => {
    await post(sql, bench.ids, input)
    // Found by the second posting as it was opened by the first.
    await post(sql, bench.ids, input)
    throw new Error('undone')
  })
  await expect(undone).rejects.toThrow('undone')
  await bench.database.transaction(async (sql) => post(sql, bench.ids, input))
  expect(await bench.prepayment(accountId)).toBe(yuan(1))
  expect(await bench.wrong()).toEqual([])
})
