import { addEnergy, varHours, wattHours, watts, type WattHours } from '../../domain/quantity.ts'
import { estimateSlots } from '../../domain/tariff/estimate-slots.ts'
import type { PlanBook } from '../../domain/tariff/plan-book.ts'
import { dayTypeOf, type ZoneDays } from '../../domain/tariff/tariff-clock.ts'
import type { Mark } from '../../domain/tariff/usage.ts'
import {
  slotMs,
  type HalfHour,
  type Load,
  type LoadProblem,
  type RegisterColumn,
  type RegisterRow,
} from './price-load.ts'

/** The readings of one household or meter, ready to be priced. */
export type Series = Readonly<{ name: string; marks: readonly Mark[]; estimated: WattHours; estimatedSlots: number }>

export type SeriesResult = Readonly<
  { ok: true; series: readonly Series[] } | { ok: false; problems: readonly LoadProblem[] }
>

export type SeriesOptions = Readonly<{
  book: PlanBook
  days: ZoneDays
  /** First day and first day no more, as day numbers; null: as far as the load goes. */
  from: number | null
  to: number | null
  /** Fill missing half hours instead of refusing them. */
  estimate: boolean
  /** Only this household; null: all. */
  household: string | null
}>

export const seriesOf = (load: Load, options: SeriesOptions): SeriesResult =>
  load.kind === 'half-hours' ? fromHalfHours(load, options) : fromRegisters(load, options)

const refused = (line: number, words: string): SeriesResult => ({ ok: false, problems: [{ line, words }] })

const fromHalfHours = (load: Extract<Load, { kind: 'half-hours' }>, options: SeriesOptions): SeriesResult => {
  const { book, household } = options
  if (book.some(({ energy }) => energy.kind === 'rates'))
    return refused(
      1,
      'has no rate registers (rate1, rate2, …), by which the plan prices; energy of kind "clock" prices half hours',
    )
  if (household !== null && !load.households.includes(household))
    return refused(1, `has no household ${household}; it has ${load.households.join(', ')}`)
  const rows = load.rows.filter(({ at }) => isInside(at, options, 'start'))
  if (rows.length === 0) return refused(0, 'has no half hour between --from and --to')
  const problems: LoadProblem[] = []
  const whole = withMissingRows(rows, load.households.length, options, problems)
  if (problems.length > 0) return { ok: false, problems }
  const series = load.households.flatMap((name, column) =>
    household === null || household === name ? [householdSeries(name, column, whole, options, problems)] : [],
  )
  return problems.length > 0 ? { ok: false, problems } : { ok: true, series }
}

/** Days whose energy may be guessed; a longer hole is a part of the file that is missing. */
const longestHoleSlots = 35 * 48

const withMissingRows = (
  rows: readonly HalfHour[],
  width: number,
  { estimate }: SeriesOptions,
  problems: LoadProblem[],
): readonly HalfHour[] => {
  const whole: HalfHour[] = []
  for (const row of rows) {
    const before = whole.at(-1)
    const missing = before === undefined ? 0 : (row.at - before.at) / slotMs - 1
    if (missing > 0 && (!estimate || missing > longestHoleSlots)) {
      const words = `${String(missing)} half hour(s) are missing before it: add them${missing > longestHoleSlots ? '' : ', or say --estimate to fill them from the last similar day'}`
      problems.push({ line: row.line, words })
      whole.push(row)
      continue
    }
    for (let slot = 1; slot <= missing; slot += 1)
      whole.push({
        line: row.line,
        at: row.at - (missing + 1 - slot) * slotMs,
        energies: Array.from({ length: width }, () => null),
      })
    whole.push(row)
  }
  return whole
}

