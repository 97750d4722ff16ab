import type { Registers } from '../price-plan.ts'
import { addEnergy, energyUntil, noEnergy, subtractEnergy, type Watts, type WattHours } from '../quantity.ts'
import type { Reactive } from './power-factor.ts'
import type { TariffClock } from './tariff-clock.ts'

/** A good reading: what the registers stood at, and when; demand is the highest since the reading before. */
export type Mark = Readonly<{ at: number; registers: Registers; reactive?: Reactive; demand?: Watts }>

/** Two readings with a change of price between them and none yet to tell how much was used before it. */
export type Gap = Readonly<{ from: Mark; to: Mark }>

/**
 * The energy of a stretch of time `[start, end)`, by cell of the clock. It is a function of the *set* of readings: they
 * may come in any order, twice, or long after; a reading that falls into a gap makes it two smaller ones. Only the gaps
 * are remembered, so a regular half-hourly series keeps a few numbers, not its readings.
 */
export type Usage = Readonly<{
  start: number
  end: number
  first: Mark
  last: Mark
  /** Energy whose cell is certain, per cell: the total and the meter's own rates. */
  cells: readonly Registers[]
  gaps: readonly Gap[]
  /** Reactive registers at the last reading of the stretch that has them, and when that was. */
  reactive: Readonly<Reactive & { at: number }> | null
  maximumDemand: Watts | null
}>

/**
 * Readings that are no further apart count as neighbours: between them energy is divided in proportion to time, once
 * and for all. Half an hour, and what readings of half-hourly rounds are late by.
 */
const neighboursWithinMs = 35 * 60_000

/**
 * As many gaps are remembered. Meters that are read less often than prices change leave one at every change; of those
 * the oldest is divided for good when there are more.
 */
export const maximumGaps = 96

export const openUsage = (start: number, end: number, first: Mark, cells: number): Usage => ({
  start,
  end,
  first,
  last: first,
  cells: Array.from({ length: cells }, () => noRegisters),
  gaps: [],
  reactive: null,
  maximumDemand: null,
})

const noRegisters: Registers = { totalWh: noEnergy, ratesWh: [] }

/**
 * Takes a reading in. One that can change nothing gives `usage` itself back: a duplicate, one between two readings of
 * one cell, or one after the reading that has closed the stretch.
 */
export const addReading = (usage: Usage, mark: Mark, clock: TariffClock): Usage =>
  addEnergyOf(mark.reactive === undefined && mark.demand === undefined ? usage : addOthers(usage, mark), mark, clock)

/** Reactive registers count by their time, demand by its size: neither depends on the order of arrival. */
const addOthers = (usage: Usage, { at, reactive, demand }: Mark): Usage => {
  if (at <= usage.start || at > usage.end) return usage
  const newer = reactive !== undefined && at > (usage.reactive?.at ?? usage.start)
  const higher = demand !== undefined && demand > (usage.maximumDemand ?? -1n)
  if (!newer && !higher) return usage
  return {
    ...usage,
    reactive: newer ? { ...reactive, at } : usage.reactive,
    maximumDemand: higher ? demand : usage.maximumDemand,
  }
}

const addEnergyOf = (usage: Usage, mark: Mark, clock: TariffClock): Usage => {
  if (mark.at > usage.last.at) {
    if (usage.last.at >= usage.end) return usage
    return addSegment({ ...usage, last: mark }, { from: usage.last, to: mark }, clock)
  }
  const gap = usage.gaps.find(({ from, to }) => from.at < mark.at && mark.at < to.at)
  if (gap === undefined || !isBetween(gap, mark)) return usage
  const without = { ...usage, gaps: usage.gaps.filter((other) => other !== gap) }
  return addSegment(addSegment(without, { from: gap.from, to: mark }, clock), { from: mark, to: gap.to }, clock)
}

