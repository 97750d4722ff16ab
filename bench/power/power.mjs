#!/usr/bin/env node
/**
 * `npm run bench:power [-- --baud 2400,9600 --samples 200 --meters 200]`: from a payment at the HTTP API to the close that
 * the status word has proven, on one line whose meters are polled without a pause. Beside it the physical limit.
 */
import { randomUUID } from 'node:crypto'
import { parseArgs } from 'node:util'
import { setTimeout as sleep } from 'node:timers/promises'
import { createClient, listMeters, signIn, topUp } from '../../contract/dist/index.js'
import { quantile, tell, until, withField } from './field.mjs'
import { limitMs } from './limit.mjs'

const { values } = parseArgs({
  options: {
    baud: { type: 'string', default: '2400,9600' },
    samples: { type: 'string', default: '200' },
    meters: { type: 'string', default: '200' },
  },
})
const meters = Number(values.meters)
const samples = Math.min(Number(values.samples), meters)
const allowanceMs = 100
/** The wall clock runs so fast that a round of reads is never over before the next one is due. */
const rate = 10
/** Monday, 09:00 in Shanghai. */
const startAt = Date.parse('2026-11-23T01:00:00Z')
const betweenPaymentsMs = { least: 200, most: 1_800 }

const say = (text) => process.stdout.write(`${text}\n`)

const signedIn = async (url, password) => {
  let cookie = ''
  const client = createClient(url, async (address, init) => {
    const answer = await fetch(address, { ...init, headers: { ...init.headers, ...(cookie && { cookie }) } })
    cookie = answer.headers.getSetCookie()[0]?.split(';')[0] ?? cookie
    return answer
  })
  await client(signIn, { body: { login: 'admin', password } })
  return client
}

const measure = async (baudRate) =>
  withField(
    {
      lines: 1,
      metersPerLine: meters,
      baudRate,
      startAt,
      rate,
      constantWatts: 500,
      // The guard is not what is measured.
      prepare: async (database) =>
        database.query('update trip_guard set most_per_minute = 10000, most_per_day_floor = 10000'),
    },
    async ({ url, password, database, field }) => {
      const call = await signedIn(url, password)
      // Tripping everybody first is not measured, so the wire takes no time for it.
      await field('PATCH', '/gateways/GW-1', { line: { timing: 'none' } })
      tell('waiting until everybody is tripped …')
      await until('everybody is tripped', async () => everybodyTripped(database), 600_000, 500)
      await field('PATCH', '/gateways/GW-1', { line: { timing: 'real', baudRate } })
      await sleep(3_000)
      const { meters: rows } = await call(listMeters)
      const readsBefore = await readsOf(database)
      const startedMs = performance.now()
      const cases = []
      for (const { account, place } of rows.slice(0, samples)) {
        await sleep(betweenPaymentsMs.least + Math.random() * (betweenPaymentsMs.most - betweenPaymentsMs.least))
        const askedAt = Date.now()
        const paid = await call(topUp, { params: { id: account.id }, body: { key: randomUUID(), amount: '50' } })
        const [restoring] = paid.restoring
        if (restoring === undefined) throw new Error(`${place}: the payment restored nothing`)
        const done = await until(`${place} closed`, async () => finished(database, restoring.commandId), 120_000)
        if (done.state !== 'verified') throw new Error(`${place}: the close was ${done.state}: ${done.failure}`)
        cases.push({ ...done, total: done.finishedMs - askedAt, accepted: done.paidMs - askedAt })
        if (cases.length % 20 === 0) tell(`${String(baudRate)} bit/s: ${String(cases.length)} of ${String(samples)}`)
      }
      const reads = (await readsOf(database)) - readsBefore
      return { cases, readsPerSecond: (reads / (performance.now() - startedMs)) * 1_000 }
    },
  )

const everybodyTripped = async (database) => {
  const [row] = await database.query(
    `select count(*) filter (where relay = 'open' and restore_owed) = count(*)
       and not exists (select from relay_command where state in ('queued', 'sent', 'acknowledged')) as all from meter`,
  )
  return row.all
}

const readsOf = async (database) => {
  const [row] = await database.query('select coalesce(sum(good + held + failed), 0)::int as count from read_count')
  return row.count
}

/** Machine time of each step of a close, once it is over. */
const finished = async (database, id) => {
  const [row] = await database.query(
    `select c.state, c.failure, c.attempts,
       (extract(epoch from p.real_at) * 1000)::float8 as "paidMs",
       (extract(epoch from c.real_finished_at) * 1000)::float8 as "finishedMs",
       (extract(epoch from (select min(e.real_at) from command_event e where e.command_id = c.id and e.kind = 'sent')) * 1000)::float8 as "sentMs",
       (select sum(duration_ms) from command_event e where e.command_id = c.id)::float8 as "wireMs"
     from relay_command c join payment p on p.id = c.payment_id where c.id = $1 and c.finished_at is not null`,
    [id],
  )
  return row ?? null
}

const milliseconds = (value) => value.toFixed(0).padStart(5)

let kept = true
say('payment at the HTTP API to the close proven by the status word, one line, polled without a pause (ms)')
say('bit/s  meters samples   p50   p95   p99 worst | limit (in flight + close + status) | target p99 ≤ limit + 100')
for (const baudRate of values.baud.split(',').map(Number)) {
  const { cases, readsPerSecond } = await measure(baudRate)
  const limit = limitMs(baudRate)
  const totals = cases.map(({ total }) => total)
  const p99 = quantile(totals, 0.99)
  const isKept = p99 <= limit.total + allowanceMs
  kept &&= isKept
  const [p50, p95] = [quantile(totals, 0.5), quantile(totals, 0.95)]
  say(
    `${String(baudRate).padStart(5)}  ${String(meters).padStart(6)} ${String(cases.length).padStart(7)} ${[p50, p95, p99, Math.max(...totals)].map(milliseconds).join(' ')} | ` +
      `${limit.total.toFixed(0)} (${[limit.inFlight, limit.close, limit.status].map((one) => one.toFixed(0)).join(' + ')}) | ${isKept ? 'kept' : 'MISSED'}`,
  )
  const part = (name, pick) =>
    `${name} ${quantile(cases.map(pick), 0.5).toFixed(0)} / ${quantile(cases.map(pick), 0.99).toFixed(0)}`
  say(
    `       p50 / p99: ${[
      part('asked to credited', ({ accepted }) => accepted),
      part('credited to sent', ({ sentMs, paidMs }) => sentMs - paidMs),
      part('on the wire', ({ wireMs }) => wireMs),
      part('sent to verified less wire', ({ finishedMs, sentMs, wireMs }) => finishedMs - sentMs - wireMs),
    ].join(', ')}; ${readsPerSecond.toFixed(1)} meters read a second meanwhile`,
  )
}
process.exitCode = kept ? 0 : 1
