import { localDayText, startOfLocalDay } from '../domain/calendar.ts'
import type { Span } from '../domain/gap.ts'
import {
  channelsOf,
  dailyChannelsOf,
  partOf,
  type Channel,
  type DailyChannel,
  type Measured,
  type Measurement,
  type Part,
  type Quantity,
} from '../domain/measurement.ts'
import { limitsOf, mergeQuality, qualityOf, type PowerQuality } from '../domain/power-quality.ts'
import type { VoltageLimits } from '../domain/voltage-limits.table.ts'
import type { Sql } from '../store/database.ts'
import { viewMeasurementDays, viewMeasurements, type MeasurementDay } from '../store/measurement-days.ts'
import { measurementsRolledTo } from '../store/measurement-roll-up.ts'
import { readSetting } from '../store/settings.ts'
import { measurementDay } from './measurement-days.ts'
import { measurementsKeptFromSetting } from './prune-measurements.ts'
import { dayNamed, localDayOf } from './roll-up.ts'

const dayMs = 86_400_000
/** A longer span is told by days, whatever is in it. */
const longestMomentsMs = 62 * dayMs
/** So is one with more measurements than a chart has room for. */
export const mostMoments = 3_000
/** Measurements looked at for the last days, which are not rolled up yet. */
const mostOfTail = 10_000

/** One moment, or one day with its mean, least and greatest; in the order of the parts, null where nothing was told. */
export type HistoryPoint = Readonly<{
  at: number
  measurements: number
  values: readonly (number | null)[]
  least: readonly (number | null)[] | null
  greatest: readonly (number | null)[] | null
}>

export type MeasurementHistory = Readonly<{
  resolution: 'moment' | 'day'
  parts: readonly Part[]
  points: readonly HistoryPoint[]
  /** What the voltages of the span are to be; null when they do not tell it. */
  limits: VoltageLimits | null
  quality: PowerQuality
  /** In the whole span, of any quantity. */
  measurements: number
}>

export type HistoryQuery = Span & Readonly<{ meterId: number; timeZone: string; quantity: Quantity }>

/** What a meter measured in a span: moment by moment where that is little enough and still there, else day by day. */
export const measurementHistory = async (sql: Sql, query: HistoryQuery): Promise<MeasurementHistory> => {
  const keptFrom = (await readSetting<{ at: number }>(sql, measurementsKeptFromSetting))?.at ?? -Infinity
  if (query.to - query.from <= longestMomentsMs && query.from >= keptFrom) {
    const moments = await viewMeasurements(sql, query.meterId, query, mostMoments + 1)
    if (moments.length <= mostMoments) return byMoments(moments, query.quantity)
  }
  return byDays(await daysOfSpan(sql, query, keptFrom), query)
}

const byMoments = (moments: readonly Measurement[], quantity: Quantity): MeasurementHistory => {
  const channels = channelsOf(quantity).filter((channel) =>
    moments.some(({ measured }) => measured[channel] !== undefined),
  )
  const limits = limitsOf(moments.map(({ measured }) => measured))
  return {
    resolution: 'moment',
    parts: channels.map(partOf),
    points: moments.flatMap(({ at, measured }) =>
      channels.some((channel) => measured[channel] !== undefined)
        ? [{ at, measurements: 1, values: valuesOf(channels, measured), least: null, greatest: null }]
        : [],
    ),
    limits,
    quality: qualityOf(moments, limits),
    measurements: moments.length,
  }
}

const valuesOf = (channels: readonly Channel[], measured: Measured): readonly (number | null)[] =>
  channels.map((channel) => measured[channel] ?? null)

type NamedDay = MeasurementDay & Readonly<{ day: string }>

/** Rolled-up days, and behind them what there is of the days that are not. */
const daysOfSpan = async (sql: Sql, query: HistoryQuery, keptFrom: number): Promise<readonly NamedDay[]> => {
  const { meterId, timeZone, from, to } = query
  const rolledTo = await measurementsRolledTo(sql, timeZone)
  const first = localDayText(from, timeZone)
  const stored = await viewMeasurementDays(sql, meterId, first, localDayText(to - 1, timeZone))
  const tailFrom = Math.max(
    rolledTo === null ? -Infinity : dayNamed(rolledTo, timeZone).to,
    localDayOf(from, timeZone).from,
    keptFrom,
  )
  if (tailFrom >= to) return stored
  const tail = await viewMeasurements(sql, meterId, { from: tailFrom, to }, mostOfTail)
  const byDay = new Map<string, Measurement[]>()
  for (const one of tail) {
    const day = localDayText(one.at, timeZone)
    const known = byDay.get(day)
    if (known === undefined) byDay.set(day, [one])
    else known.push(one)
  }
  const known = new Set(stored.map(({ day }) => day))
  return [...stored, ...[...byDay].flatMap(([day, own]) => (known.has(day) ? [] : [{ day, ...measurementDay(own) }]))]
}

const byDays = (days: readonly NamedDay[], { quantity, timeZone }: HistoryQuery): MeasurementHistory => {
  const channels = dailyChannelsOf(quantity).filter((channel) =>
    days.some(({ spreads }) => spreads[channel] !== undefined),
  )
  const of = ({ spreads }: NamedDay, part: 'least' | 'mean' | 'greatest') =>
    channels.map((channel: DailyChannel) => spreads[channel]?.[part] ?? null)
  return {
    resolution: 'day',
    parts: channels.map(partOf),
    points: days.flatMap((day) =>
      channels.some((channel) => day.spreads[channel] !== undefined)
        ? [
            {
              at: startOf(day.day, timeZone),
              measurements: day.measurements,
              values: of(day, 'mean'),
              least: of(day, 'least'),
              greatest: of(day, 'greatest'),
            },
          ]
        : [],
    ),
    limits: limitsOf(days.map(meansOf)),
    quality: mergeQuality(days.map(({ quality }) => quality)),
    measurements: days.reduce((sum, { measurements }) => sum + measurements, 0),
  }
}

const meansOf = ({ spreads }: NamedDay): Measured => {
  const means: Partial<Record<Channel, number>> = {}
  for (const channel of dailyChannelsOf('voltage')) {
    const mean = spreads[channel]?.mean
    if (mean !== undefined) means[channel] = mean
  }
  return means
}

const startOf = (day: string, timeZone: string): number => {
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number)
  return startOfLocalDay(year, month, date, timeZone)
}
