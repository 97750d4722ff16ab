import {
  addEnergy,
  noEnergy,
  scaleThousandths,
  zeroMoney,
  addMoney,
  type MicroYuan,
  type WattHours,
  varHours,
  type Ratio,
} from '../quantity.ts'
import type { Registers } from '../price-plan.ts'
import { windowOn, type BillingWindow } from './billing-window.ts'
import { charge, nothingCharged, type ChargeState } from './charge.ts'
import { compileTariff, type CompiledTariff } from './compile-tariff.ts'
import type { SupplyContract } from './contract.ts'
import { ladderStart } from './ladder.ts'
import { multiplierOn } from './metered-energy.ts'
import type { PeriodToDate } from './period-to-date.ts'
import type { PlanBook } from './plan-book.ts'
import type { EnergyPrices } from './plan.ts'
import type { Reactive } from './power-factor.ts'
import { oneCell, tariffClock, type TariffClock, type ZoneDays } from './tariff-clock.ts'
import { addReading, energyByCell, openUsage, type Mark, type Usage } from './usage.ts'

/** One rated window of a meter: what was used in it, and what it has been charged. */
export type RatedWindow = Readonly<{
  window: BillingWindow
  tariff: CompiledTariff
  clock: TariffClock
  usage: Usage
  opensMonth: boolean
  ladderBefore: WattHours
  quotaCarried: WattHours
  charge: ChargeState
}>

/** The windows of a meter in their order. Each continues from the register at which the one before it ended. */
export type MeteringChain = Readonly<{
  book: PlanBook
  contract: SupplyContract
  days: ZoneDays
  windows: readonly RatedWindow[]
}>

export type ChainCharge = Readonly<{
  chain: MeteringChain
  usage: MicroYuan
  trueUp: MicroYuan
  provisional: boolean
  /** The same by window, for those that changed. */
  windows: readonly WindowCharge[]
}>

export type WindowCharge = Readonly<{ rated: RatedWindow; usage: MicroYuan; trueUp: MicroYuan }>

/** What a first window takes over from before its chain: another plan's ladder, a month that is begun already. */
export type ChainStart = Readonly<{ ladderBefore?: WattHours; opensMonth?: boolean }>

/** Begins at the first reading, which is charged nothing; null when the plan is not in force then. */
export const beginChain = (
  book: PlanBook,
  contract: SupplyContract,
  days: ZoneDays,
  first: Mark,
  { ladderBefore = noEnergy, opensMonth = true }: ChainStart = {},
): MeteringChain | null => {
  const window = windowOn(book, contract, days.dayAt(first.at))
  if (window === null) return null
  const chain = { book, contract, days, windows: [] }
  return { ...chain, windows: [{ ...openWindow(chain, window, first, first.at), ladderBefore, opensMonth }] }
}

/**
 * Takes a reading into every window that it concerns and charges what that changes. Readings may come in any order;
 * a window that is over is charged again when a late one moves energy into or out of it. Null: no version of the plan
 * is in force.
 */
export const takeReading = (chain: MeteringChain, mark: Mark): ChainCharge | null => {
  const opened = openUntil(chain, mark.at)
  if (opened === null) return null
  const windows: RatedWindow[] = []
  const changed: WindowCharge[] = []
  let [usage, trueUp, provisional, previousMoved] = [zeroMoney, zeroMoney, false, false]
  for (const before of opened.windows) {
    const added = addReading(before.usage, mark, before.clock)
    const carried = previousMoved ? carriedFrom(windows.at(-1), before.window, before.ladderBefore) : before
    const { ladderBefore, quotaCarried } = carried
    const stays = ladderBefore === before.ladderBefore && quotaCarried === before.quotaCarried
    previousMoved = added !== before.usage || !stays
    if (!previousMoved) {
      windows.push(before)
      continue
    }
    const rated = { ...before, usage: added, ladderBefore, quotaCarried }
    const charged = charge(rated.charge, rated.tariff, periodToDate(rated))
    const settled = { ...rated, charge: charged.state }
    windows.push(settled)
    changed.push({ rated: settled, usage: charged.usage, trueUp: charged.trueUp })
    usage = addMoney(usage, charged.usage)
    trueUp = addMoney(trueUp, charged.trueUp)
    provisional ||= charged.provisional
  }
  return { chain: { ...opened, windows }, usage, trueUp, provisional, windows: changed }
}

