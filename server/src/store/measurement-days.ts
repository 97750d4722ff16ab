import {
  dailyChannels,
  type Channel,
  channels,
  type Measurement,
  type Spreads,
  type DailyChannel,
  type Spread,
} from '../domain/measurement.ts'
import type { Imbalance, PhaseQuality, PowerQuality } from '../domain/power-quality.ts'
import type { Span } from '../domain/gap.ts'
import type { Reach } from '../domain/reach.ts'
import type { Sql } from './database.ts'
import { within } from './reach.ts'
import { dayColumn, measurementColumns, spreadParts, storedOf } from './measurement-columns.table.ts'

/** What the measurements of a local day came to. */
export type MeasurementDay = Readonly<{ measurements: number; spreads: Spreads; quality: PowerQuality }>
export type StoredMeasurementDay = MeasurementDay & Readonly<{ meterId: number; bucket: number; day: string }>

type Row = Readonly<Record<string, number | null>>
type Column = Readonly<{ name: string; type: 'int' | 'smallint'; value(day: MeasurementDay): number | null }>

const phases = ['a', 'b', 'c'] as const
const counts = ['judged', 'above', 'below'] as const
const imbalances = ['voltage', 'current'] as const

/** More of a day than this do not fit the column; a minute between two is the shortest pace. */
const mostOfDay = 32_767
const counted = (value: number): number => Math.min(value, mostOfDay)

const columns: readonly Column[] = [
  { name: 'measurements', type: 'smallint', value: ({ measurements }) => counted(measurements) },
  ...dailyChannels.flatMap((channel) =>
    spreadParts.map((part): Column => ({
      name: dayColumn(channel, part),
      type: measurementColumns[channel].type,
      value: ({ spreads }) => storedOf(measurementColumns[channel], spreads[channel]?.[part]),
    })),
  ),
  ...phases.flatMap((phase) =>
    counts.map((count): Column => ({
      name: `voltage_${phase}_${count}`,
      type: 'smallint',
      value: ({ quality }) => {
        const found = quality.phases[phase]?.[count]
        return found === undefined ? null : counted(found)
      },
    })),
  ),
  ...imbalances.flatMap((quantity): Column[] => [
    {
      name: `${quantity}_imbalance_count`,
      type: 'smallint',
      value: ({ quality }) => (quality[quantity] === null ? null : counted(quality[quantity].count)),
    },
    {
      name: `${quantity}_imbalance_mean_pm`,
      type: 'smallint',
      value: ({ quality }) => quality[quantity]?.meanPerMille ?? null,
    },
    {
      name: `${quantity}_imbalance_greatest_pm`,
      type: 'smallint',
      value: ({ quality }) => quality[quantity]?.greatestPerMille ?? null,
    },
  ]),
]
const names = columns.map(({ name }) => name)

const saveQuery = `
  insert into measurement_day (meter_id, day, bucket, ${names.join(', ')})
  select * from unnest($1::int[], $2::date[], $3::smallint[], ${columns.map(({ type }, index) => `$${String(index + 4)}::${type}[]`).join(', ')})
  on conflict (meter_id, day) do update set ${names.map((name) => `${name} = excluded.${name}`).join(', ')}`

/** Writes days down, over what they were. Their months are there already. */
export const saveMeasurementDays = async (sql: Sql, days: readonly StoredMeasurementDay[]): Promise<void> => {
  if (days.length === 0) return
  await sql.query(saveQuery, [
    days.map(({ meterId }) => meterId),
    days.map(({ day }) => day),
    days.map(({ bucket }) => bucket),
    ...columns.map(({ value }) => days.map(value)),
  ])
}

/** Whether what is stored of a day is what its measurements come to. */
export const isSameDay = (stored: Row | undefined, day: MeasurementDay): boolean =>
  stored !== undefined && columns.every(({ name, value }) => (stored[name] ?? null) === value(day))

export const storedDays = async (
  sql: Sql,
  meterIds: readonly number[],
  day: string,
): Promise<ReadonlyMap<number, Row>> => {
  const rows = await sql.query<Row & Readonly<{ meter_id: number }>>(
    `select meter_id, ${names.join(', ')} from measurement_day where meter_id = any($1::int[]) and day = $2`,
    [meterIds, day],
  )
  return new Map(rows.map((row) => [row.meter_id, row]))
}

const dayOf = (row: Row): MeasurementDay => {
  const spreads: Partial<Record<DailyChannel, Spread>> = {}
  for (const channel of dailyChannels) {
    const { size } = measurementColumns[channel]
    const [least, mean, greatest] = spreadParts.map((part) => row[dayColumn(channel, part)])
    if (least != null && mean != null && greatest != null)
      spreads[channel] = { least: least * size, mean: mean * size, greatest: greatest * size }
  }
  const phase = (name: (typeof phases)[number]): PhaseQuality | null => {
    const [judged, above, below] = counts.map((count) => row[`voltage_${name}_${count}`])
    return judged == null ? null : { judged, above: above ?? 0, below: below ?? 0 }
  }
  const imbalance = (quantity: (typeof imbalances)[number]): Imbalance | null => {
    const count = row[`${quantity}_imbalance_count`]
    return count == null
      ? null
      : {
          count,
          meanPerMille: row[`${quantity}_imbalance_mean_pm`] ?? 0,
          greatestPerMille: row[`${quantity}_imbalance_greatest_pm`] ?? 0,
        }
  }
  return {
    measurements: row['measurements'] ?? 0,
    spreads,
    quality: {
      phases: { a: phase('a'), b: phase('b'), c: phase('c') },
      voltage: imbalance('voltage'),
      current: imbalance('current'),
    },
  }
}

