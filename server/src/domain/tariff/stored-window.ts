import { roundAmountOnce, type MicroYuan, type WattHours } from '../quantity.ts'
import { windowOn } from './billing-window.ts'
import { charge } from './charge.ts'
import { compileTariff } from './compile-tariff.ts'
import type { SupplyContract } from './contract.ts'
import { monthOfDay } from './day-number.ts'
import { clockOf, periodToDate, type MeteringChain, type RatedWindow, type WindowCharge } from './metering-chain.ts'
import type { PlanBook } from './plan-book.ts'
import type { TariffPlan } from './plan.ts'
import type { ZoneDays } from './tariff-clock.ts'
import type { Usage } from './usage.ts'

/** All that has to be kept of a window: the rest follows from plan, contract and calendar. */
export type StoredWindow = Readonly<{
  version: number
  usage: Usage
  opensMonth: boolean
  ladderBefore: WattHours
  quotaCarried: WattHours
  charged: MicroYuan
}>

export type ChainBase = Readonly<{ book: PlanBook; contract: SupplyContract; days: ZoneDays }>

/** A window as it was when it was stored; null when its version is not in the book. */
export const restoreWindow = ({ book, contract, days }: ChainBase, stored: StoredWindow): RatedWindow | null => {
  const plan = book.find(({ version }) => version === stored.version)
  if (plan === undefined) return null
  const { usage, opensMonth, ladderBefore, quotaCarried, charged } = stored
  const from = days.dayAt(usage.start)
  const month = monthOfDay(from)
  const unsettled: RatedWindow = {
    window: { from, to: days.dayAt(usage.end), monthStart: month.start, monthEnd: month.end, plan },
    tariff: compileTariff(plan, contract),
    clock: clockOf(plan.energy, days),
    usage,
    opensMonth,
    ladderBefore,
    quotaCarried,
    charge: { charged, at: null, version: plan.version },
  }
  // A window that has only its opening reading has not been charged at any facts.
  const at = usage.last.at > usage.first.at ? periodToDate(unsettled) : null
  return { ...unsettled, charge: { ...unsettled.charge, at } }
}

/**
 * The chain of the windows that were stored last, in their order. A version that was announced while the newest window
 * was open ends it on the day from which it is valid.
 */
export const restoreChain = (base: ChainBase, stored: readonly StoredWindow[]): MeteringChain | null => {
  const windows = stored.map((one) => restoreWindow(base, one))
  const known = windows.filter((window) => window !== null)
  const last = known.at(-1)
  if (last === undefined || known.length !== windows.length) return null
  return { ...base, windows: [...known.slice(0, -1), endedByNextVersion(base, last)] }
}

const endedByNextVersion = ({ book, contract, days }: ChainBase, rated: RatedWindow): RatedWindow => {
  const { window, usage } = rated
  const now = windowOn(book, contract, window.from)
  if (now === null || now.plan !== window.plan || now.to >= window.to) return rated
  const end = days.startOf(now.to)
  if (usage.last.at > end) return rated
  return { ...rated, window: { ...window, to: now.to }, usage: { ...usage, end } }
}

/** The same window under the final version of its provisional plan; the difference is a true-up, whatever its sign. */
export const repriceWindow = (
  { contract, days }: Pick<ChainBase, 'contract' | 'days'>,
  rated: RatedWindow,
  final: TariffPlan,
): WindowCharge => {
  const under = {
    ...rated,
    window: { ...rated.window, plan: final },
    tariff: compileTariff(final, contract),
    clock: clockOf(final.energy, days),
  }
  const { state, usage, trueUp } = charge(rated.charge, under.tariff, periodToDate(under))
  return { rated: { ...under, charge: state }, usage, trueUp }
}

/** What has to be stored of a window. */
export const storedOf = ({
  window,
  usage,
  opensMonth,
  ladderBefore,
  quotaCarried,
  charge,
}: RatedWindow): StoredWindow => ({
  version: window.plan.version,
  usage,
  opensMonth,
  ladderBefore,
  quotaCarried,
  charged: charge.charged,
})

/** The price of a stored window to date, worked out anew: what it must have been charged. */
export const priceOfWindow = (rated: RatedWindow): MicroYuan => roundAmountOnce(rated.tariff.price(periodToDate(rated)))

/** How many rate registers any version of a plan prices. */
export const ratesNeeded = (book: readonly TariffPlan[]): number =>
  Math.max(0, ...book.map(({ energy }) => (energy.kind === 'rates' ? energy.prices.length : 0)))