const householdSeries = (
  name: string,
  column: number,
  rows: readonly HalfHour[],
  { book, days, estimate }: SeriesOptions,
  problems: LoadProblem[],
): Series => {
  const slots = rows.map(({ at, energies }) => ({
    day: days.dayAt(at),
    slot: Math.floor(days.msOfDay(at) / slotMs),
    energy: energies[column] ?? null,
  }))
  const calendar = book.flatMap(({ energy }) => (energy.kind === 'clock' ? [energy.calendar] : []))[0]
  const plainWeek = { seasons: [], holidays: new Set<number>(), workdays: new Set<number>() }
  const known = estimateSlots(
    slots.map((slot) => ({ ...slot, energy: slot.energy === null ? null : wattHours(slot.energy) })),
    (day) => dayTypeOf(calendar ?? plainWeek, day),
  )
  const byDemand = book.some(({ basic }) => basic?.kind === 'demand')
  let [total, estimated, estimatedSlots] = [wattHours(0n), wattHours(0n), 0]
  const marks: Mark[] = [markAt(rows[0]?.at ?? 0, total)]
  for (const [index, { line, at }] of rows.entries()) {
    const slot = known[index] ?? null
    if (slot === null || (slot.estimated && !estimate)) {
      const words = `${name}: the half hour has no value${estimate ? ' and no similar day tells it' : ': write it, or say --estimate to fill it from the last similar day'}`
      problems.push({ line, words })
      continue
    }
    total = addEnergy(total, slot.energy)
    if (slot.estimated) [estimated, estimatedSlots] = [addEnergy(estimated, slot.energy), estimatedSlots + 1]
    const end = markAt(at + slotMs, total)
    // The mean power of a half hour, the only demand that half-hourly energy can show.
    marks.push(byDemand ? { ...end, demand: watts(slot.energy * 2n) } : end)
  }
  return { name, marks, estimated, estimatedSlots }
}

const markAt = (at: number, totalWh: WattHours): Mark => ({ at, registers: { totalWh, ratesWh: [] } })

const fromRegisters = (load: Extract<Load, { kind: 'registers' }>, options: SeriesOptions): SeriesResult => {
  const { book } = options
  const { columns } = load
  const needed = Math.max(0, ...book.map(({ energy }) => (energy.kind === 'rates' ? energy.prices.length : 0)))
  for (let rate = 1; rate <= needed; rate += 1)
    if (!columns.some((column) => column === `rate${String(rate)}`))
      return refused(1, `has no column rate${String(rate)}, but the plan prices ${String(needed)} rate registers`)
  if (book.some(({ basic }) => basic?.kind === 'demand') && !columns.includes('demand_w'))
    return refused(1, 'has no column demand_w, but the plan charges the demand')
  const rows = load.rows.filter(({ at }) => isInside(at, options, 'reading'))
  if (rows.length < 2) return refused(0, 'must have at least two readings between --from and --to')
  const marks = rows.map((row) => registerMark(columns, row))
  return { ok: true, series: [{ name: 'meter', marks, estimated: wattHours(0n), estimatedSlots: 0 }] }
}

const registerMark = (columns: readonly RegisterColumn[], { at, values }: RegisterRow): Mark => {
  const value = (column: RegisterColumn): bigint | undefined => values[columns.indexOf(column)]
  const ratesWh = (['rate1', 'rate2', 'rate3', 'rate4'] as const).flatMap((column) => {
    const rate = value(column)
    return rate === undefined ? [] : [wattHours(rate)]
  })
  const [forward, reverse, demand] = [value('forward_varh'), value('reverse_varh'), value('demand_w')]
  return {
    at,
    registers: { totalWh: wattHours(value('total_wh') ?? 0n), ratesWh },
    ...(forward === undefined ? {} : { reactive: { forward: varHours(forward), reverse: varHours(reverse ?? 0n) } }),
    ...(demand === undefined ? {} : { demand: watts(demand) }),
  }
}

const isInside = (at: number, { from, to, days }: SeriesOptions, what: 'start' | 'reading'): boolean => {
  if (from !== null && at < days.startOf(from)) return false
  if (to === null) return true
  return what === 'start' ? at < days.startOf(to) : at <= days.startOf(to)
}