/** Rolled-up days of a meter, both included, oldest first: by its primary key, a row a day. */
export const viewMeasurementDays = async (
  sql: Sql,
  meterId: number,
  first: string,
  last: string,
): Promise<readonly (MeasurementDay & Readonly<{ day: string }>)[]> => {
  const rows = await sql.query<Row & Readonly<{ name: string }>>(
    `select to_char(day, 'YYYY-MM-DD') as name, ${names.join(', ')} from measurement_day
     where meter_id = $1 and day >= $2 and day <= $3 order by day`,
    [meterId, first, last],
  )
  return rows.map((row) => ({ day: row.name, ...dayOf(row) }))
}

const rawColumns = channels.map((channel) => measurementColumns[channel].name).join(', ')

const measurementOf = (row: Row & Readonly<{ at: number }>): Measurement => {
  const measured: Partial<Record<Channel, number>> = {}
  for (const channel of channels) {
    const { name, size } = measurementColumns[channel]
    const stored = row[name]
    if (stored != null) measured[channel] = stored * size
  }
  return { at: row.at, measured }
}

/** Measurements of many meters in a span, by meter, rising in time. */
export const measurementsOf = async (
  sql: Sql,
  meterIds: readonly number[],
  { from, to }: Span,
): Promise<ReadonlyMap<number, readonly Measurement[]>> => {
  const rows = await sql.query<Row & Readonly<{ meter_id: number; at: number }>>(
    `select meter_id, at, ${rawColumns} from measurement
     where meter_id = any($1::int[]) and at >= $2 and at < $3 order by meter_id, at`,
    [meterIds, new Date(from), new Date(to)],
  )
  const found = new Map<number, Measurement[]>()
  for (const row of rows) {
    const known = found.get(row.meter_id)
    if (known === undefined) found.set(row.meter_id, [measurementOf(row)])
    else known.push(measurementOf(row))
  }
  return found
}

/** Measurements of one meter, oldest first, at most so many. */
export const viewMeasurements = async (
  sql: Sql,
  meterId: number,
  { from, to }: Span,
  limit: number,
): Promise<readonly Measurement[]> => {
  const rows = await sql.query<Row & Readonly<{ at: number }>>(
    `select at, ${rawColumns} from measurement where meter_id = $1 and at >= $2 and at < $3 order by at limit $4`,
    [meterId, new Date(from), new Date(to), limit],
  )
  return rows.map(measurementOf)
}

export type ExportPlace = Readonly<{ meterId: number; at: string }>
export type MeasurementSpan = Readonly<{
  /** Local days of each site, `YYYY-MM-DD`, both included. */
  first: string
  last: string
  /** Null: all. */
  meterIds: readonly number[] | null
  /** Only of these sites; absent: of all. */
  reach?: Reach
}>

/** Measurements of many meters, in the order of meters and times, from behind a place on: for exports. */
export const viewMeasurementsAfter = async (
  sql: Sql,
  { first, last, meterIds, reach = null }: MeasurementSpan,
  after: ExportPlace,
  limit: number,
): Promise<readonly (Measurement & Readonly<{ address: string; place: string; next: ExportPlace }>)[]> => {
  const rows = await sql.query<
    Row & Readonly<{ at: number; meter_id: number; exact: string; address: string; place: string }>
  >(
    // A day of any zone lies within a day of that of UTC, which tells the months to look into.
    `select x.*, x.at::text as exact, m.address, m.place
     from measurement x join meter m on m.id = x.meter_id join site s on s.id = m.site_id
     where (x.meter_id, x.at) > ($4, $5::timestamptz) and ($3::int[] is null or x.meter_id = any($3)) and ${within('m.site_id', 7)}
       and x.at >= ($1::date - 1)::timestamp at time zone 'UTC' and x.at < ($2::date + 2)::timestamp at time zone 'UTC'
       and x.at >= $1::date::timestamp at time zone s.time_zone
       and x.at < ($2::date + 1)::timestamp at time zone s.time_zone
     order by x.meter_id, x.at limit $6`,
    [first, last, meterIds, after.meterId, after.at, limit, reach],
  )
  return rows.map(({ address, place, meter_id: id, exact, ...row }) => ({
    ...measurementOf(row as unknown as Row & Readonly<{ at: number }>),
    address,
    place,
    next: { meterId: id, at: exact },
  }))
}
