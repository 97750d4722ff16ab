import type { Ids } from '../domain/ids.ts'
import type { Posting } from '../domain/ledger.ts'
import type { Registers } from '../domain/price-plan.ts'
import type { MicroYuan } from '../domain/quantity.ts'
import { heldWords, passGate } from '../domain/reading-gate.ts'
import { openPeriod, settle, type SettlementPeriod } from '../domain/settlement.ts'
import { localDayText } from '../domain/calendar.ts'
import { lockAccounts } from '../store/credit.ts'
import type { Database, Sql } from '../store/database.ts'
import { countReads, saveObservations, type Observation, type ObservedStatus } from '../store/meters.ts'
import { ensurePartitions } from '../store/partitions.ts'
import {
  accountsOfMeters,
  insertReadings,
  loadMeters,
  lockMeters,
  savePeriods,
  type MeterRecord,
  type PeriodUpdate,
  type StoredReading,
} from '../store/settlement.ts'
import { post } from './post.ts'

/** One answer of a meter as the headend brings it. */
export type FieldReading = Readonly<{
  meterId: number
  /** Wall time of the meter's answer. */
  at: number
  registers: Registers
  powerMilliwatts: number | null
  obtained: 'scheduled' | 'person'
  status: Omit<ObservedStatus, 'meterId' | 'at'> | null
}>

export type SettleSummary = Readonly<{ good: number; late: number; held: number; charges: number }>

/**
 * Settles a batch of readings in one transaction: gate, charge, post. Delivering a batch twice, in pieces or out of
 * order charges every watt-hour exactly once. Locks go accounts first, then meters, each in the order of their ids.
 */
export const settleReadings = async (
  database: Database,
  ids: Ids,
  readings: readonly FieldReading[],
  now: number,
): Promise<SettleSummary> => {
  if (readings.length === 0) return { good: 0, late: 0, held: 0, charges: 0 }
  const times = readings.map(({ at }) => at)
  await ensurePartitions(database, Math.min(now, ...times), Math.max(now, ...times))
  return database.transaction(async (sql) => settleBatch(sql, ids, readings, now))
}

const settleBatch = async (
  sql: Sql,
  ids: Ids,
  readings: readonly FieldReading[],
  now: number,
): Promise<SettleSummary> => {
  const meterIds = [...new Set(readings.map(({ meterId }) => meterId))].sort((a, b) => a - b)
  await lockAccounts(sql, await accountsOfMeters(sql, meterIds))
  await lockMeters(sql, meterIds)
  const records = await loadMeters(sql, meterIds)
  const readingsOf = groupByMeter(readings)
  const outcomes = records.map((record) => settleMeter(record, readingsOf.get(record.meterId) ?? [], now))
  const rows = outcomes.flatMap(({ rows }) => rows)
  await savePeriods(
    sql,
    outcomes.flatMap(({ periods }) => periods),
  )
  await saveObservations(
    sql,
    outcomes.flatMap(({ observation }) => (observation === null ? [] : [observation])),
  )
  const charged = rows.filter((row) => row.posting !== null)
  const accountIds = records.flatMap(({ accountId }) => (accountId === null ? [] : [accountId]))
  const posted = await post(sql, ids, { now, accountIds, postings: charged.flatMap(({ posting }) => posting ?? []) })
  const balances = new Map(charged.map((row, index) => [row, posted.balancesAfter[index] ?? null]))
  await insertReadings(
    sql,
    rows.map((row) => ({ ...row.stored, balanceAfter: balances.get(row) ?? null })),
  )
  await countReads(sql, countsOf(records, rows), meterIds[0] ?? 0)
  return summaryOf(rows, charged.length)
}

const groupByMeter = (readings: readonly FieldReading[]): ReadonlyMap<number, readonly FieldReading[]> => {
  const groups = new Map<number, FieldReading[]>()
  for (const reading of readings) {
    const group = groups.get(reading.meterId)
    if (group === undefined) groups.set(reading.meterId, [reading])
    else group.push(reading)
  }
  return groups
}

type Row = Readonly<{
  kind: 'good' | 'late' | 'held'
  stored: Omit<StoredReading, 'balanceAfter'>
  posting: Posting | null
}>

type MeterOutcome = Readonly<{
  rows: readonly Row[]
  periods: readonly PeriodUpdate[]
  observation: Observation | null
}>

type Progress = {
  last: MeterRecord['last']
  period: PeriodUpdate | null
  touched: Map<number, PeriodUpdate>
}

