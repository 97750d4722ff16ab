import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Sql } from '../database.ts'
import { ensurePartitions } from '../partitions.ts'
import { createTestDatabase, type TestDatabase } from '../test-database.ts'
import { createDaySums } from './day-sums.ts'
import { viewFeedCommands, viewFeedNotices, viewFeedPayments } from './feed.ts'
import { viewMeters } from './meters.ts'

const midnight = Date.UTC(2026, 2, 1, 16)
const minute = (count: number): Date => new Date(midnight + count * 60_000)

let at: TestDatabase

/** Two accounts: 10001 with two meters on prepayment, 10002 without meter and agreement. */
const site = async (sql: Sql): Promise<void> => {
  await sql.query(
    `insert into site (id, name, time_zone, service_phone, signature) values (1, 's', 'Asia/Shanghai', '1', 's')`,
  )
  await sql.query(
    `insert into gateway (id, site_id, code, link_kind, registration) values (1, 1, 'GW', 'dials-in', 'GW')`,
  )
  await sql.query(`insert into customer (id, name, phone) values (1, 'c', '1')`)
  await sql.query(`insert into price_plan (id, name, version, kind, prices) values (1, 'p', 1, 'flat', '{6000000000}')`)
  await sql.query(
    `insert into account (id, bucket, number, site_id, customer_id, stage_since)
     values (1, 0, '10001', 1, 1, now()), (2, 0, '10002', 1, 1, now())`,
  )
  await sql.query(
    `insert into agreement (id, account_id, version, price_plan_id, alarm1, alarm2, cut_off, restore, notice_lead_minutes,
       reconnect, trip_from_minute, trip_to_minute, trip_weekdays, signed_at)
     values (1, 1, 1, 1, 10, 5, 0, 1, 30, 'direct-close', 0, 1440, '{0,1,2,3,4,5,6}', now())`,
  )
  await sql.query('update account set agreement_id = 1 where id = 1')
  await sql.query(
    `insert into meter (id, bucket, site_id, gateway_id, account_id, address, place, maximum_watts)
     values (1, 0, 1, 1, 1, '000000000001', '1-101', 1), (2, 0, 1, 1, 1, '000000000002', '1-102', 1)`,
  )
  await sql.query(
    `insert into ledger_account (id, bucket, code, account_id, owner)
     values (1, 0, 'channel-clearing', null, 'cash-counter'), (2, 0, 'customer-prepayment', 1, null),
            (3, 0, 'revenue', null, 'energy'), (4, 0, 'customer-prepayment', 2, null)`,
  )
}

type Transfer = Readonly<{ minutes: number; amount: bigint; usedWh?: bigint; account?: number }>

const transfer = async ({ minutes, amount, usedWh, account = 1 }: Transfer): Promise<void> => {
  const charge = usedWh !== undefined
  await at.database.query(
    `insert into transfer (at, id, bucket, debit_id, credit_id, amount, kind, account_id, balance_after, meter_id, agreement_id, price_plan_id, used_wh, posted_at)
     values ($1, $2, 0, $3, $4, $5, $6, $7, 0, $8, $8, $8, $9, $1)`,
    [
      minute(minutes),
      randomUUID(),
      charge ? 2 : 1,
      charge ? 3 : account === 1 ? 2 : 4,
      amount,
      charge ? 'energy-charge' : 'payment',
      account,
      charge ? 1 : null,
      usedWh ?? null,
    ],
  )
}

const command = async (kind: string, steps: readonly string[]): Promise<void> => {
  const id = randomUUID()
  await at.database.query(
    `insert into relay_command (id, bucket, meter_id, account_id, kind, state, urgency, requested_by, reason, evidence, not_before, expires_at, at)
     values ($1, 0, 2, 1, $2, 'verified', 0, 'policy', '', '{}', now(), now(), now())`,
    [id, kind],
  )
  for (const [index, step] of steps.entries())
    await at.database.query(`insert into command_event (command_id, at, kind, text) values ($1, $2, $3, '')`, [
      id,
      minute(index),
      step,
    ])
}

beforeAll(async () => {
  at = await createTestDatabase()
  await site(at.database)
  await ensurePartitions(at.database, midnight - 86_400_000, midnight + 86_400_000)
  await transfer({ minutes: -1, amount: 5n })
  await transfer({ minutes: 0, amount: 10n })
  await transfer({ minutes: 59, amount: 3n, usedWh: 500n })
  await transfer({ minutes: 60, amount: 4n, usedWh: 700n })
  await transfer({ minutes: 125, amount: 20n, account: 2 })
  await command('trip', ['queued', 'sent', 'exchange', 'unanswered', 'sent', 'acknowledged', 'state-read', 'verified'])
  await command('alarm-on', ['queued', 'sent', 'verified'])
  await command('direct-close', ['queued', 'cancelled'])
  await at.database.query(
    `insert into message (bucket, account_id, notice, channel, recipient, text, at)
     select 0, 1, notice, 'outbox', '1', '', $1 from unnest($2::text[]) as notice`,
    [minute(1), ['warning-1', 'stopped', 'reconnected', 'failed']],
  )
})
afterAll(async () => at.drop())

describe('the day', () => {
  test('is told in hours from local midnight, whatever the zone of the database', async () => {
    const hours = await createDaySums()(at.database, midnight)
    expect(hours.map((hour) => [(hour.at - midnight) / 3_600_000, hour.used_wh, hour.charged, hour.paid])).toEqual([
      [0, 500n, 3n, 10n],
      [1, 700n, 4n, 0n],
      [2, 0n, 0n, 20n],
    ])
  })
})

describe('the feed', () => {
  test('has the newest payments of a span, by the first metering point or the account', async () => {
    const payments = await viewFeedPayments(at.database, midnight, 40)
    expect(payments.map(({ place, meter_id, amount }) => [place, meter_id, amount])).toEqual([
      ['10002', null, 20n],
      ['1-101', 1, 10n],
    ])
    expect(await viewFeedPayments(at.database, midnight, 1)).toHaveLength(1)
  })

  test('has the ends of attempts at the relay, and no alarms of the meter itself', async () => {
    const commands = await viewFeedCommands(at.database, 40)
    expect(commands.map(({ command: kind, outcome, place }) => [kind, outcome, place])).toEqual([
      ['trip', 'verified', '1-102'],
      ['trip', 'unanswered', '1-102'],
    ])
  })

  test('has warnings and failures, and leaves stops and restorations to their commands', async () => {
    const notices = await viewFeedNotices(at.database, 40)
    expect(notices.map(({ notice }) => notice)).toEqual(['failed', 'warning-1'])
  })
})

test('the list says who is on prepayment', async () => {
  const meters = await viewMeters(at.database)
  expect(meters.map(({ place, prepaid }) => [place, prepaid])).toEqual([
    ['1-101', true],
    ['1-102', true],
  ])
  await at.database.query('update account set agreement_id = null where id = 1')
  expect((await viewMeters(at.database)).map(({ prepaid }) => prepaid)).toEqual([false, false])
})
