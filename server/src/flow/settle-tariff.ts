import type { Posting } from '../domain/ledger.ts'
import { addMoney, microYuan, noEnergy, zeroMoney, type MicroYuan, type WattHours } from '../domain/quantity.ts'
import { plainContract, type SupplyContract } from '../domain/tariff/contract.ts'
import {
  beginChain,
  carriedFrom,
  takeReading,
  type ChainStart,
  type MeteringChain,
  type RatedWindow,
  type WindowCharge,
} from '../domain/tariff/metering-chain.ts'
import { readPlanBook, versionOn, type PlanBook } from '../domain/tariff/plan-book.ts'
import { readContract } from '../domain/tariff/read-contract.ts'
import { windowOn, type BillingWindow } from '../domain/tariff/billing-window.ts'
import {
  ratesNeeded,
  restoreChain,
  storedOf,
  type ChainBase,
  type StoredWindow,
} from '../domain/tariff/stored-window.ts'
import { zoneDays, type ZoneDays } from '../domain/tariff/tariff-clock.ts'
import type { Mark } from '../domain/tariff/usage.ts'
import type { Sql } from '../store/database.ts'
import type { MeterRecord } from '../store/settlement.ts'
import {
  loadLatestPeriods,
  loadPlanVersions,
  loadSupplyTerms,
  type PeriodRow,
  type PlanRow,
  type TariffPeriodUpdate,
} from '../store/tariffs.ts'

/** A plan with the rows that its versions are stored in. */
export type StoredBook = Readonly<{ name: string; book: PlanBook; planIds: ReadonlyMap<number, number> }>

/** What settling a meter under a tariff needs; it moves on with every reading. */
export type TariffMeter = Readonly<{
  stored: StoredBook
  base: ChainBase
  termsId: number | null
  /** How many rate registers the plan prices. */
  rates: number
  /** Null until the first reading under this plan. */
  chain: MeteringChain | null
  /** The last window under another tariff, which the first of this one continues. */
  previous: Readonly<{ rated: RatedWindow; planId: number; intact: boolean }> | null
  touched: ReadonlyMap<number, TariffPeriodUpdate>
}>

/**
 * Loads what the tariffs of these meters need: two queries whatever their number, one more where a period before the
 * newest counts; none when no plan is a tariff.
 */
export const loadTariffMeters = async (
  sql: Sql,
  records: readonly MeterRecord[],
  earliestAt: (meterId: number) => number,
): Promise<ReadonlyMap<number, TariffMeter>> => {
  const concerned = records.filter(({ agreement }) => agreement?.plan === 'tariff')
  if (concerned.length === 0) return new Map()
  const alone = new Map(concerned.map((record) => [record.meterId, newestAlone(record, earliestAt(record.meterId))]))
  const searched = concerned.map(({ meterId }) => meterId).filter((id) => alone.get(id) === null)
  const [periods, terms] = await Promise.all([
    searched.length === 0 ? [] : loadLatestPeriods(sql, searched),
    loadSupplyTerms(
      sql,
      concerned.flatMap(({ accountId }) => accountId ?? []),
    ),
  ])
  const agreed = concerned.flatMap(({ agreement }) => agreement?.pricePlanId ?? [])
  const books = booksOf(await loadPlanVersions(sql, [...agreed, ...periods.map(({ planId }) => planId)]))
  const termsOf = new Map(
    terms.map(({ id, accountId, document }) => [accountId, { id, contract: contractOf(document) }]),
  )
  const zones = new Map<string, ZoneDays>()
  const periodsOf = groupByMeter(periods)
  return new Map(
    concerned.map((record) => {
      const days = zones.get(record.timeZone) ?? zoneDays(record.timeZone)
      zones.set(record.timeZone, days)
      const own = record.accountId === null ? undefined : termsOf.get(record.accountId)
      const contract = own?.contract ?? plainContract
      const newest = alone.get(record.meterId) ?? null
      const latest = newest === null ? (periodsOf.get(record.meterId) ?? []) : [newest]
      return [record.meterId, tariffMeter(record, books, { contract, termsId: own?.id ?? null, days }, latest)]
    }),
  )
}

type LatestPeriod = Pick<PeriodRow, 'planId' | 'window' | 'intact'>

/**
 * The newest period, when nothing before it can matter: it was opened under the agreement in force, no gap reaches back
 * into the period before it, and no reading does.
 */
