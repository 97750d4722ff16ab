#!/usr/bin/env node
/**
 * `npm run bench:storage [-- --meters 200 --days 366]`: what the half hours and measurements of meters weigh, raw and
 * rolled up, how fast they are rolled up, and how long those of one meter take to be read. `DATABASE_URL` measures that server
 * instead of an embedded one.
 */
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { uuidv7 } from 'uuidv7'
import { startEmbeddedPostgres } from '../../server/dist/app/embedded-postgres/start-embedded-postgres.js'
import { rollUp } from '../../server/dist/flow/roll-up.js'
import { pruneReadings } from '../../server/dist/flow/prune-readings.js'
import { connectionUrl } from '../../server/dist/store/connection.js'
import { openDatabase } from '../../server/dist/store/database.js'
import { migrate } from '../../server/dist/store/migrate.js'
import { viewDays } from '../../server/dist/store/view/half-hours.js'
import { viewReadings } from '../../server/dist/store/view/history.js'
import { populate } from '../settle/population.mjs'
import { weighMeasurements } from './measurements.mjs'

const { values } = parseArgs({
  options: {
    meters: { type: 'string', default: '200' },
    days: { type: 'string', default: '366' },
    queries: { type: 'string', default: '200' },
  },
})
const [meters, days, queries] = [values.meters, values.days, values.queries].map(Number)
const dayMs = 86_400_000
/** Midnight in Shanghai. */
const start = Date.parse('2025-12-31T16:00:00Z')
const end = start + days * dayMs
const slotsPerYear = 17_520

const say = (text) => process.stdout.write(`${text}\n`)
const tell = (text) => process.stderr.write(`${text}\n`)
const onError = (error) => tell(String(error))
const quantile = (sorted, q) => sorted[Math.min(sorted.length - 1, Math.ceil(q * sorted.length) - 1)] ?? Number.NaN
const seconds = (ms) => (ms / 1_000).toFixed(1)

const withDatabase = async (work) => {
  if (process.env.DATABASE_URL) {
    const admin = openDatabase({
      connection: { connectionString: process.env.DATABASE_URL },
      maxConnections: 1,
      onError,
    })
    const url = new URL(process.env.DATABASE_URL)
    url.pathname = '/xianfu_bench_storage'
    await admin.query('drop database if exists xianfu_bench_storage with (force)')
    await admin.query('create database xianfu_bench_storage')
    const database = openDatabase({ connection: { connectionString: url.href }, onError })
    try {
      return await work(database)
    } finally {
      await database.close()
      await admin.query('drop database if exists xianfu_bench_storage with (force)')
      await admin.close()
    }
  }
  const folder = await mkdtemp(join(tmpdir(), 'xianfu-bench-'))
  await chmod(folder, 0o711)
  const server = await startEmbeddedPostgres({
    dataDirectory: join(folder, 'data'),
    settings: { shared_buffers: '512MB', max_wal_size: '2GB' },
    onProgress: tell,
  })
  const database = openDatabase({
    connection: { connectionString: connectionUrl({ ...server.connection, database: 'postgres' }) },
    onError,
  })
  try {
    return await work(database)
  } finally {
    await database.close()
    await server.stop()
    await rm(folder, { recursive: true, force: true })
  }
}

/** Half-hourly readings as the program writes them, some minutes into each half hour, four rates, with their charge. */
const fill = async (database) => {
  for (let from = start; from < end + dayMs; from += 30 * dayMs) {
    const to = Math.min(end + dayMs, from + 30 * dayMs)
    await database.query('select ensure_day_partitions($1::date, $2::date)', [new Date(from), new Date(to)])
    await database.transaction(
      async (sql) =>
        sql.query(
          `insert into reading (at, meter_id, bucket, total_wh, rates_wh, power_mw, obtained, quality, used_wh, charged, balance_after)
           select s.at + m.id * interval '40 ms', m.id, m.bucket, t.wh * 4, array[t.wh, t.wh, t.wh, t.wh], 500000 + m.id % 97 * 1000,
                  'scheduled', 'good', 400, 200000, 1000000000 - t.wh
           from generate_series($1::timestamptz, $2::timestamptz - interval '1 second', interval '30 minutes') as s(at)
           cross join meter m cross join lateral (select (extract(epoch from s.at)::bigint / 1800 - 970000) * (50 + m.id % 200) as wh) t`,
          [new Date(from), new Date(to)],
        ),
      { statementTimeoutMs: 30 * 60_000 },
    )
  }
}

