import { afterAll, beforeAll, expect, test } from 'vitest'
import { migrate } from '../store/migrate.ts'
import { createTestDatabase, type TestDatabase } from '../store/test-database.ts'
import { migrateBefore } from '../store/test-migrations.ts'

let at: TestDatabase

beforeAll(async () => {
  at = await createTestDatabase({ content: 'empty' })
})
afterAll(async () => at.drop())

/** Two sites in two zones, a look at half hours, and gaps of which two were given up. */
const oldGaps = `
  insert into site (name, time_zone, service_phone, signature)
    values ('one', 'Asia/Shanghai', '1', 's'), ('two', 'Asia/Kathmandu', '1', 's');
  insert into gateway (site_id, code, link_kind, registration) values (1, 'G', 'dials-in', 'G');
  insert into meter (bucket, site_id, gateway_id, address, place, maximum_watts, last_at, last_total_wh, watched_since)
    values (0, 1, 1, '000000000001', 'A', 1000, '2026-05-20 01:00Z', 900, '2026-05-01');
  insert into gap_sweep values (30, '2026-05-20 01:00Z');
  insert into setting values ('readings-kept-from', jsonb_build_object('at', 1778716800000));
  insert into reading_gap (meter_id, from_at, to_at, bucket, reason, state, because, try_at, settled_at) values
    (1, '2026-05-13 01:00Z', '2026-05-13 02:00Z', 0, 'server-away', 'lost', 'no-record', '2026-05-13', '2026-05-13'),
    (1, '2026-05-15 01:00Z', '2026-05-15 02:00Z', 0, 'server-away', 'lost', 'no-memory', '2026-05-15', '2026-05-15'),
    (1, '2026-05-16 01:00Z', '2026-05-16 02:00Z', 0, 'server-away', 'estimated', 'no-memory', '2026-05-16', '2026-05-16');`

test('gaps stay, those that were lost are looked at anew, and each zone goes on where it was', async () => {
  await migrateBefore(at.database, (name) => name.endsWith('_slots_and_sides.sql'))
  await at.database.query(oldGaps)
  await migrate(at.database)
  expect(
    await at.database.query('select state, because, unknown_side, attempts from reading_gap order by from_at'),
  ).toEqual([
    // Its readings are no longer there.
    { state: 'lost', because: 'no-record', unknown_side: 'before', attempts: 0 },
    { state: 'open', because: null, unknown_side: null, attempts: 0 },
    { state: 'estimated', because: 'no-memory', unknown_side: null, attempts: 0 },
  ])
  const swept = Date.parse('2026-05-20T01:00:00Z')
  expect(await at.database.query('select time_zone, interval_minutes, swept_to from gap_sweep order by 1')).toEqual([
    { time_zone: 'Asia/Kathmandu', interval_minutes: 30, swept_to: swept },
    { time_zone: 'Asia/Shanghai', interval_minutes: 30, swept_to: swept },
  ])
})