const newestAlone = ({ agreement, tariffPeriod }: MeterRecord, earliestAt: number): LatestPeriod | null => {
  if (tariffPeriod === null || !tariffPeriod.intact || tariffPeriod.agreementId !== agreement?.id) return null
  const { start, gaps, first, last } = tariffPeriod.window.usage
  const reachesBack = gaps.some(({ from }) => from.at < start) || (first.at < start && last.at <= start)
  return reachesBack || earliestAt <= start ? null : tariffPeriod
}

const groupByMeter = (periods: readonly PeriodRow[]): ReadonlyMap<number, readonly PeriodRow[]> => {
  const groups = new Map<number, PeriodRow[]>()
  for (const period of periods) {
    const group = groups.get(period.meterId)
    if (group === undefined) groups.set(period.meterId, [period])
    else group.push(period)
  }
  return groups
}

/** The rows of each name as one plan. They were validated when they were written: what does not read now is a fault. */
export const booksOf = (rows: readonly PlanRow[]): ReadonlyMap<number, StoredBook> => {
  const byName = new Map<string, PlanRow[]>()
  for (const row of rows) byName.set(row.name, [...(byName.get(row.name) ?? []), row])
  const byId = new Map<number, StoredBook>()
  for (const [name, versions] of byName) {
    const read = readPlanBook(versions.map(({ document }) => document))
    if (!read.ok) throw new Error(`the stored price plan ${name} cannot be read: ${JSON.stringify(read.problems)}`)
    const planIds = new Map(read.value.map(({ version }, index) => [version, versions[index]?.id ?? 0]))
    for (const { id } of versions) byId.set(id, { name, book: read.value, planIds })
  }
  return byId
}

export const contractOf = (document: unknown): SupplyContract => {
  if (document === null || document === undefined) return plainContract
  const read = readContract(document)
  if (!read.ok) throw new Error(`stored supply terms cannot be read: ${JSON.stringify(read.problems)}`)
  return read.value
}

const bookFor = (books: ReadonlyMap<number, StoredBook>, planId: number): StoredBook => {
  const book = books.get(planId)
  if (book === undefined) throw new Error(`price plan ${String(planId)} is not there`)
  return book
}

const tariffMeter = (
  { agreement }: MeterRecord,
  books: ReadonlyMap<number, StoredBook>,
  { contract, termsId, days }: Readonly<{ contract: SupplyContract; termsId: number | null; days: ZoneDays }>,
  latest: readonly LatestPeriod[],
): TariffMeter => {
  if (agreement === null) throw new Error('a tariff without an agreement')
  const stored = bookFor(books, agreement.pricePlanId)
  const base = { book: stored.book, contract, days }
  const newest = latest.at(-1)
  const broken = latest.findLastIndex(({ planId, intact }) => !intact || bookFor(books, planId).name !== stored.name)
  const same = latest.slice(broken + 1)
  const continues = same.length > 0
  const other = continues || newest === undefined ? null : bookFor(books, newest.planId)
  const before =
    other === null || newest === undefined
      ? null
      : restoreChain({ ...base, book: other.book }, [storedWindow(other, newest)])
  const rated = before?.windows.at(-1)
  return {
    stored,
    base,
    termsId,
    rates: ratesNeeded(stored.book),
    chain: continues
      ? restoreChain(
          base,
          same.map((period) => storedWindow(stored, period)),
        )
      : null,
    previous:
      rated === undefined || newest === undefined ? null : { rated, planId: newest.planId, intact: newest.intact },
    touched: new Map(),
  }
}

/** A period's state with the version that its plan's row is. */
export const storedWindow = (
  { planIds, name }: StoredBook,
  { planId, window }: Pick<PeriodRow, 'planId' | 'window'>,
): StoredWindow => {
  for (const [version, id] of planIds) if (id === planId) return { ...window, version }
  throw new Error(`row ${String(planId)} is no version of ${name}`)
}

export type TariffCharge = Readonly<{ meter: TariffMeter; charged: MicroYuan; postings: readonly Posting[] }>

type TariffReading = Readonly<{ mark: Mark; before: Mark | null; used: WattHours }>

/** Charges a reading by the tariff; null when no version of the plan is in force. */
export const chargeByTariff = (
  record: MeterRecord,
  meter: TariffMeter,
  reading: TariffReading,
): TariffCharge | null => {
  const begun = meter.chain === null ? beginTariff(record, meter, reading) : meter
  if (begun?.chain == null) return null
  const taken = takeReading(begun.chain, reading.mark)
  if (taken === null) return null
  const opened = begun === meter || taken.windows.length > 0 ? taken.windows : unchanged(taken.chain)
  const moved = opened.reduce((current, change) => withWindow(record, current, change), begun)
  return {
    meter: { ...moved, chain: taken.chain },
    charged: addMoney(taken.usage, taken.trueUp),
    postings: taken.windows.flatMap((change, index) =>
      postingOf(record, begun, change, reading, index === taken.windows.length - 1),
    ),
  }
}

