import {
  formatThousandths,
  ratio,
  scaleThousandths,
  subtractEnergy,
  sumEnergy,
  type Ratio,
  type WattHours,
} from '../domain/quantity.ts'
import type { Registers } from '../domain/price-plan.ts'
import { registerMark, type DocumentMeter, type RegisterMark } from '../domain/statement-document.ts'
import type { StatementMonth } from '../domain/statement-month.ts'
import { multiplierOn } from '../domain/tariff/metered-energy.ts'
import type { RatedWindow } from '../domain/tariff/metering-chain.ts'
import { energyByCell, registersAt } from '../domain/tariff/usage.ts'
import type { Sql } from '../store/database.ts'
import { readingsNear, type ClosingMeter, type ReadingMark } from '../store/statements-meters.ts'
import type { ClosingPeriod } from '../store/statements-periods.ts'

/** How a month's readings stand on a statement: one row per meter, from the register at its beginning to that at its end. */

/** A reading this far from a boundary still tells what stood there. */
const nearBoundaryMs = 2 * 86_400_000
/** How late a reading of a round may be. */
const roundToleranceMs = 5 * 60_000

type Marks = ReadonlyMap<number, ReadingMark>
type Around = Readonly<{ before: Marks; settled: Marks; after: Marks }>
export type MonthMarks = Readonly<{ start: Around; end: Around }>

/** The readings on both sides of both ends of the month. */
export const monthMarks = async (
  sql: Sql,
  meterIds: readonly number[],
  { start, end }: StatementMonth,
): Promise<MonthMarks> => {
  const around = async (boundary: number): Promise<Around> => ({
    before: await readingsNear(sql, meterIds, boundary - nearBoundaryMs, boundary),
    settled: await readingsNear(sql, meterIds, boundary - nearBoundaryMs, boundary, 'settled'),
    after: await readingsNear(sql, meterIds, boundary, boundary + nearBoundaryMs, 'first'),
  })
  return { start: await around(start), end: await around(end) }
}

export type ClosedPeriod = Readonly<{ period: ClosingPeriod; window: RatedWindow | null }>
type Boundary = Readonly<{ mark: RegisterMark; totalWh: WattHours }>

export const meterOnStatement = (
  { meterId, address, place }: ClosingMeter,
  closed: readonly ClosedPeriod[],
  marks: MonthMarks,
  { end }: StatementMonth,
  readingIntervalMs: number,
): readonly DocumentMeter[] => {
  const own = closed.filter(({ period }) => period.meterId === meterId)
  const [first, last] = [own[0], own.at(-1)]
  if (first === undefined || last === undefined) return []
  const begin = startOf(first, marks.start)
  const finish = endOf(last, marks.end, end)
  const multiplier = last.window === null ? ratio(1n, 1n) : multiplierOf(last.window)
  const measured = sumEnergy(own.map(energyOf))
  const near = finish.mark.at !== null && finish.mark.at >= end - readingIntervalMs - roundToleranceMs
  return [
    {
      meterId,
      address,
      place,
      multiplier: formatThousandths(scaleThousandths(1_000n, multiplier)),
      start: begin.mark,
      end: finish.mark,
      usedWh: scaleThousandths(measured, multiplier).toString(),
      closes: subtractEnergy(finish.totalWh, begin.totalWh) === measured,
      endMark: finish.mark.obtained === between ? 'between' : near ? 'at-end' : 'earlier',
    },
  ]
}

const multiplierOf = ({ tariff, window }: RatedWindow): Ratio =>
  multiplierOn(tariff.contract.installations, window.from)

/** What was counted in a period, before the multiplier. */
const energyOf = ({ period, window }: ClosedPeriod): WattHours =>
  window === null
    ? subtractEnergy(period.latest.totalWh, period.opening.totalWh)
    : sumEnergy(energyByCell(window.usage, window.clock).map(({ totalWh }) => totalWh))

const startOf = ({ period, window }: ClosedPeriod, { before, settled, after }: Around): Boundary => {
  const mark = before.get(period.meterId)
  if (window === null) return shown(period.opening, matching(settled.get(period.meterId), period.opening))
  const { first, start } = window.usage
  if (first.at >= start) return shown(first.registers, { at: first.at, obtained: 'first' })
  return (
    atBoundary(mark, after.get(period.meterId), start) ?? shown(first.registers, { at: first.at, obtained: 'carried' })
  )
}

const endOf = ({ period, window }: ClosedPeriod, { before, settled, after }: Around, end: number): Boundary => {
  const mark = before.get(period.meterId)
  if (window === null) return shown(period.latest, matching(settled.get(period.meterId), period.latest))
  const boundary = Math.min(window.usage.end, end)
  const { last } = window.usage
  return (
    atBoundary(mark, after.get(period.meterId), boundary) ?? shown(last.registers, { at: last.at, obtained: 'last' })
  )
}

const matching = (mark: ReadingMark | undefined, registers: Registers): ReadingMark | null =>
  mark !== undefined && mark.registers.totalWh === registers.totalWh ? mark : null

const between = 'between readings'

/** A tariff divides the energy between two readings at midnight in proportion to time; so does this. */
const atBoundary = (from: ReadingMark | undefined, to: ReadingMark | undefined, boundary: number): Boundary | null => {
  if (from === undefined) return null
  if (from.at === boundary || to === undefined) return shown(from.registers, from)
  return shown(registersAt({ from, to }, boundary), { at: boundary, obtained: between })
}

const shown = (registers: Registers, reading: Readonly<{ at: number; obtained: string }> | null): Boundary => ({
  mark: registerMark(registers, reading),
  totalWh: registers.totalWh,
})
