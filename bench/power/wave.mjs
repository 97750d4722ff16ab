#!/usr/bin/env node
/**
 * `npm run bench:wave [-- --lines 5 --meters 200 --baud 9600 --rate 20]`: everybody's money is used up when the trip window
 * opens at 09:00, every twentieth account is protected. Once with the guard as the product has it, once with a guard that
 * lets everybody through. Printed: what the guard did, in which order people were cut, how fast, and that nobody protected
 * was. Ends with 1 when one was, or when the guard let more through than it may.
 */
import { parseArgs } from 'node:util'
import { quantile, tell, until, withField } from './field.mjs'

const { values } = parseArgs({
  options: {
    lines: { type: 'string', default: '5' },
    meters: { type: 'string', default: '200' },
    baud: { type: 'string', default: '9600' },
    rate: { type: 'string', default: '20' },
  },
})
const lines = Number(values.lines)
const metersPerLine = Number(values.meters)
const baudRate = Number(values.baud)
const rate = Number(values.rate)
const protectedEvery = 20
/** Monday in Shanghai. */
const startAt = Date.parse('2026-11-23T00:00:00Z')
const opensAt = Date.parse('2026-11-23T01:00:00Z')
const patienceMs = 20 * 60_000

const say = (text) => process.stdout.write(`${text}\n`)
const clockText = (at) => new Date(at + 8 * 3_600_000).toISOString().slice(11, 19)

const isProtected = (index) => index % protectedEvery === 0

const play = async (guard) =>
  withField(
    {
      lines,
      metersPerLine,
      baudRate,
      startAt,
      rate,
      constantWatts: 500,
      isProtected,
      agreement: { tripFrom: '09:00', tripTo: '16:00' },
      prepare: async (database) => {
        if (guard !== null)
          await database.query(
            'update trip_guard set most_per_minute = $1, most_per_day_percent = 100, most_per_day_floor = 10000',
            [guard],
          )
      },
    },
    async ({ database, field }) => {
      const gateways = Array.from({ length: lines }, (_, index) => `GW-${String(index + 1)}`)
      const change = async (line) => {
        for (const id of gateways) await field('PATCH', `/gateways/${id}`, { line })
      }
      const one = async (text, parameters = []) => (await database.query(text, parameters))[0]
      // Reading and warning everybody is not what is measured, so the wire takes no time for it.
      await change({ timing: 'none' })
      tell('waiting until everybody is read and told …')
      await until(
        'everybody is told',
        async () =>
          (
            await one(
              `select not exists (select from account where not protected and stage not in ('stop-notified', 'cut-off'))
                 and not exists (select from relay_command where state in ('queued', 'sent', 'acknowledged')) as all`,
            )
          ).all,
        patienceMs,
        500,
      )
      const { early } = await one('select max(at) > $1 as early from command_event', [new Date(opensAt)])
      if (early) throw new Error('the window opened before everybody was told: this machine needs a lower --rate')
      await change({ timing: 'real', baudRate })
      tell('waiting for 09:00 and what follows …')
      await until(
        'the wave is over',
        async () =>
          (
            await one(
              `select exists (select from relay_command where kind = 'trip')
                 and not exists (select from relay_command where kind = 'trip' and state in ('queued', 'sent', 'acknowledged'))
                 and (exists (select from trip_guard where frozen_at is not null)
                   or not exists (select from account a join meter m on m.account_id = a.id where not a.protected and m.relay <> 'open')) as over`,
            )
          ).over,
        patienceMs,
        500,
      )
      const trips = await database.query(
        `select c.state, c.attempts, m.place, a.protected, e.at as sent_at, c.finished_at,
                (extract(epoch from c.real_finished_at) * 1000)::float8 as real_ms,
                (extract(epoch from c.real_sent_at) * 1000)::float8 as sent_ms
         from relay_command c join meter m on m.id = c.meter_id join account a on a.id = c.account_id
           left join lateral (select at from command_event where command_id = c.id and kind = 'sent' order by id limit 1) e on true
         where c.kind = 'trip' order by e.at nulls last, c.id`,
      )
      const state = await one(
        `select frozen_at, frozen_because, most_per_minute, most_per_day_percent, most_per_day_floor from trip_guard`,
      )
      const open = await one(
        `select count(*) filter (where m.relay = 'open')::int as open, count(*) filter (where m.relay = 'open' and a.protected)::int as protected
         from meter m join account a on a.id = m.account_id`,
      )
      const reality = []
      for (let from = 0; ; from += 1_000) {
        const page = await field('GET', `/meters?from=${String(from)}`)
        reality.push(...page)
        if (page.length < 1_000) break
      }
      const openInTheField = reality.filter(({ relay }) => relay.actual === 'open').length
      return { trips, state, open, openInTheField }
    },
  )

/**
 * The guard's minute begins with the first trip after the one before was over. Between counting a trip and writing down that
 * it was sent lies a moment, which a fast clock makes seconds.
 */
const guardMinuteMs = 55_000
const mostInWindow = (times) => {
  let [from, count, most] = [-Infinity, 0, 0]
  for (const at of times.toSorted((a, b) => a - b)) {
    if (at >= from + guardMinuteMs) [from, count] = [at, 0]
    count += 1
    most = Math.max(most, count)
  }
  return most
}

let fine = true
for (const guard of [null, 10_000]) {
  const { trips, state, open, openInTheField } = await play(guard)
  const accounts = lines * metersPerLine
  const verified = trips.filter((trip) => trip.state === 'verified')
  const most = mostInWindow(trips.flatMap(({ sent_at: at }) => (at === null ? [] : [at])))
  const daily = Math.max(state.most_per_day_floor, Math.floor((accounts * state.most_per_day_percent) / 100))
  const seconds =
    (Math.max(...verified.map((trip) => trip.real_ms)) - Math.min(...verified.map((trip) => trip.sent_ms))) / 1_000
  const early = trips.filter(({ sent_at: at }) => at !== null && at < opensAt).length
  say('')
  say(
    `guard: ${String(state.most_per_minute)} a minute, ${String(daily)} a day; ${String(accounts)} accounts used up on ${String(lines)} lines at ${String(baudRate)} bit/s, ${String(Math.ceil(accounts / protectedEvery))} of them protected`,
  )
  say(
    `  trips proven ${String(verified.length)} (relays open in the field ${String(openInTheField)}), sent before 09:00 ${String(early)}, protected cut ${String(open.protected)}`,
  )
  say(
    `  at most ${String(most)} in one minute; ${state.frozen_at === null ? 'not frozen' : `frozen at ${clockText(state.frozen_at)} for ${state.frozen_because}`}`,
  )
  say(
    `  first ${trips
      .slice(0, 5)
      .map(({ place, sent_at: at }) => `${place} ${clockText(at)}`)
      .join(', ')} … last ${verified
      .slice(-2)
      .map(({ place, sent_at: at }) => `${place} ${clockText(at)}`)
      .join(', ')}`,
  )
  say(
    `  ${(verified.length / seconds).toFixed(1)} trips a second of machine time; sent to proven p50 ${quantile(
      verified.map((trip) => trip.real_ms - trip.sent_ms),
      0.5,
    ).toFixed(0)} ms, p99 ${quantile(
      verified.map((trip) => trip.real_ms - trip.sent_ms),
      0.99,
    ).toFixed(0)} ms`,
  )
  fine &&= early === 0 && open.protected === 0 && most <= state.most_per_minute && verified.length <= daily
  fine &&= openInTheField === open.open && open.open === verified.length
}
process.exitCode = fine ? 0 : 1
