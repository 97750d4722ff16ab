import { channels, type Measured, type Measurement } from '../domain/measurement.ts'
import type { DemandFacts, FreezeFacts } from '../domain/meter-day-data.ts'
import type { MeterData } from './collection.ts'
import type { Sql } from './database.ts'
import { measurementColumns, storedOf } from './measurement-columns.table.ts'

export type MeterMeasurement = Measurement & Readonly<{ meterId: number }>

/** What was collected of a meter: kept as the newest of its set, and in the history of what it tells. */
export type Collected = MeterData &
  Readonly<{
    /** Of instantaneous values: what the console shows of the moment, and what has a history. */
    shown: unknown
    measured: Measured | null
    demand: DemandFacts | null
    freeze: FreezeFacts | null
  }>

const longestProblem = 400
const columns = channels.map((channel) => measurementColumns[channel])
const columnNames = columns.map(({ name }) => name).join(', ')

/** Arrays from parameter `first` on: meters, times, and one for each channel. What is known already changes nothing. */
const insertMeasurements = (first: number): string => {
  const arrays = ['int[]', 'timestamptz[]', ...columns.map(({ type }) => `${type}[]`)]
  return `insert into measurement (meter_id, at, bucket, ${columnNames})
    select n.meter_id, n.at, m.bucket, ${columns.map(({ name }) => `n.${name}`).join(', ')}
    from unnest(${arrays.map((type, index) => `$${String(first + index)}::${type}`).join(', ')})
      as n(meter_id, at, ${columnNames}) join meter m on m.id = n.meter_id
    on conflict do nothing`
}

const measurementValues = (rows: readonly MeterMeasurement[]): unknown[] => [
  rows.map(({ meterId }) => meterId),
  rows.map(({ at }) => new Date(at)),
  ...channels.map((channel) => rows.map(({ measured }) => storedOf(measurementColumns[channel], measured[channel]))),
]

const measurementsFrom = 10
const demandFrom = measurementsFrom + 2 + columns.length
const freezeFrom = demandFrom + 7
const place = (index: number): string => `$${String(index)}`

/** One of a meter and local day: the newest of it. `day` is that of the site. */
const dayOf = 'select distinct on (n.meter_id, (n.at at time zone s.time_zone)::date)'
const daySource = `n.meter_id, (n.at at time zone s.time_zone)::date, m.bucket, n.at`
const dayOrder = `join meter m on m.id = n.meter_id join site s on s.id = m.site_id
      order by n.meter_id, (n.at at time zone s.time_zone)::date, n.at desc`

const collectedQuery = `
  with newest as (
    insert into meter_data as d (meter_id, data_set, slot_at, at, data, problem)
    select * from unnest($1::int[], $2::text[], $3::timestamptz[], $4::timestamptz[], $5::jsonb[], $6::text[])
    on conflict (meter_id, data_set) do update
      set slot_at = excluded.slot_at, at = excluded.at, data = excluded.data, problem = excluded.problem
      where d.at <= excluded.at
  ), shown as (
    update meter m set instantaneous = n.found from unnest($7::int[], $8::bigint[], $9::jsonb[]) as n(id, at, found)
    where m.id = n.id and coalesce((m.instantaneous->>'at')::bigint, 0) <= n.at
  ), measured as (
    ${insertMeasurements(measurementsFrom)}
  ), demanded as (
    insert into meter_demand as d (meter_id, day, bucket, at, greatest_dw, greatest_at, present_dw, present_dvar, reverse_wh)
    ${dayOf} ${daySource}, n.greatest, n.greatest_at::timestamp at time zone s.time_zone, n.present, n.reactive, n.reverse
    from unnest(${place(demandFrom)}::int[], ${place(demandFrom + 1)}::timestamptz[], ${place(demandFrom + 2)}::int[],
                ${place(demandFrom + 3)}::text[], ${place(demandFrom + 4)}::int[], ${place(demandFrom + 5)}::int[],
                ${place(demandFrom + 6)}::bigint[])
      as n(meter_id, at, greatest, greatest_at, present, reactive, reverse) ${dayOrder}
    on conflict (meter_id, day) do update
      set at = excluded.at, greatest_dw = excluded.greatest_dw, greatest_at = excluded.greatest_at,
          present_dw = excluded.present_dw, present_dvar = excluded.present_dvar, reverse_wh = excluded.reverse_wh
      where d.at <= excluded.at
  ), closed as (
    insert into meter_freeze as d (meter_id, day, bucket, at, frozen_at, total_wh, rates_wh, this_month_wh, last_month_wh)
    ${dayOf} ${daySource}, n.frozen_at::timestamp at time zone s.time_zone, n.total, n.rates::bigint[], n.this_month, n.last_month
    from unnest(${place(freezeFrom)}::int[], ${place(freezeFrom + 1)}::timestamptz[], ${place(freezeFrom + 2)}::text[],
                ${place(freezeFrom + 3)}::bigint[], ${place(freezeFrom + 4)}::text[], ${place(freezeFrom + 5)}::bigint[],
                ${place(freezeFrom + 6)}::bigint[])
      as n(meter_id, at, frozen_at, total, rates, this_month, last_month) ${dayOrder}
    on conflict (meter_id, day) do update
      set at = excluded.at, frozen_at = excluded.frozen_at, total_wh = excluded.total_wh, rates_wh = excluded.rates_wh,
          this_month_wh = excluded.this_month_wh, last_month_wh = excluded.last_month_wh
      where d.at <= excluded.at
  ) select 1`