const settleMeter = (record: MeterRecord, readings: readonly FieldReading[], now: number): MeterOutcome => {
  const ordered = readings.toSorted((a, b) => a.at - b.at)
  const open = record.period === null ? null : { meterId: record.meterId, bucket: record.bucket, ...record.period }
  const progress: Progress = { last: record.last, period: open, touched: new Map() }
  const rows = ordered.map((reading) => settleOne(record, reading, progress, now))
  const newest = ordered.at(-1)
  const moved = progress.last !== record.last ? progress.last : null
  const newestQuality = rows.at(-1)?.kind === 'held' ? 'held' : 'good'
  const late = newest === undefined || rows.every(({ kind }) => kind === 'late')
  return {
    rows,
    periods: [...progress.touched.values()],
    observation:
      newest === undefined
        ? null
        : {
            meterId: record.meterId,
            progress: late
              ? null
              : {
                  at: moved?.at ?? newest.at,
                  quality: newestQuality,
                  good: moved?.registers ?? null,
                  powerMilliwatts: newest.powerMilliwatts,
                },
            status: newest.status === null ? null : { at: newest.at, ...newest.status },
          },
  }
}

/** Passes one reading through the gate and, when it is good, charges it. */
const settleOne = (record: MeterRecord, reading: FieldReading, progress: Progress, now: number): Row => {
  const plan = progress.period?.period.plan ?? record.agreement?.plan ?? null
  const { maximumWatts, meterId, bucket } = record
  const gate = passGate(reading, { last: progress.last, maximumWatts, plan, now })
  const { at, registers, powerMilliwatts, obtained } = reading
  const stored = { meterId, bucket, at, registers, powerMilliwatts, obtained, used: null, charged: null }
  if (gate.kind === 'held') {
    const heldBecause = heldWords[gate.reason]
    return { kind: 'held', posting: null, stored: { ...stored, quality: 'held', heldBecause } }
  }
  if (gate.kind === 'late')
    return { kind: 'late', posting: null, stored: { ...stored, quality: 'good', heldBecause: null } }
  const before = progress.last?.registers ?? null
  progress.last = { at, registers }
  const charge = chargeOf(record, reading, before, progress)
  return {
    kind: 'good',
    posting: charge?.posting ?? null,
    stored: {
      ...stored,
      quality: 'good',
      heldBecause: null,
      used: charge?.used ?? null,
      charged: charge?.charge ?? null,
    },
  }
}

type Charge = Readonly<{ used: SettlementPeriodUse; charge: MicroYuan; posting: Posting | null }>
type SettlementPeriodUse = ReturnType<typeof settle>['used']

/** The first good reading under an agreement opens the first period and is charged nothing. */
const chargeOf = (
  record: MeterRecord,
  { at, registers }: FieldReading,
  before: Registers | null,
  progress: Progress,
): Charge | null => {
  const { agreement, accountId, meterId, bucket } = record
  if (agreement === null || accountId === null) return null
  const current = progress.period
  const stillOpen = current !== null && at <= current.period.end
  const base: Omit<PeriodUpdate, 'period'> = stillOpen
    ? current
    : { meterId, bucket, agreementId: agreement.id, pricePlanId: agreement.pricePlanId }
  const period: SettlementPeriod = stillOpen
    ? current.period
    : openPeriod(at, record.timeZone, agreement.plan, current?.period.latest ?? before ?? registers)
  const settled = settle(period, registers)
  progress.period = { ...base, period: settled.period }
  progress.touched.set(settled.period.start, progress.period)
  const { charge, used } = settled
  const { agreementId, pricePlanId } = base
  const posting: Posting | null =
    charge === 0n
      ? null
      : { template: 'energy-charge', accountId, amount: charge, meterId, agreementId, pricePlanId, used, at }
  return { used, charge, posting }
}

const countsOf = (records: readonly MeterRecord[], rows: readonly Row[]) => {
  const recordOf = new Map(records.map((record) => [record.meterId, record]))
  return rows.flatMap(({ kind, stored: { meterId, at } }) => {
    const record = recordOf.get(meterId)
    if (record === undefined) return []
    const held = kind === 'held' ? 1 : 0
    return [{ day: localDayText(at, record.timeZone), siteId: record.siteId, good: 1 - held, held, failed: 0 }]
  })
}

const summaryOf = (rows: readonly Row[], charges: number): SettleSummary => {
  const count = (kind: Row['kind']): number => rows.filter((row) => row.kind === kind).length
  return { good: count('good'), late: count('late'), held: count('held'), charges }
}
