import { recordData } from '../../server/dist/flow/record-data.js'
import { measurementHistory } from '../../server/dist/flow/measurement-history.js'
import { rollUpMeasurements } from '../../server/dist/flow/roll-up-measurements.js'

/** Every four hours, which is the usual pace. */
const perDay = 6
const daysPerYear = 365
const dayMs = 86_400_000
const timeZone = 'Asia/Shanghai'
/** What the program writes at once. */
const batchSize = 125

/** Even meters have three phases, odd ones one; values wander, as those of a meter do. */
const fill = async (database, { start, end }) => {
  await database.query('select ensure_measurement_partitions($1::date, $2::date)', [
    new Date(start - dayMs),
    new Date(end + dayMs),
  ])
  await database.transaction(
    async (sql) =>
      sql.query(
        `insert into measurement (at, meter_id, bucket, voltage_a_mv, voltage_b_mv, voltage_c_mv, current_a_ma, current_b_ma,
           current_c_ma, active_total_dw, active_a_dw, active_b_dw, active_c_dw, reactive_total_dvar, reactive_a_dvar,
           reactive_b_dvar, reactive_c_dvar, factor_total_pm, factor_a_pm, factor_b_pm, factor_c_pm, frequency_chz)
         select s.at + m.id * interval '40 ms', m.id, m.bucket, 230000 + t.n, t.b + 229000, t.b + 231000, 2000 + t.n,
           t.b + 1500, t.b + 1800, 10000 + t.n, 4000 + t.n, t.b + 3000, t.b + 3000, 900, 300, t.b + 300, t.b + 300, 970, 970,
           t.b / 100 + 960, t.b / 100 + 950, 5000
         from generate_series($1::timestamptz, $2::timestamptz - interval '1 second', interval '4 hours') as s(at)
         cross join meter m cross join lateral (
           select (extract(epoch from s.at)::bigint / 3600 * 37 + m.id * 11) % 6000 as n) n
         cross join lateral (select n.n::int as n, case when m.id % 2 = 0 then n.n::int end as b) t`,
        [new Date(start), new Date(end)],
      ),
    { statementTimeoutMs: 30 * 60_000 },
  )
}

/** Heap of the rows of one kind of meter, by what PostgreSQL says of each row with its header and its pointer. */
const rowBytes = async (database, isThreePhase) => {
  const [row] = await database.query(
    `select avg(pg_column_size(x.*) + 4)::float8 as bytes from (
       select * from measurement where meter_id % 2 = $1 limit 10000) x`,
    [isThreePhase ? 0 : 1],
  )
  return row.bytes
}

/** What instantaneous values weigh, moment by moment and day by day, and what writing and reading them costs. */
export const weighMeasurements = async ({ database, context, meters, days, start, bytesOf, timed, ms, say }) => {
  const end = start + days * dayMs
  await fill(database, { start, end })
  const rows = meters * days * perDay
  const { heap, indexes } = await bytesOf(database, 'measurement')
  const year = perDay * daysPerYear
  const index = indexes / rows
  const kilo = (bytes) => `${((bytes * year) / 1e3).toFixed(0)} kB a meter-year`
  say(`measurements, every four hours: ${rows} rows; ${(heap / rows).toFixed(0)} B and ${index.toFixed(0)} B of index`)
  for (const [name, isThreePhase] of [
    ['single-phase', false],
    ['three-phase', true],
  ]) {
    const bytes = await rowBytes(database, isThreePhase)
    say(`  ${name}: ${bytes.toFixed(0)} B and ${index.toFixed(0)} B of index, ${kilo(bytes + index)}`)
  }
  const begin = performance.now()
  while (await rollUpMeasurements(context));
  const tookMs = performance.now() - begin
  await database.query('vacuum analyze measurement, measurement_day')
  const [counted] = await database.query('select count(*) as days from measurement_day')
  const day = await bytesOf(database, 'measurement_day')
  const dayBytes = (day.heap + day.indexes) / Number(counted.days)
  say(
    `  their days: ${dayBytes.toFixed(0)} B with index, ${((dayBytes * daysPerYear) / 1e3).toFixed(0)} kB a meter-year; ` +
      `rolled up ${Math.round((rows / tookMs) * 1_000)} measurements/s`,
  )
  const history = async (meterId, spanDays) =>
    measurementHistory(database, { meterId, timeZone, from: end - spanDays * dayMs, to: end, quantity: 'voltage' })
  say(`  a month of a meter, moment by moment: ${ms(await timed(async (id) => history(id, Math.min(31, days))))}`)
  say(
    `  a year of a meter, day by day: ${ms(await timed(async (id) => history(id, Math.max(63, Math.min(366, days)))))}`,
  )
  await write({ database, context, meters, at: end, say })
}

/** As the collector writes them: batches of neighbours, the newest values and the history in one statement. */
const write = async ({ database, context, meters, at, say }) => {
  await database.query('checkpoint').catch(() => undefined)
  const rounds = 5
  const [before] = await database.query(`select pg_current_wal_lsn()::text as lsn`)
  const begin = performance.now()
  const processor = process.cpuUsage()
  for (let round = 0; round < rounds; round += 1)
    for (let first = 1; first <= meters; first += batchSize) {
      const batch = []
      for (let meterId = first; meterId < Math.min(first + batchSize, meters + 1); meterId += 1) {
        const moment = at + round * 14_400_000 + meterId * 40
        const phases = meterId % 2 === 0 ? { a: 230_000, b: 229_000, c: 231_000 } : { a: 230_000, b: null, c: null }
        const data = {
          voltageBlock: phases,
          currentBlock: phases,
          activePowerBlock: { total: 1_000_000, ...phases },
          reactivePowerBlock: { total: 100_000, ...phases },
          powerFactorBlock: { total: 970, a: 970, b: null, c: null },
          frequency: 50_000,
        }
        batch.push({ meterId, dataSet: 'instantaneous', slotAt: moment, at: moment, data, problem: null })
      }
      await recordData(context, batch)
    }
  const tookMs = performance.now() - begin
  const { user, system } = process.cpuUsage(processor)
  const [after] = await database.query(`select pg_wal_lsn_diff(pg_current_wal_lsn(), $1::pg_lsn)::float8 as bytes`, [
    before.lsn,
  ])
  const written = rounds * meters
  say(
    `  written with the newest values, batches of ${batchSize}: ${Math.round((written / tookMs) * 1_000)} a second, ` +
      `${((user + system) / written).toFixed(0)} µs of ours, ${(after.bytes / written).toFixed(0)} B of WAL each`,
  )
}
