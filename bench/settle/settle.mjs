#!/usr/bin/env node
/**
 * `npm run bench:settle [-- --meters 10000,100000 --rounds 3 --payments 50]`: readings settled per second into
 * PostgreSQL by the program's own code, with the latency of payments beside it, and the plain COPY-like insert of the
 * same rows as the physical limit. `--plan FILE` settles under that tariff (docs/pricing.md). `DATABASE_URL` measures that server instead of an embedded one.
 */
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir, cpus } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { setTimeout as sleep } from 'node:timers/promises'
import { uuidv7 } from 'uuidv7'
import { startEmbeddedPostgres } from '../../server/dist/app/embedded-postgres/start-embedded-postgres.js'
import { createPay } from '../../server/dist/flow/pay.js'
import { settleReadings } from '../../server/dist/flow/settle.js'
import { audit } from '../../server/dist/flow/audit.js'
import { connectionUrl } from '../../server/dist/store/connection.js'
import { openDatabase } from '../../server/dist/store/database.js'
import { migrate } from '../../server/dist/store/migrate.js'
import { populate } from './population.mjs'

const { values } = parseArgs({
  options: {
    meters: { type: 'string', default: '10000,100000' },
    rounds: { type: 'string', default: '3' },
    payments: { type: 'string', default: '50' },
    batch: { type: 'string', default: '1000' },
    workers: { type: 'string', default: '2' },
    plan: { type: 'string' },
  },
})
const rounds = Number(values.rounds)
const batchSize = Number(values.batch)
const workers = Number(values.workers)
const ids = { uuid: uuidv7 }
const plan = values.plan === undefined ? null : JSON.parse(await readFile(values.plan, 'utf8'))
const halfHour = 1_800_000
const start = Date.parse('2026-11-02T00:00:00Z')

const say = (text) => process.stdout.write(`${text}\n`)
const tell = (text) => process.stderr.write(`${text}\n`)
const quantile = (sorted, q) => sorted[Math.min(sorted.length - 1, Math.ceil(q * sorted.length) - 1)] ?? Number.NaN
const onError = (error) => tell(String(error))

const withServer = async (work) => {
  if (process.env.DATABASE_URL) return work(process.env.DATABASE_URL, 'server of DATABASE_URL')
  const folder = await mkdtemp(join(tmpdir(), 'xianfu-bench-'))
  await chmod(folder, 0o711)
  const server = await startEmbeddedPostgres({
    dataDirectory: join(folder, 'data'),
    settings: { shared_buffers: '512MB', max_wal_size: '2GB' },
    onProgress: tell,
  })
  try {
    return await work(connectionUrl({ ...server.connection, database: 'postgres' }), 'embedded PostgreSQL, synchronous')
  } finally {
    await server.stop()
    await rm(folder, { recursive: true, force: true })
  }
}

const withDatabase = async (adminUrl, name, work) => {
  const admin = openDatabase({ connection: { connectionString: adminUrl }, maxConnections: 1, onError })
  await admin.query(`drop database if exists ${name} with (force)`)
  await admin.query(`create database ${name}`)
  const url = new URL(adminUrl)
  url.pathname = `/${name}`
  const database = openDatabase({ connection: { connectionString: url.href }, onError })
  try {
    await migrate(database)
    return await work(database)
  } finally {
    await database.close()
    await admin.query(`drop database if exists ${name} with (force)`)
    await admin.close()
  }
}

/** One reading of every meter at one half hour; energy differs from meter to meter and adds up by rate. */
const roundOf = (meters, round) => {
  const at = start + round * halfHour
  return Array.from({ length: meters }, (_, index) => {
    const meterId = index + 1
    const step = BigInt(200 + (meterId % 700))
    const used = step * BigInt(round)
    return {
      meterId,
      at,
      registers: {
        totalWh: 1_000_000n + used * 4n,
        ratesWh: [250_000n + used, 250_000n + used, 250_000n + used, 250_000n + used],
      },
      powerMilliwatts: 1_500_000,
      obtained: 'scheduled',
      status: { relay: 'closed', relayCommand: 'closed', keepPower: false, alarm: false },
    }
  })
}

/** Batches in an order that is not the meters': lines bring readings as they come. */
const batchesOf = (readings) => {
  const mixed = readings.map((_, index) => readings[(index * 7_919) % readings.length])
  return Array.from({ length: Math.ceil(mixed.length / batchSize) }, (_, index) =>
    mixed.slice(index * batchSize, (index + 1) * batchSize),
  )
}

const settleAll = async (database, batches, now) => {
  let next = 0
  const worker = async () => {
    for (let index = next++; index < batches.length; index = next++)
      await settleReadings(database, ids, batches[index], now)
  }
  const startedMs = performance.now()
  await Promise.all(Array.from({ length: workers }, worker))
  return performance.now() - startedMs
}

