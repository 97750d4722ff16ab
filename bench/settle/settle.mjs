#!/usr/bin/env node
/**
 * `npm run bench:settle [-- --meters 10000,100000,1000000]`: readings settled per second into PostgreSQL by the program's own
 * code, with the latency of payments beside it, and the same rows by plain insert and COPY as the physical limit.
 * `--plan FILE` settles under that tariff (docs/pricing.md). `--database-url URL` (or `DATABASE_URL`) measures that server
 * instead of one of the embedded binaries; `--setting name=value` (repeatable) is for the embedded one.
 */
import { readFile } from 'node:fs/promises'
import { cpus } from 'node:os'
import { parseArgs } from 'node:util'
import { setTimeout as sleep } from 'node:timers/promises'
import { uuidv7 } from 'uuidv7'
import { audit } from '../../server/dist/flow/audit.js'
import { settleReadings } from '../../server/dist/flow/settle.js'
import { payMeanwhile } from './payments.mjs'
import { plainCopy, plainInsert } from './physical.mjs'
import { populate } from './population.mjs'
import { processorMeter } from './processor.mjs'
import { lanesOf, roundOf } from './readings.mjs'
import { describeServer, withDatabase, withServer } from './server.mjs'

const { values } = parseArgs({
  options: {
    meters: { type: 'string', default: '10000,100000' },
    /** Rounds of each population at least, and for so many seconds; no further round begins after the most. */
    rounds: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '20' },
    most: { type: 'string', default: '600' },
    payments: { type: 'string', default: '50' },
    /** Readings a second that arrive; as fast as they are settled when absent. */
    arrive: { type: 'string' },
    batch: { type: 'string', default: '125' },
    lanes: { type: 'string', default: '2' },
    order: { type: 'string', default: 'lines' },
    plan: { type: 'string' },
    'database-url': { type: 'string' },
    setting: { type: 'string', multiple: true, default: ['shared_buffers=512MB', 'max_wal_size=2GB'] },
  },
})
const [rounds, seconds, most] = [Number(values.rounds), Number(values.seconds), Number(values.most)]
const [batchSize, lanes, perSecond] = [Number(values.batch), Number(values.lanes), Number(values.payments)]
const settings = Object.fromEntries(values.setting.map((text) => text.split(/=(.*)/s).slice(0, 2)))
/** Between two batches of one lane, when readings arrive at a rate. */
const everyMs = values.arrive === undefined ? 0 : (batchSize * lanes * 1_000) / Number(values.arrive)
const ids = { uuid: uuidv7 }
const plan = values.plan === undefined ? null : JSON.parse(await readFile(values.plan, 'utf8'))
const halfHour = 1_800_000
const start = Date.parse('2026-11-02T00:00:00Z')

const say = (text) => process.stdout.write(`${text}\n`)
const tell = (text) => process.stderr.write(`${text}\n`)
const quantile = (list, q) => list.toSorted((a, b) => a - b)[Math.ceil(q * list.length) - 1] ?? Number.NaN

const cut = (readings) => lanesOf(readings, { lanes, size: batchSize, order: values.order })

const settleAll = async (database, lanesOfBatches, now) => {
  const startedMs = performance.now()
  await Promise.all(
    lanesOfBatches.map(async (batches) => {
      for (const [index, batch] of batches.entries()) {
        const dueMs = startedMs + index * everyMs
        if (performance.now() < dueMs) await sleep(dueMs - performance.now())
        await settleReadings(database, ids, batch, now)
      }
    }),
  )
  return performance.now() - startedMs
}

/** One round with payments beside it. */
const round = async (database, meters, number) => {
  const now = start + number * halfHour
  const batches = cut(roundOf(meters, now, number))
  const over = new AbortController()
  const paying = payMeanwhile(database, { meters, perSecond, now, signal: over.signal })
  const used = await processorMeter(database)
  const tookMs = await settleAll(database, batches, now)
  const processor = used()
  over.abort()
  return { rate: meters / (tookMs / 1000), tookMs, processor, paid: await paying }
}

