#!/usr/bin/env node
/**
 * `npm run bench:overview [-- --meters 20000 --slots 24]`: what the figures of the overview cost with so many meters that
 * were each charged so many times since midnight: the day summed up anew, the first look of a server, and each look after it
 * with a thousand new charges; and the counts of meters and accounts beside it.
 */
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { startEmbeddedPostgres } from '../../server/dist/app/embedded-postgres/start-embedded-postgres.js'
import { connectionUrl } from '../../server/dist/store/connection.js'
import { openDatabase } from '../../server/dist/store/database.js'
import { migrate } from '../../server/dist/store/migrate.js'
import { createDaySums } from '../../server/dist/store/view/day-sums.js'
import { viewOverview } from '../../server/dist/store/view/overview.js'
import { populate } from '../settle/population.mjs'

const { values } = parseArgs({
  options: { meters: { type: 'string', default: '20000' }, slots: { type: 'string', default: '24' } },
})
const [meters, slots] = [values.meters, values.slots].map(Number)
/** Midnight in Shanghai. */
const midnight = Date.parse('2026-11-24T16:00:00Z')
const halfHourMs = 1_800_000
const newPerLook = 1_000
const looks = 20

const say = (text) => process.stdout.write(`${text}\n`)
const tell = (text) => process.stderr.write(`${text}\n`)

const charge = async (database, at, most) =>
  database.transaction(
    async (sql) =>
      sql.query(
        `insert into transfer (at, id, bucket, debit_id, credit_id, amount, kind, account_id, balance_after, meter_id,
                               agreement_id, price_plan_id, used_wh, posted_at)
         select $1::timestamptz + m.id * interval '1 ms', gen_random_uuid(), m.bucket, d.id, r.id, 200000 + m.id, 'energy-charge',
                m.account_id, 0, m.id, a.agreement_id, g.price_plan_id, 400, $1
         from meter m join account a on a.id = m.account_id join agreement g on g.id = a.agreement_id
         join ledger_account d on d.account_id = a.id and d.code = 'customer-prepayment'
         cross join lateral (select id from ledger_account where code = 'revenue' and owner = 'energy' order by id limit 1) r
         where m.id <= $2`,
        [new Date(at), most],
      ),
    { statementTimeoutMs: 30 * 60_000 },
  )

const took = async (work) => {
  const begin = performance.now()
  const answer = await work()
  return { ms: performance.now() - begin, answer }
}
const chargedOf = (hours) => hours.reduce((sum, hour) => sum + hour.charged, 0n)

const folder = await mkdtemp(join(tmpdir(), 'xianfu-bench-'))
await chmod(folder, 0o711)
const server = await startEmbeddedPostgres({
  dataDirectory: join(folder, 'data'),
  settings: { shared_buffers: '512MB', max_wal_size: '2GB' },
  onProgress: tell,
})
const database = openDatabase({
  connection: { connectionString: connectionUrl({ ...server.connection, database: 'postgres' }) },
  onError: (error) => tell(String(error)),
})
try {
  await migrate(database)
  await populate(database, { meters, now: midnight })
  await database.query('select ensure_day_partitions($1::date, $2::date)', [
    new Date(midnight),
    new Date(midnight + 86_400_000),
  ])
  await database.query(`insert into ledger_account (bucket, code, owner) values (0, 'revenue', 'energy')`)
  for (let slot = 0; slot < slots; slot += 1) await charge(database, midnight + slot * halfHourMs, meters)
  await database.query('vacuum analyze')
  const anew = await took(async () => createDaySums()(database, midnight))
  const sums = createDaySums()
  const first = await took(async () => sums(database, midnight))
  await sums(database, midnight)
  const later = []
  for (let look = 0; look < looks; look += 1) {
    await charge(database, midnight + slots * halfHourMs + look, newPerLook)
    later.push((await took(async () => sums(database, midnight))).ms)
  }
  later.sort((a, b) => a - b)
  const whole = chargedOf(await createDaySums()(database, midnight))
  const [{ transfers }] = await database.query('select count(*) as transfers from transfer where at >= $1', [
    new Date(midnight),
  ])
  if (chargedOf(await sums(database, midnight)) !== whole) throw new Error('the sums are not those of the ledger')
  const counts = await took(async () => viewOverview(database, '2026-11-25', midnight))
  say(`${meters} meters, ${transfers} charges since midnight`)
  say(`the day summed up anew: ${anew.ms.toFixed(0)} ms; the first look: ${first.ms.toFixed(0)} ms`)
  say(
    `each look after it, ${newPerLook} new charges: p50 ${later[looks / 2].toFixed(1)} ms, worst ${later.at(-1).toFixed(1)} ms`,
  )
  say(`meters, accounts and payments counted: ${counts.ms.toFixed(0)} ms`)
} finally {
  await database.close()
  await server.stop()
  await rm(folder, { recursive: true, force: true })
}