/** Payments at a steady rate while the work goes on. */
const payMeanwhile = async (database, meters, perSecond, signal, now) => {
  const clock = { now: () => now, elapsedMs: () => performance.now(), rate: 1, delay: async (ms) => sleep(ms) }
  const pay = createPay(database, clock, ids)
  const tookMs = []
  const inFlight = new Set()
  for (let count = 0; !signal.aborted; count += 1) {
    const accountId = ((count * 7_919) % meters) + 1
    const startedMs = performance.now()
    const one = pay({ accountId, key: uuidv7(), amount: 10_000_000n, channel: 'cash-counter', operatorId: null })
      .then(() => tookMs.push(performance.now() - startedMs))
      .finally(() => inFlight.delete(one))
    inFlight.add(one)
    await sleep(1000 / perSecond, undefined, { signal }).catch(() => undefined)
  }
  await Promise.all(inFlight)
  return tookMs.sort((a, b) => a - b)
}

/** The same rows with nothing decided: what the disk and the indexes allow. */
const plainInsert = async (database, meters) => {
  await database.query(
    'create table plain_reading (like reading including defaults including constraints including indexes)',
  )
  await database.query(
    'create table plain_transfer (like transfer including defaults including constraints including indexes)',
  )
  const startedMs = performance.now()
  const step = 50_000
  for (let from = 1; from <= meters; from += step) {
    const to = Math.min(meters, from + step - 1)
    await database.query(
      `with r as (insert into plain_reading (at, meter_id, bucket, total_wh, rates_wh, power_mw, obtained, quality)
         select now(), m, m % 4096, m, array[m, m, m, m]::bigint[], m, 'scheduled', 'good' from generate_series(${from}, ${to}) m)
       insert into plain_transfer (at, id, bucket, debit_id, credit_id, amount, kind, account_id, balance_after, meter_id, agreement_id, price_plan_id, used_wh, posted_at)
         select now(), gen_random_uuid(), m % 4096, m, m + 1, m, 'energy-charge', m, m, m, m, 1, m, now() from generate_series(${from}, ${to}) m`,
    )
  }
  return performance.now() - startedMs
}

const measure = async (adminUrl, meters, payments) =>
  withDatabase(adminUrl, `bench_${meters}`, async (database) => {
    tell(`${meters} meters: enrolling …`)
    await populate(database, { meters, now: start, plan })
    await settleAll(database, batchesOf(roundOf(meters, 0)), start)
    const rates = []
    let latencies = []
    for (let round = 1; round <= rounds; round += 1) {
      const now = start + round * halfHour
      const batches = batchesOf(roundOf(meters, round))
      const over = new AbortController()
      const paying = payMeanwhile(database, meters, payments, over.signal, now)
      const tookMs = await settleAll(database, batches, now)
      over.abort()
      latencies = [...latencies, ...(await paying)]
      rates.push(meters / (tookMs / 1000))
      tell(`${meters} meters, round ${round} of ${rounds}: ${Math.round(rates.at(-1))} readings/s`)
    }
    const plain = meters / ((await plainInsert(database, meters)) / 1000)
    const wrong = (await audit(database))
      .filter((check) => check.name.startsWith('each period') || check.name.startsWith('the charges'))
      .flatMap((check) => check.wrong)
    if (wrong.length > 0) throw new Error(`the books are wrong: ${wrong.slice(0, 3).join('; ')}`)
    rates.sort((a, b) => a - b)
    latencies.sort((a, b) => a - b)
    return {
      meters,
      rate: quantile(rates, 0.5),
      plain,
      p50: quantile(latencies, 0.5),
      p99: quantile(latencies, 0.99),
      payments: latencies.length,
    }
  })

await withServer(async (adminUrl, where) => {
  say(
    `settling readings into ${where}; ${cpus().length} cores, Node ${process.versions.node}, ${workers} workers, batches of ${batchSize}, ${values.payments} payments/s beside it`,
  )
  say('   meters   settled/s (median)   plain insert of the same rows/s   share   payment p50 / p99')
  for (const meters of values.meters.split(',').map(Number)) {
    const one = await measure(adminUrl, meters, Number(values.payments))
    say(
      `${String(meters).padStart(9)} ${String(Math.round(one.rate)).padStart(20)} ${String(Math.round(one.plain)).padStart(33)} ${`${Math.round((one.rate / one.plain) * 100)} %`.padStart(7)}   ${one.p50.toFixed(1)} / ${one.p99.toFixed(1)} ms (${one.payments})`,
    )
  }
})
