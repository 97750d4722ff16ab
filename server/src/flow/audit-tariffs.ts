import { addEnergy, noEnergy, subtractEnergy, sumEnergy, type MicroYuan, type WattHours } from '../domain/quantity.ts'
import { priceOfWindow, restoreWindow } from '../domain/tariff/stored-window.ts'
import { zoneDays, type ZoneDays } from '../domain/tariff/tariff-clock.ts'
import { energyByCell } from '../domain/tariff/usage.ts'
import type { RatedWindow } from '../domain/tariff/metering-chain.ts'
import type { Sql } from '../store/database.ts'
import { loadPlanVersions, loadTariffPeriods } from '../store/tariffs.ts'
import { booksOf, contractOf, storedWindow } from './settle-tariff.ts'

export type AuditedTariff = Readonly<{ meterId: number; start: number; price: MicroYuan; charged: MicroYuan }>
export type LostEnergy = Readonly<{ meterId: number; from: number; lost: WattHours }>
export type AuditedTariffs = Readonly<{ periods: readonly AuditedTariff[]; lost: readonly LostEnergy[] }>

/** Every period under a tariff with its price, worked out anew from its energy, the plan's document and the terms. */
export const auditedTariffs = async (sql: Sql): Promise<AuditedTariffs> => {
  const periods = await loadTariffPeriods(sql)
  if (periods.length === 0) return { periods: [], lost: [] }
  const books = booksOf(await loadPlanVersions(sql, [...new Set(periods.map(({ planId }) => planId))]))
  const zones = new Map<string, ZoneDays>()
  const rated = periods.map(({ meterId, planId, timeZone, terms, window }) => {
    const days = zones.get(timeZone) ?? zoneDays(timeZone)
    zones.set(timeZone, days)
    const stored = books.get(planId)
    const found =
      stored === undefined
        ? null
        : restoreWindow(
            { book: stored.book, contract: contractOf(terms), days },
            storedWindow(stored, { planId, window }),
          )
    if (found === null) throw new Error(`the plan of a period of meter ${String(meterId)} is not there`)
    return { meterId, rated: found, charged: window.charged }
  })
  return {
    periods: rated.map(({ meterId, rated: window, charged }) => ({
      meterId,
      start: window.usage.start,
      price: priceOfWindow(window),
      charged,
    })),
    lost: lostEnergy(rated),
  }
}

/** Windows that follow each other without a break: each begins where the one before it ended. */
type Run = Readonly<{
  meterId: number
  from: number
  counted: WattHours
  priced: WattHours
  end: number
  first: WattHours
}>

/** What the registers counted from the first to the last reading of a run and no window has in it. */
const lostEnergy = (rated: readonly Readonly<{ meterId: number; rated: RatedWindow }>[]): readonly LostEnergy[] => {
  const runs: Run[] = []
  for (const {
    meterId,
    rated: { usage, clock },
  } of rated) {
    const priced = sumEnergy(energyByCell(usage, clock).map(({ totalWh }) => totalWh))
    const before = runs.at(-1)
    const follows = before?.meterId === meterId && before.end === usage.start
    const run = follows
      ? runs.pop()
      : { meterId, from: usage.start, first: usage.first.registers.totalWh, priced: noEnergy }
    if (run === undefined) continue
    const { first } = run
    const counted = subtractEnergy(usage.last.registers.totalWh, first)
    runs.push({ ...run, counted, priced: addEnergy(run.priced, priced), end: usage.end })
  }
  return runs.flatMap(({ meterId, from, counted, priced }) =>
    counted === priced ? [] : [{ meterId, from, lost: subtractEnergy(counted, priced) }],
  )
}
