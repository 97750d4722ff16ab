import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { chart } from '../domain/ledger/chart.ts'
import { routes } from '../domain/ledger/templates.ts'
import { post } from './post.ts'
import { createPay } from './pay.ts'
import { createMoneyBench, yuan, type MoneyBench } from './testing/money-bench.ts'

/** What the database itself refuses, whoever asks and by whatever program. */
describe('the database refuses', () => {
  let bench: MoneyBench
  let account = 0
  const idOf = async (code: string, owner: string | null = null): Promise<number> => {
    const [row] = await bench.database.query<{ id: number }>(
      'select id from ledger_account where code = $1 and owner is not distinct from $2 order by id limit 1',
      [code, owner],
    )
    if (row === undefined) throw new Error(`no ledger account ${code}`)
    return row.id
  }
  const write = async (kind: string, debit: number, credit: number, amount = 1n): Promise<unknown> =>
    bench.database.query(
      `insert into transfer (at, id, bucket, debit_id, credit_id, amount, kind, account_id, balance_after, posted_at)
       values ($1, $2, 0, $3, $4, $5, $6, $7, 0, $1)`,
      [new Date(bench.clock.now()), randomUUID(), debit, credit, amount, kind, account],
    )

  beforeAll(async () => {
    bench = await createMoneyBench()
    account = bench.accountIds[0] ?? 0
    const pay = createPay(bench.database, bench.clock, bench.ids)
    await pay({
      accountId: account,
      key: 'first',
      amount: yuan(20),
      channel: 'cash-counter',
      operatorId: bench.cashierId,
    })
    await bench.database.transaction(async (sql) => {
      const postings = [{ template: 'freeze', accountId: account, amount: yuan(5), at: bench.clock.now() }] as const
      await post(sql, bench.ids, { now: bench.clock.now(), accountIds: [], postings })
    })
  })
  afterAll(async () => bench.drop())

  const refused = { code: 'statement-failed', sqlState: '23514' }

  test.each([
    ['a change of a transfer', 'update transfer set amount = amount + 1'],
    ['the removal of a transfer', 'delete from transfer'],
    ['to empty the journal', 'truncate transfer'],
    ['to empty the operations', 'truncate operation cascade'],
    ['a change of an operation', "update operation set result = '{}'"],
    ['a change of a payment', 'update payment set amount = 1'],
    ['a balance that no transfer has moved', 'update ledger_account set credits = credits + 1'],
    ['the removal of a ledger account', 'delete from ledger_account'],
    ['to make a ledger account another', "update ledger_account set owner = 'x'"],
    ['to lift a bound', "update ledger_account set bound = 'none'"],
    [
      'to close a ledger account that is not empty',
      'update ledger_account set closed_at = now() where debits <> credits',
    ],
    [
      'a ledger account that opens with money',
      "insert into ledger_account (bucket, code, credits) values (1, 'bank', 5)",
    ],
    [
      'a customer’s ledger account of nobody',
      "insert into ledger_account (bucket, code) values (1, 'customer-frozen')",
    ],
    ['a change of the chart', "update ledger_code set bound = false where code = 'cash-drawer'"],
    ['a change of the templates', 'delete from ledger_route'],
    ['a change of an agreement', 'update agreement set alarm1 = 0'],
  ])('%s', async (_, statement) => {
    await expect(bench.database.query(statement)).rejects.toMatchObject(refused)
  })

  test('a write into a partition behind the back of the whole', async () => {
    const [partition] = await bench.database.query<{ name: string }>(
      "select inhrelid::regclass::text as name from pg_inherits where inhparent = 'transfer'::regclass limit 1",
    )
    const name = partition?.name ?? ''
    await expect(bench.database.query(`insert into ${name} select * from transfer`)).rejects.toMatchObject(refused)
    await expect(bench.database.query(`truncate ${name}`)).rejects.toMatchObject(refused)
  })

  test('a transfer without amount, or below nothing', async () => {
    const [drawer, customer] = [await idOf('cash-drawer', String(bench.cashierId)), await idOf('customer-prepayment')]
    await expect(write('payment', drawer, customer, 0n)).rejects.toMatchObject(refused)
    await expect(write('payment', drawer, customer, -1n)).rejects.toMatchObject(refused)
    await expect(write('payment', customer, customer)).rejects.toMatchObject(refused)
  })

  test('a way of money that no template has', async () => {
    const [drawer, customer] = [await idOf('cash-drawer', String(bench.cashierId)), await idOf('customer-prepayment')]
    const noRoute = { ...refused, constraint: 'transfer_route' }
    await expect(write('energy-charge', drawer, customer)).rejects.toMatchObject(refused)
    await expect(write('freeze', drawer, customer)).rejects.toMatchObject(noRoute)
    await expect(write('payment', customer, drawer)).rejects.toMatchObject(noRoute)
    await expect(write('a-new-way', drawer, customer)).rejects.toMatchObject(noRoute)
    await expect(write('payment', 999_999, customer)).rejects.toMatchObject(noRoute)
  })

  test('more cash out of a drawer than is in it, and to use up what is frozen', async () => {
    const [drawer, customer] = [await idOf('cash-drawer', String(bench.cashierId)), await idOf('customer-prepayment')]
    const overdrawn = { ...refused, constraint: 'ledger_account_not_overdrawn' }
    await expect(write('refund', customer, drawer, yuan(20) + 1n)).rejects.toMatchObject(overdrawn)
    await expect(write('unfreeze', await idOf('customer-frozen'), customer, yuan(5) + 1n)).rejects.toMatchObject(
      overdrawn,
    )
  })

  test('a transfer to a closed account', async () => {
    const [other] = await bench.database.query<{ id: number }>(
      `update ledger_account set closed_at = now() where account_id = $1 returning id`,
      [bench.accountIds[1]],
    )
    const drawer = await idOf('cash-drawer', String(bench.cashierId))
    await expect(write('payment', drawer, other?.id ?? 0)).rejects.toMatchObject({
      ...refused,
      constraint: 'ledger_account_closed',
    })
  })

  test('a charge under an agreement of somebody else', async () => {
    await expect(
      bench.database.transaction(async (sql) =>
        post(sql, bench.ids, {
          now: bench.clock.now(),
          accountIds: [],
          postings: [
            {
              template: 'energy-charge',
              accountId: account,
              amount: yuan(1),
              meterId: bench.meterIds[0] ?? 0,
              agreementId: 2,
              pricePlanId: 1,
              used: 1n as never,
              at: bench.clock.now(),
            },
          ],
        }),
      ),
    ).rejects.toMatchObject({ ...refused, constraint: 'transfer_agreement' })
  })

  test('and what was refused has left no trace', async () => {
    expect(await bench.prepayment(account)).toBe(yuan(15))
    expect(await bench.standing('cash-drawer')).toBe(yuan(20))
    expect(await bench.wrong()).toEqual([])
  })

  test('nothing else than the program: both hold the same chart and the same templates', async () => {
    const codes = await bench.database.query('select code, side, owner, bound from ledger_code order by code')
    expect(codes).toEqual(
      Object.entries(chart)
        .map(([code, line]) => ({ code, ...line }))
        .toSorted((a, b) => (a.code < b.code ? -1 : 1)),
    )
    const known = await bench.database.query(
      'select kind, debit, credit from ledger_route order by kind, debit, credit',
    )
    expect(known).toEqual(
      routes.toSorted((a, b) => (`${a.kind} ${a.debit} ${a.credit}` < `${b.kind} ${b.debit} ${b.credit}` ? -1 : 1)),
    )
  })
})