/** Registers only rise: what does not fit between its neighbours is no reading of this meter. */
const isBetween = ({ from, to }: Gap, { registers }: Mark): boolean => {
  const fits = (low: WattHours, value: WattHours, high: WattHours): boolean => low <= value && value <= high
  return (
    fits(from.registers.totalWh, registers.totalWh, to.registers.totalWh) &&
    registers.ratesWh.every((rate, index) =>
      fits(from.registers.ratesWh[index] ?? rate, rate, to.registers.ratesWh[index] ?? rate),
    )
  )
}

const addSegment = (usage: Usage, segment: Gap, clock: TariffClock): Usage => {
  const certain = segment.to.at - segment.from.at <= neighboursWithinMs || isOneCell(usage, segment, clock)
  if (certain) return { ...usage, cells: withSegment(usage.cells, usage, segment, clock) }
  const [oldest, ...later] = [...usage.gaps, segment].sort((a, b) => a.from.at - b.from.at)
  if (oldest === undefined || later.length < maximumGaps)
    return { ...usage, gaps: oldest === undefined ? [] : [oldest, ...later] }
  return { ...usage, cells: withSegment(usage.cells, usage, oldest, clock), gaps: later }
}

/** Whether all of a segment lies in one cell of the period, or all of it outside. */
const isOneCell = ({ start, end }: Usage, { from, to }: Gap, clock: TariffClock): boolean => {
  if (to.at <= start || from.at >= end) return true
  if (from.at < start || to.at > end) return false
  const cell = clock.cellAt(from.at)
  for (let at = clock.until(from.at); at < to.at; at = clock.until(at)) if (clock.cellAt(at) !== cell) return false
  return true
}

type Stretch = Readonly<{ start: number; end: number }>

/** Divides a segment over the cells in proportion to time; what lies outside the period is left out. */
const withSegment = (
  cells: readonly Registers[],
  { start, end }: Stretch,
  { from, to }: Gap,
  clock: TariffClock,
): readonly Registers[] => {
  const [begin, finish] = [Math.max(from.at, start), Math.min(to.at, end)]
  if (begin >= finish) return cells
  const sums = [...cells]
  let at = begin
  let before = registersAt({ from, to }, begin)
  while (at < finish) {
    const cell = clock.cellAt(at)
    const until = Math.min(clock.until(at), finish)
    const after = registersAt({ from, to }, until)
    sums[cell] = addRegisters(sums[cell] ?? noRegisters, subtractRegisters(after, before))
    at = until
    before = after
  }
  return sums
}

/** The registers at a moment between two readings, as if use had been even. */
export const registersAt = ({ from, to }: Gap, at: number): Registers => {
  if (at <= from.at) return from.registers
  if (at >= to.at) return to.registers
  const between = (low: WattHours, high: WattHours): WattHours =>
    addEnergy(low, energyUntil(subtractEnergy(high, low), at - from.at, to.at - from.at))
  return {
    totalWh: between(from.registers.totalWh, to.registers.totalWh),
    ratesWh: to.registers.ratesWh.map((rate, index) => between(from.registers.ratesWh[index] ?? rate, rate)),
  }
}

const addRegisters = (a: Registers, b: Registers): Registers => ({
  totalWh: addEnergy(a.totalWh, b.totalWh),
  ratesWh: b.ratesWh.map((rate, index) => addEnergy(a.ratesWh[index] ?? noEnergy, rate)),
})
const subtractRegisters = (a: Registers, b: Registers): Registers => ({
  totalWh: subtractEnergy(a.totalWh, b.totalWh),
  ratesWh: a.ratesWh.map((rate, index) => subtractEnergy(rate, b.ratesWh[index] ?? rate)),
})

/** Energy per cell to date; gaps count as if use had been even in them. */
export const energyByCell = (usage: Usage, clock: TariffClock): readonly Registers[] =>
  usage.gaps.reduce<readonly Registers[]>((cells, gap) => withSegment(cells, usage, gap, clock), usage.cells)