/** Opens the windows up to the one that contains `at`; an instant between two days belongs to the earlier one. */
const openUntil = (chain: MeteringChain, at: number): MeteringChain | null => {
  let windows = chain.windows
  for (let last = windows.at(-1); last !== undefined && at > last.usage.end; last = windows.at(-1)) {
    const window = windowOn(chain.book, chain.contract, last.window.to)
    if (window === null) return null
    windows = [...windows, openWindow({ ...chain, windows }, window, last.usage.last, last.usage.end)]
  }
  return windows === chain.windows ? chain : { ...chain, windows }
}

const openWindow = (chain: MeteringChain, window: BillingWindow, first: Mark, start: number): RatedWindow => {
  const previous = chain.windows.at(-1)
  const known = previous?.window.plan === window.plan ? previous : undefined
  const tariff = known?.tariff ?? compileTariff(window.plan, chain.contract)
  const clock = known?.clock ?? clockOf(window.plan.energy, chain.days)
  const cells = window.plan.energy.kind === 'clock' ? window.plan.energy.prices.length : 1
  return {
    window: previous === undefined ? { ...window, from: chain.days.dayAt(first.at) } : window,
    tariff,
    clock,
    usage: openUsage(start, chain.days.startOf(window.to), first, cells),
    opensMonth: previous?.window.monthStart !== window.monthStart,
    ...carriedFrom(previous, window, noEnergy),
    charge: nothingCharged,
  }
}

export const clockOf = (energy: EnergyPrices, days: ZoneDays): TariffClock =>
  energy.kind === 'clock' ? tariffClock(energy.calendar, days) : oneCell(days)

/** What a window takes over from the one before it: the ladder's count, unless its cycle begins anew, and free energy. */
export const carriedFrom = (
  previous: RatedWindow | undefined,
  { from, plan, monthStart }: BillingWindow,
  first: WattHours,
): Readonly<{ ladderBefore: WattHours; quotaCarried: WattHours }> => {
  if (previous === undefined) return { ladderBefore: first, quotaCarried: noEnergy }
  const { billable, quotaLeft } = previous.tariff.rate(periodToDate(previous))
  const sameCycle = plan.ladder !== null && previous.window.from >= ladderStart(plan.ladder, from)
  const keeps = plan.freeQuota?.unused === 'carries-over' || previous.window.monthStart === monthStart
  return {
    ladderBefore: sameCycle ? addEnergy(previous.ladderBefore, billable) : noEnergy,
    quotaCarried: keeps ? quotaLeft : noEnergy,
  }
}

/** The facts of a window at its last reading. */
export const periodToDate = (rated: RatedWindow): PeriodToDate => {
  const { window, clock, usage, tariff, opensMonth, ladderBefore, quotaCarried } = rated
  const { from, to, monthStart, monthEnd } = window
  const reached = Math.min(to, Math.max(from, clock.days.dayAt(usage.last.at)))
  const multiplier = multiplierOn(tariff.contract.installations, from)
  const parts = partsOf(window.plan.energy, energyByCell(usage, clock))
  const scaled =
    multiplier.numerator === multiplier.denominator ? parts : parts.map((wh) => scaleThousandths(wh, multiplier))
  return {
    days: { from, to: reached, monthStart, monthEnd },
    opensMonth,
    parts: scaled,
    ladderBefore,
    reactive: reactiveOf(usage, multiplier),
    maximumDemand: usage.maximumDemand === null ? null : scaleThousandths(usage.maximumDemand, multiplier),
    publicShare: noEnergy,
    correction: noEnergy,
    quotaCarried,
    sources: [instantText(usage.first.at), instantText(usage.last.at)],
  }
}

const reactiveOf = ({ first, reactive }: Usage, multiplier: Ratio): Reactive | null => {
  if (first.reactive === undefined || reactive === null) return null
  return {
    forward: scaleThousandths(varHours(reactive.forward - first.reactive.forward), multiplier),
    reverse: scaleThousandths(varHours(reactive.reverse - first.reactive.reverse), multiplier),
  }
}

const instantText = (at: number): string => new Date(at).toISOString()

/** Energy in the order of the plan's prices. */
export const partsOf = (energy: EnergyPrices, cells: readonly Registers[]): readonly WattHours[] => {
  switch (energy.kind) {
    case 'flat':
    case 'tiers':
      return [cells[0]?.totalWh ?? noEnergy]
    case 'rates':
      return energy.prices.map((_, rate) => cells[0]?.ratesWh[rate] ?? noEnergy)
    case 'clock':
      return energy.prices.map((_, cell) => cells[cell]?.totalWh ?? noEnergy)
  }
}