const powerColumn = measurementColumns.activePowerTotal

/**
 * Keeps the newest of each set (an older one never takes its place) and everything in its history, in one statement. What
 * is written again changes nothing. Months are there already.
 */
export const saveCollected = async (sql: Sql, batch: readonly Collected[]): Promise<void> => {
  if (batch.length === 0) return
  const rows = newestOf(batch)
  const shown = newestOf(batch.filter((one) => one.shown !== null))
  const demand = batch.flatMap(({ meterId, at, demand: facts }) => (facts === null ? [] : [{ meterId, at, facts }]))
  const freeze = batch.flatMap(({ meterId, at, freeze: facts }) => (facts === null ? [] : [{ meterId, at, facts }]))
  await sql.query(collectedQuery, [
    rows.map(({ meterId }) => meterId),
    rows.map(({ dataSet }) => dataSet),
    rows.map(({ slotAt }) => new Date(slotAt)),
    rows.map(({ at }) => new Date(at)),
    rows.map(({ data }) => JSON.stringify(data)),
    rows.map(({ problem }) => problem?.slice(0, longestProblem) ?? null),
    shown.map(({ meterId }) => meterId),
    shown.map(({ at }) => at),
    shown.map((one) => JSON.stringify(one.shown)),
    ...measurementValues(
      batch.flatMap(({ meterId, at, measured }) => (isTold(measured) ? [{ meterId, at, measured }] : [])),
    ),
    demand.map(({ meterId }) => meterId),
    demand.map(({ at }) => new Date(at)),
    demand.map(({ facts }) => storedOf(powerColumn, facts.greatestMilliwatts)),
    demand.map(({ facts }) => facts.greatestAt),
    demand.map(({ facts }) => storedOf(powerColumn, facts.presentMilliwatts)),
    demand.map(({ facts }) => storedOf(powerColumn, facts.presentMillivars)),
    demand.map(({ facts }) => facts.reverseWh),
    freeze.map(({ meterId }) => meterId),
    freeze.map(({ at }) => new Date(at)),
    freeze.map(({ facts }) => facts.frozenAt),
    freeze.map(({ facts }) => facts.totalWh),
    freeze.map(({ facts }) => (facts.ratesWh.length === 0 ? null : `{${facts.ratesWh.join(',')}}`)),
    freeze.map(({ facts }) => facts.thisMonthWh),
    freeze.map(({ facts }) => facts.lastMonthWh),
  ])
}

const isTold = (measured: Measured | null): measured is Measured =>
  measured !== null && Object.keys(measured).length > 0

/** One row of a meter and set per statement: the newest of the batch, in the order of the meters. */
const newestOf = (batch: readonly Collected[]): readonly Collected[] => {
  const newest = new Map<string, Collected>()
  for (const one of batch) {
    const key = `${String(one.meterId)} ${one.dataSet}`
    const known = newest.get(key)
    if (known === undefined || known.at <= one.at) newest.set(key, one)
  }
  return [...newest.values()].toSorted((a, b) => a.meterId - b.meterId)
}

const measurementsQuery = insertMeasurements(1)

/** Measurements that came on another way than that of a schedule. Months are there already. */
export const saveMeasurements = async (sql: Sql, rows: readonly MeterMeasurement[]): Promise<void> => {
  const told = rows.filter(({ measured }) => isTold(measured))
  if (told.length > 0) await sql.query(measurementsQuery, measurementValues(told))
}