const unchanged = ({ windows }: MeteringChain): readonly WindowCharge[] =>
  windows.map((rated) => ({ rated, usage: zeroMoney, trueUp: zeroMoney }))

/** The first reading under this plan: it goes on from the register that was read last, or opens the first period. */
const beginTariff = (record: MeterRecord, meter: TariffMeter, reading: TariffReading): TariffMeter | null => {
  const { base, previous } = meter
  const first = openingMark(base, previous?.rated.usage.last ?? reading.before, reading.mark)
  const window = windowOn(base.book, base.contract, base.days.dayAt(first.at))
  if (window === null) return null
  const chain = beginChain(
    base.book,
    base.contract,
    base.days,
    first,
    startOf(record, previous?.rated ?? null, first, window),
  )
  if (chain === null) return null
  const ended = previous === null ? meter : endPrevious(record, meter, previous, first.at)
  return { ...ended, chain, previous: null }
}

/** A month that another plan has begun is not opened again, and its ladder's count goes on. */
const startOf = (
  { period }: MeterRecord,
  previous: RatedWindow | null,
  first: Mark,
  window: BillingWindow,
): ChainStart => {
  if (previous === null)
    return { opensMonth: period === null || first.at <= period.period.start || first.at >= period.period.end }
  const { ladderBefore } = carriedFrom(previous, window, noEnergy)
  return { ladderBefore, opensMonth: previous.window.monthStart !== window.monthStart }
}

/** The register read last, at a time at which the plan is in force already. */
const openingMark = ({ book, days }: ChainBase, before: Mark | null, now: Mark): Mark => {
  if (before === null) return now
  if (versionOn(book, days.dayAt(before.at)) !== null) return before
  const plan = versionOn(book, days.dayAt(now.at - 1))
  const from = plan === null ? null : days.startOf(plan.validFrom)
  return from === null || from >= now.at ? now : { ...before, at: Math.max(before.at, from) }
}

/** The window under the plan before ends where the new one begins. */
const endPrevious = (
  record: MeterRecord,
  meter: TariffMeter,
  { rated, planId, intact }: NonNullable<TariffMeter['previous']>,
  end: number,
): TariffMeter => {
  if (!intact) return meter
  const ended = { ...rated, usage: { ...rated.usage, end } }
  const update = updateOf(record, meter, planId, ended, zeroMoney)
  return { ...meter, touched: new Map(meter.touched).set(rated.usage.start, update) }
}

const withWindow = (record: MeterRecord, meter: TariffMeter, { rated, trueUp }: WindowCharge): TariffMeter => {
  const before = meter.touched.get(rated.usage.start)
  const planId = planIdOf(meter.stored, rated)
  const update = updateOf(record, meter, planId, rated, addMoney(before?.trueUp ?? zeroMoney, trueUp))
  return { ...meter, touched: new Map(meter.touched).set(rated.usage.start, update) }
}

const updateOf = (
  { meterId, bucket, agreement }: MeterRecord,
  { termsId }: TariffMeter,
  planId: number,
  rated: RatedWindow,
  trueUp: MicroYuan,
): TariffPeriodUpdate => ({
  meterId,
  bucket,
  agreementId: agreement?.id ?? 0,
  planId,
  termsId,
  window: storedOf(rated),
  trueUp,
})

const planIdOf = ({ planIds, name }: StoredBook, { window }: RatedWindow): number => {
  const id = planIds.get(window.plan.version)
  if (id === undefined) throw new Error(`version ${String(window.plan.version)} of ${name} has no row`)
  return id
}

/** One posting for each window that was charged; what a window gets back is a credit. */
const postingOf = (
  { accountId, agreement, meterId }: MeterRecord,
  { stored }: TariffMeter,
  { rated, usage, trueUp }: WindowCharge,
  { mark, used }: TariffReading,
  carriesUse: boolean,
): readonly Posting[] => {
  const net = addMoney(usage, trueUp)
  if (net === 0n || accountId === null || agreement === null) return []
  return [
    {
      template: net > 0n ? 'energy-charge' : 'energy-credit',
      accountId,
      amount: net > 0n ? net : microYuan(0n - net),
      meterId,
      agreementId: agreement.id,
      pricePlanId: planIdOf(stored, rated),
      used: carriesUse ? used : noEnergy,
      at: mark.at,
    },
  ]
}