const sizes = async (database) =>
  (
    await database.query(
      `select pg_database_size(current_database())::float8 as bytes, (pg_current_wal_lsn() - '0/0')::float8 as wal`,
    )
  )[0]

const measure = async (adminUrl, meters) =>
  withDatabase(adminUrl, `bench_${meters}`, async (database, url) => {
    tell(`${meters} meters: enrolling …`)
    await populate(database, { meters, now: start, plan })
    await settleAll(database, cut(roundOf(meters, start, 0)), start)
    // Connections, plans and caches as they are in a server that runs.
    await round(database, meters, 1)
    await database.query('vacuum analyze')
    const [before, runs] = [await sizes(database), []]
    for (let spent = 0; (runs.length < rounds || spent < seconds) && spent < most; spent += runs.at(-1).tookMs / 1000) {
      runs.push(await round(database, meters, runs.length + 2))
      tell(`${meters} meters, round ${runs.length}: ${Math.round(runs.at(-1).rate)} readings/s`)
    }
    const after = await sizes(database)
    const wrong = (await audit(database))
      .filter((check) => check.name.startsWith('each period') || check.name.startsWith('the charges'))
      .flatMap((check) => check.wrong)
    if (wrong.length > 0) throw new Error(`the books are wrong: ${wrong.slice(0, 3).join('; ')}`)
    const settled = meters * runs.length
    const perReading = (of) =>
      runs.some((one) => of(one) === null) ? null : runs.reduce((sum, one) => sum + of(one), 0) / settled
    const paid = runs.flatMap((one) => one.paid)
    return {
      rate: quantile(
        runs.map((one) => one.rate),
        0.5,
      ),
      best: Math.max(...runs.map((one) => one.rate)),
      node: perReading(({ processor }) => processor.node),
      postgres: perReading(({ processor }) => processor.postgres),
      others: quantile(
        runs.map(({ processor }) => processor.others ?? 0),
        0.5,
      ),
      p50: quantile(paid, 0.5),
      p99: quantile(paid, 0.99),
      payments: paid.length,
      bytes: (after.bytes - before.bytes) / settled,
      wal: (after.wal - before.wal) / settled,
      insert: await plainInsert(database, meters),
      copy: await plainCopy(database, url, meters, batchSize),
      bigCopy: await plainCopy(database, url, meters, 50_000),
    }
  })

await withServer({ url: values['database-url'] ?? process.env.DATABASE_URL, settings, tell }, async (adminUrl) => {
  say(`${await describeServer(adminUrl)}; ${cpus().length} cores, Node ${process.versions.node}`)
  say(`${lanes} batches of ${batchSize} side by side, ${perSecond} payments/s beside them`)
  for (const meters of values.meters.split(',').map(Number)) {
    const one = await measure(adminUrl, meters)
    const us = (value) => (value === null ? '–' : `${value.toFixed(1)} µs`)
    const thousands = (value) => Math.round(value).toLocaleString('en')
    say(`${thousands(meters)} meters`)
    say(`  settled            ${thousands(one.rate)} readings/s (median of rounds; best ${thousands(one.best)})`)
    say(
      `  processor          ${us(one.node)} of ours and ${us(one.postgres)} of PostgreSQL a reading, payments included; others had ${Math.round(one.others * 100)} % of the machine`,
    )
    say(`  payments           p50 ${one.p50.toFixed(1)} ms, p99 ${one.p99.toFixed(1)} ms (${one.payments})`)
    say(`  database           ${Math.round(one.bytes)} bytes a reading, ${Math.round(one.wal)} of write-ahead log`)
    say(
      `  the same rows by   insert … select ${thousands(one.insert)}/s; COPY ${thousands(one.copy)}/s in batches of ${batchSize}, ${thousands(one.bigCopy)}/s in batches of 50,000`,
    )
  }
})
