import { createHash, randomUUID } from 'node:crypto'
import { Readable } from 'node:stream'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Sql } from '../store/database.ts'
import { exportLedger } from './export-ledger.ts'
import { createPay } from './pay.ts'
import { sealLedger } from './seal-ledger.ts'
import { createFreeze } from './freeze.ts'
import { createMoneyBench, yuan, type MoneyBench } from './testing/money-bench.ts'
import { verifyExport, verifyLedger } from './verify-ledger.ts'

describe('the sealed journal', () => {
  let bench: MoneyBench
  const pay = async (accounts = bench.accountIds) => {
    const payInto = createPay(bench.database, bench.clock, bench.ids)
    for (const accountId of accounts)
      await payInto({ accountId, key: randomUUID(), amount: yuan(3), channel: 'alipay', operatorId: null })
  }
  const exported = async (format: 'jsonl' | 'csv', from = 0, to = Number.MAX_SAFE_INTEGER) => {
    const lines: string[] = []
    for await (const line of exportLedger(bench.database, { format, from, to })) lines.push(line)
    return lines
  }
  /** Whatever is done inside is gone afterwards. */
  const undone = async (work: (sql: Sql) => Promise<void>): Promise<void> => {
    const undo = new Error('undo')
    const done = bench.database.transaction(async (sql) => {
      await work(sql)
      throw undo
    })
    await done.catch((error: unknown) => {
      if (error !== undo) throw error
    })
  }
  /** What is seen after somebody has done this who may do anything with the database. */
  const seenAfter = async (statement: string): Promise<readonly string[]> => {
    let seen: readonly string[] = []
    await undone(async (sql) => {
      await sql.query('set local session_replication_role = replica')
      await sql.query(statement)
      seen = (await verifyLedger(sql)).wrong
    })
    return seen
  }

  beforeAll(async () => {
    bench = await createMoneyBench({ accounts: 3, opening: yuan(20) })
    await sealLedger(bench)
    await pay()
    await createFreeze(bench.context)({
      key: 'freeze',
      reason: 'disputed, "really"',
      operatorId: bench.cashierId,
      accountId: bench.accountIds[0] ?? 0,
      amount: yuan(1),
    })
    await sealLedger(bench)
  })
  afterAll(async () => bench.drop())

  test('is proven from its first block', async () => {
    expect(await verifyLedger(bench.database)).toMatchObject({ blocks: 2, transfers: 7, unsealed: 0, wrong: [] })
    expect(await sealLedger(bench)).toEqual([])
  })

  test.each([
    ['an amount', 'update transfer set amount = amount + 1 where entry = 2', 'block 1'],
    [
      'whom a payment was credited to',
      'update transfer set credit_id = (select max(credit_id) from transfer) where entry = 1',
      'block 1',
    ],
    ['when it was posted', "update transfer set posted_at = posted_at + interval '1 hour' where entry = 5", 'block 2'],
    ['why it was asked for', "update operation set reason = 'nothing' where kind = 'freeze'", 'block 2'],
    ['what was asked for', `update operation set input = '{"amount":"1n"}' where kind = 'freeze'`, 'block 2'],
    ['who asked for it', "update operation set operator_id = null where kind = 'freeze'", 'block 2'],
    ['whose a ledger account is', 'update ledger_account set account_id = null where id = 1', 'block 1'],
    ['that it ever was', 'delete from transfer where entry = 6', 'block 2'],
    ['that there was a block', 'delete from ledger_block where number = 1', 'block 2'],
    ['the hash of a block', "update ledger_block set hash = repeat('a', 64) where number = 1", 'block 1'],
  ])('shows a change of %s', async (_, statement, where) => {
    expect((await seenAfter(statement))[0]).toContain(where)
  })

  test('shows a transfer that was slipped in, although all balances fit', async () => {
    const [seen] = await seenAfter(
      `insert into transfer (at, id, bucket, debit_id, credit_id, amount, kind, account_id, balance_after, posted_at, entry)
       select at, gen_random_uuid(), bucket, debit_id, credit_id, amount, kind, account_id, balance_after, posted_at, entry
       from transfer where entry = 5`,
    )
    expect(seen).toContain('sealed with 4 transfers, 5 are there')
  })

  test('is exported so that anybody can prove it with nothing but the file', async () => {
    const lines = await exported('jsonl')
    expect(lines).toHaveLength(9)
    expect(await verifyExport(Readable.from(lines))).toMatchObject({ blocks: 2, transfers: 7, wrong: [] })
    // The rule of docs/ledger.md, without any of our code.
    const second = JSON.parse(lines[8] ?? '') as { previousHash: string; hash: string }
    const text = [second.previousHash, ...lines.slice(4, 8)].map((line) => `${line}\n`).join('')
    expect(createHash('sha256').update(text).digest('hex')).toBe(second.hash)
    const changed = lines.map((line) => line.replace('"amount":"1.00"', '"amount":"1.01"'))
    expect((await verifyExport(Readable.from(changed))).wrong).toEqual([
      'block 2: its lines are not those that were sealed',
    ])
    const cut = lines.filter((_, index) => index !== 3)
    expect((await verifyExport(Readable.from(cut))).wrong).toHaveLength(1)
  })

  test('is exported by the time of posting', async () => {
    bench.clock.pass(3_600_000)
    const from = bench.clock.now()
    await pay()
    await sealLedger(bench)
    expect(await exported('jsonl', from)).toHaveLength(4)
    expect(await exported('csv', from)).toHaveLength(4)
    expect(await exported('csv', 0, from)).toHaveLength(8)
    expect((await exported('csv')).find((line) => line.includes('freeze'))).toContain('"disputed, ""really"""')
  })

  test('tells what is not sealed yet', async () => {
    const { blocks, transfers } = await verifyLedger(bench.database)
    await pay()
    expect(await verifyLedger(bench.database)).toMatchObject({ blocks, transfers, unsealed: 3, wrong: [] })
    expect(await sealLedger(bench)).toHaveLength(1)
    expect(await verifyLedger(bench.database)).toMatchObject({ blocks: blocks + 1, unsealed: 0, wrong: [] })
  })

  test('waits for writers under way and leaves none of them out', async () => {
    const before = await verifyLedger(bench.database)
    let letEnd: () => void = () => undefined
    const mayEnd = new Promise<void>((resolve) => {
      letEnd = resolve
    })
    let wrote: () => void = () => undefined
    const written = new Promise<void>((resolve) => {
      wrote = resolve
    })
    const slow = bench.database.transaction(async (sql) => {
      await sql.query(
        `insert into transfer (at, id, bucket, debit_id, credit_id, amount, kind, account_id, balance_after, posted_at)
         select at, gen_random_uuid(), bucket, debit_id, credit_id, amount, kind, account_id, balance_after, posted_at
         from transfer where entry = 1`,
      )
      wrote()
      await mayEnd
    })
    await written
    const [other = 0] = bench.accountIds.slice(1)
    await pay([other])
    const sealing = sealLedger(bench)
    letEnd()
    await slow
    await sealing
    const after = await verifyLedger(bench.database)
    expect(after).toMatchObject({ blocks: before.blocks + 1, transfers: before.transfers + 2, unsealed: 0, wrong: [] })
  })

  test('that was made anew as a whole does not have the hashes that were noted down', async () => {
    const { head } = await verifyLedger(bench.database)
    expect((await verifyLedger(bench.database, [head])).wrong).toEqual([])
    await bench.database.transaction(async (sql) => {
      await sql.query('set local session_replication_role = replica')
      await sql.query('update transfer set amount = amount + 1 where entry = 2; delete from ledger_block')
    })
    await sealLedger(bench)
    expect((await verifyLedger(bench.database)).wrong).toEqual([])
    expect((await verifyLedger(bench.database, [head])).wrong).toEqual([`no block has the noted hash ${head}`])
  })
})
