import { afterAll, beforeAll, expect, test } from 'vitest'
import { audit } from './audit.ts'
import { migrate } from '../store/migrate.ts'
import { createTestDatabase, type TestDatabase } from '../store/test-database.ts'
import { migrateBefore } from '../store/test-migrations.ts'

let at: TestDatabase

beforeAll(async () => {
  at = await createTestDatabase({ content: 'empty' })
})
afterAll(async () => at.drop())

/** A payment and a charge as the first house has written them. */
const oldBooks = `
  insert into site (name, time_zone, service_phone, signature) values ('old', 'Asia/Shanghai', '1', 'old');
  insert into customer (name, phone) values ('somebody', '1');
  insert into account (bucket, number, site_id, customer_id, stage_since) values (7, 'A1', 1, 1, '2026-05-01');
  insert into price_plan (name, version, kind, prices) values ('plan', 1, 'flat', '{5000000000}');
  insert into agreement (account_id, version, price_plan_id, alarm1, alarm2, cut_off, restore, notice_lead_minutes, reconnect,
                         trip_from_minute, trip_to_minute, trip_weekdays, signed_at)
    values (1, 1, 1, 10, 5, 0, 1, 30, 'direct-close', 0, 1440, '{1}', '2026-05-01');
  insert into ledger_account (bucket, code, account_id, debits, credits)
    values (7, 'customer-prepayment', 1, 500, 2000), (7, 'cash-counter', null, 2000, 0), (7, 'energy-revenue', null, 0, 500);
  select ensure_day_partitions('2026-05-01', '2026-05-02');
  insert into payment (id, bucket, account_id, key, input_hash, channel, amount, at, balance_after)
    values ('00000000-0000-7000-8000-000000000001', 7, 1, 'k', 'cash-counter:2000', 'cash-counter', 2000, '2026-05-01 08:00Z', 2000);
  insert into transfer (at, id, bucket, debit_id, credit_id, amount, kind, account_id, balance_after, payment_id)
    values ('2026-05-01 08:00Z', '00000000-0000-7000-8000-000000000002', 7, 2, 1, 2000, 'payment', 1, 2000,
            '00000000-0000-7000-8000-000000000001');
  insert into transfer (at, id, bucket, debit_id, credit_id, amount, kind, account_id, balance_after, meter_id, agreement_id, price_plan_id)
    values ('2026-05-01 09:00Z', '00000000-0000-7000-8000-000000000003', 7, 1, 3, 500, 'energy-charge', 1, 1500, 1, 1, 1);`

test('books of the first house are carried over to the last unit', async () => {
  await migrateBefore(at.database, (name) => name.startsWith('0002'))
  await at.database.query(oldBooks)
  await migrate(at.database)
  expect(
    await at.database.query('select code, owner, account_id, bound, debits, credits from ledger_account order by id'),
  ).toEqual([
    { code: 'customer-prepayment', owner: null, account_id: 1, bound: 'none', debits: 500n, credits: 2000n },
    { code: 'channel-clearing', owner: 'cash-counter', account_id: null, bound: 'none', debits: 2000n, credits: 0n },
    { code: 'revenue', owner: 'energy', account_id: null, bound: 'none', debits: 0n, credits: 500n },
  ])
  expect(
    await at.database.query(
      'select entry, kind, operation_id is not null as asked, posted_at = at as same from transfer order by entry',
    ),
  ).toEqual([
    { entry: 1n, kind: 'payment', asked: true, same: true },
    { entry: 2n, kind: 'energy-charge', asked: false, same: true },
  ])
  expect(await at.database.query("select nextval('transfer_entry') as next")).toEqual([{ next: 3n }])
  expect(await at.database.query('select kind, key, input_hash from operation')).toEqual([
    { kind: 'payment', key: 'k', input_hash: 'cash-counter:2000' },
  ])
  await expect(at.database.query('delete from transfer')).rejects.toMatchObject({ sqlState: '23514' })
  await expect(at.database.query('truncate transfer_20260501')).rejects.toMatchObject({ sqlState: '23514' })
  const wrong = (await audit(at.database)).flatMap((check) => (check.name.includes('meter') ? [] : check.wrong))
  expect(wrong).toEqual([])
})
