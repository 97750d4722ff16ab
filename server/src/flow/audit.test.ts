import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { auditInside } from './audit.ts'
import { createFreeze } from './freeze.ts'
import { createPay } from './pay.ts'
import { createReverse } from './reverse.ts'
import { sealLedger } from './seal-ledger.ts'
import { createMoneyBench, yuan, type MoneyBench } from './testing/money-bench.ts'
import { createTransferMoney } from './transfer-money.ts'

/** Each fault is put into the database past all its guards, seen, and taken back. */
describe('the audit finds', () => {
  let bench: MoneyBench
  const found = async (statement: string): Promise<readonly string[]> => {
    let names: readonly string[] = []
    const undone = new Error('undone')
    await bench.database
      .transaction(async (sql) => {
        await sql.query('set local session_replication_role = replica')
        await sql.query(statement)
        names = (await auditInside(sql)).filter(({ wrong }) => wrong.length > 0).map(({ name }) => name)
        throw undone
      })
      .catch((error: unknown) => {
        if (error !== undone) throw error
      })
    return names
  }

  beforeAll(async () => {
    bench = await createMoneyBench({ accounts: 2, opening: yuan(40) })
    const [one = 0, two = 0] = bench.accountIds
    const asked = () => ({ key: randomUUID(), reason: 'because', operatorId: bench.cashierId })
    await bench.read(bench.meterIds[0] ?? 0, 0n)
    bench.clock.pass(3_600_000)
    await bench.read(bench.meterIds[0] ?? 0, 2_000n)
    const pay = createPay(bench.database, bench.clock, bench.ids)
    const paid = await pay({ accountId: one, key: 'p', amount: yuan(5), channel: 'alipay', operatorId: null })
    await createReverse(bench.context)({ ...asked(), operationId: paid.ok ? paid.paymentId : '' })
    await createFreeze(bench.context)({ ...asked(), accountId: one, amount: yuan(2) })
    await createTransferMoney(bench.context)({ ...asked(), fromAccountId: one, toAccountId: two, amount: yuan(1) })
    await sealLedger(bench)
  })
  afterAll(async () => bench.drop())

  test('nothing in books that are right', async () => {
    expect(await bench.wrong()).toEqual([])
  })

  test.each([
    [
      'running debits and credits equal the sums of their transfers',
      'update ledger_account set credits = credits + 1, debits = debits + 1 where id = 1',
    ],
    ['each payment is posted exactly once', 'update payment set amount = amount + 1'],
    ['each period has been charged the price of its energy', 'update settlement_period set charged = charged + 1'],
    [
      'the charges of a meter in the ledger equal the price of its energy',
      "update transfer set amount = amount + 1 where kind = 'energy-charge'",
    ],
    [
      'no bound account is overdrawn, no closed one has money',
      "update ledger_account set closed_at = now() where code = 'customer-prepayment'",
    ],
    ['each transfer moves as a template says', "update transfer set kind = 'unfreeze' where kind = 'freeze'"],
    ['each reversal mirrors what it reverses, once', "update transfer set refers_to = id where kind = 'reversal'"],
    ['each line leaves the balance that its lines add up to', 'update transfer set balance_after = 7 where entry = 2'],
    [
      'no money is between two accounts',
      "update ledger_account set debits = debits + 1 where code = 'between-accounts'",
    ],
    [
      'revenue stands with the components that the statements say',
      "insert into ledger_account (bucket, code, debits) values (1, 'between-components', 5)",
    ],
    [
      'revenue stands with the components that the statements say',
      "update transfer set kind = 'revenue-in', credit_id = (select id from ledger_account where code = 'revenue' limit 1) where kind = 'freeze'; update ledger_account set owner = 'demand' where code = 'revenue'",
    ],
    ['each operation has moved what it was asked for', "delete from transfer where kind = 'freeze'"],
    ['each operation has moved what it was asked for', "delete from operation where kind = 'freeze'"],
    [
      'what each operation was asked is what its key was given for',
      `update operation set input = '{"amount":"1n"}' where kind = 'freeze'`,
    ],
    [
      'each charge names an agreement of its account, signed before',
      "update transfer set agreement_id = 2 where kind = 'energy-charge'",
    ],
    ['each account in prepayment has one agreement in force', 'update account set closed_at = now()'],
    [
      'pending purchases are those on their way to a meter',
      `insert into ledger_account (bucket, code, account_id, owner, credits) values (1, 'meter-purchase-pending', 1, '1', 5)`,
    ],
    ['no sealed transfer was changed', "update transfer set at = at + interval '1 second' where kind = 'freeze'"],
  ])('%s', async (name, statement) => {
    expect(await found(statement)).toContain(name)
  })
})