const bytesOf = async (database, table) => {
  const [row] = await database.query(
    `select coalesce(sum(pg_relation_size(i.inhrelid)), 0)::bigint as heap,
            coalesce(sum(pg_indexes_size(i.inhrelid)), 0)::bigint as indexes from pg_inherits i where i.inhparent = $1::regclass`,
    [table],
  )
  return { heap: Number(row.heap), indexes: Number(row.indexes) }
}

const timed = async (work) => {
  const took = []
  for (let index = 0; index < queries; index += 1) {
    const begin = performance.now()
    await work(((index * 7_919) % meters) + 1)
    took.push(performance.now() - begin)
  }
  return took.sort((a, b) => a - b)
}
const ms = (took) => `p50 ${quantile(took, 0.5).toFixed(1)} ms, p99 ${quantile(took, 0.99).toFixed(1)} ms`

await withDatabase(async (database) => {
  await migrate(database)
  await populate(database, { meters, now: start })
  await database.query('update meter set watched_since = $1, last_at = $2', [new Date(start), new Date(end + dayMs)])
  await database.query(
    'insert into gap_sweep (time_zone, interval_minutes, swept_to) select distinct time_zone, 30, $1::timestamptz from site',
    [new Date(end + dayMs)],
  )
  await fill(database)
  const rows = meters * (days + 1) * 48
  const perReading = await bytesOf(database, 'reading')
  say(`${meters} meters, ${days} days, ${rows} readings`)
  say(
    `raw reading: ${(perReading.heap / rows).toFixed(0)} B and ${(perReading.indexes / rows).toFixed(0)} B of indexes; ` +
      `${((((perReading.heap + perReading.indexes) / rows) * slotsPerYear) / 1e6).toFixed(2)} MB a meter-year`,
  )
  let now = end + 2 * dayMs
  const clock = { now: () => now, elapsedMs: () => performance.now(), rate: 1, delay: async () => undefined }
  const context = { database, clock, ids: { uuid: uuidv7 }, log: onError }
  const begin = performance.now()
  while (await rollUp(context));
  const tookMs = performance.now() - begin
  await database.query('vacuum analyze')
  say(`rolled up in ${seconds(tookMs)} s: ${Math.round((rows / tookMs) * 1_000)} readings/s`)
  const [counted] = await database.query('select count(*) as days from meter_day')
  const perDay = await bytesOf(database, 'meter_day')
  const dayBytes = (perDay.heap + perDay.indexes) / Number(counted.days)
  say(`rolled-up day: ${dayBytes.toFixed(0)} B with its index; ${((dayBytes * 365) / 1e3).toFixed(0)} kB a meter-year`)
  const [months] = await database.query(
    `select count(*) as months, pg_total_relation_size('meter_month')::bigint as bytes from meter_month`,
  )
  say(`month: ${(((Number(months.bytes) / Number(months.months)) * 12) / 1e3).toFixed(1)} kB a meter-year`)
  const indexed = await bytesOf(database, 'reading')
  say(
    `index of closed days by meter: ${((indexed.indexes - perReading.indexes) / rows).toFixed(0)} B a reading, until it is dropped`,
  )
  const year = await timed(async (id) => viewDays(database, id, '2026-01-01', '2026-12-31'))
  say(`half hours of a meter, all ${days} days: ${ms(year)}`)
  const week = await timed(async (id) => viewReadings(database, id, start + 6 * dayMs, start + 13 * dayMs))
  say(`raw readings of a meter, a week: ${ms(week)}`)
  await weighMeasurements({ database, context, meters, days, start, bytesOf, timed, ms, say })
  const pruned = performance.now()
  let lines = 0
  const { dropped, stopped } = await pruneReadings(context, {
    before: start + Math.min(days - 1, 7) * dayMs,
    save: async (_, all) => {
      for await (const line of all) lines += line.length > 0 ? 1 : 0
    },
  })
  const prunedMs = performance.now() - pruned
  say(
    `proven, exported and dropped: ${dropped.length} days, ${lines - dropped.length} readings in ${seconds(prunedMs)} s` +
      (stopped === null ? '' : `; ${stopped.day} stays: ${stopped.because}`),
  )
})
