import type { Registers } from '../domain/price-plan.ts'
import { varHours, wattHours, watts } from '../domain/quantity.ts'
import type { Gap, Mark, Usage } from '../domain/tariff/usage.ts'

/** Usage as it lies in `settlement_period.usage`: whole numbers as text, the total first, then the rates. */
type RegistersRow = readonly string[]
type MarkRow = Readonly<{ at: number; registers: RegistersRow; reactive?: readonly [string, string] }>
export type UsageRow = Readonly<{
  start: number
  end: number
  first: MarkRow
  last: MarkRow
  cells: readonly RegistersRow[]
  gaps: readonly Readonly<{ from: MarkRow; to: MarkRow }>[]
  reactive: Readonly<{ at: number; forward: string; reverse: string }> | null
  maximumDemand: string | null
}>

export const usageRow = (usage: Usage): UsageRow => ({
  start: usage.start,
  end: usage.end,
  first: markRow(usage.first),
  last: markRow(usage.last),
  cells: usage.cells.map(registersRow),
  gaps: usage.gaps.map(({ from, to }) => ({ from: markRow(from), to: markRow(to) })),
  reactive:
    usage.reactive === null
      ? null
      : {
          at: usage.reactive.at,
          forward: usage.reactive.forward.toString(),
          reverse: usage.reactive.reverse.toString(),
        },
  maximumDemand: usage.maximumDemand === null ? null : usage.maximumDemand.toString(),
})

export const usageOf = (row: UsageRow): Usage => ({
  start: row.start,
  end: row.end,
  first: markOf(row.first),
  last: markOf(row.last),
  cells: row.cells.map(registersOf),
  gaps: row.gaps.map(({ from, to }): Gap => ({ from: markOf(from), to: markOf(to) })),
  reactive:
    row.reactive === null
      ? null
      : {
          at: row.reactive.at,
          forward: varHours(BigInt(row.reactive.forward)),
          reverse: varHours(BigInt(row.reactive.reverse)),
        },
  maximumDemand: row.maximumDemand === null ? null : watts(BigInt(row.maximumDemand)),
})

const registersRow = ({ totalWh, ratesWh }: Registers): RegistersRow => [totalWh, ...ratesWh].map(String)

const registersOf = ([total = '0', ...rates]: RegistersRow): Registers => ({
  totalWh: wattHours(BigInt(total)),
  ratesWh: rates.map((rate) => wattHours(BigInt(rate))),
})

/** Demand is not kept with a mark: the highest of the window is. */
const markRow = ({ at, registers, reactive }: Mark): MarkRow => ({
  at,
  registers: registersRow(registers),
  ...(reactive === undefined ? {} : { reactive: [reactive.forward.toString(), reactive.reverse.toString()] as const }),
})

const markOf = ({ at, registers, reactive }: MarkRow): Mark => ({
  at,
  registers: registersOf(registers),
  ...(reactive === undefined
    ? {}
    : { reactive: { forward: varHours(BigInt(reactive[0])), reverse: varHours(BigInt(reactive[1])) } }),
})
