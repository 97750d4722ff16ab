import type { Ids } from '../domain/ids.ts'
import type { Posting } from '../domain/ledger.ts'
import type { Registers } from '../domain/price-plan.ts'
import { noEnergy, subtractEnergy, type MicroYuan, type WattHours, type Watts } from '../domain/quantity.ts'
import { heldWords, passGate, type GateFacts, type HeldReason } from '../domain/reading-gate.ts'
import { flowsWhileOpen } from '../domain/relay-watch.ts'
import { openPeriod, settle, type SettlementPeriod } from '../domain/settlement.ts'
import type { Reactive } from '../domain/tariff/power-factor.ts'
import type { Mark } from '../domain/tariff/usage.ts'
import { localDayText } from '../domain/calendar.ts'
import type { Database, Sql } from '../store/database.ts'
import { countReads, saveObservations, type Observation, type ObservedStatus } from '../store/meters.ts'
import { ensurePartitions } from '../store/partitions.ts'
import { saveTariffPeriods, type TariffPeriodUpdate } from '../store/tariffs.ts'
import {
  insertReadings,
  loadMeters,
  lockAccountsOfMeters,
  lockMeters,
  savePeriods,
  type MeterRecord,
  type PeriodUpdate,
  type StoredReading,
} from '../store/settlement.ts'
import { noteRelays, type RelaySight } from './note-relays.ts'
import { post } from './post.ts'
import { chargeByTariff, loadTariffMeters, type TariffMeter } from './settle-tariff.ts'

/** One answer of a meter as the headend brings it. */
export type FieldReading = Readonly<{
  meterId: number
  /** Wall time of the meter's answer. */
  at: number
  registers: Registers
  /** Reactive registers and the highest demand since the reading before, of meters that tell them. */
  reactive?: Reactive
  demand?: Watts
  powerMilliwatts: number | null
  obtained: 'scheduled' | 'person'
  /** `at` is absent when it was read with the registers. */
  status: (Omit<ObservedStatus, 'meterId' | 'at'> & Readonly<{ at?: number }>) | null
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
  await lockAccountsOfMeters(sql, meterIds)
  await lockMeters(sql, meterIds)
  const records = await loadMeters(sql, meterIds)
  const readingsOf = groupByMeter(readings)
  const tariffs = await loadTariffMeters(sql, records, (meterId) =>
    Math.min(...(readingsOf.get(meterId) ?? []).map(({ at }) => at)),
  )
  const outcomes = records.map((record) =>
    settleMeter(record, tariffs.get(record.meterId) ?? null, readingsOf.get(record.meterId) ?? [], now),
  )
  const rows = outcomes.flatMap(({ rows }) => rows)
  await savePeriods(
    sql,
    outcomes.flatMap(({ periods }) => periods),
  )
  await saveTariffPeriods(
    sql,
    outcomes.flatMap(({ tariffPeriods }) => tariffPeriods),
  )
  await saveObservations(
    sql,
    outcomes.flatMap(({ observation }) => (observation === null ? [] : [observation])),
  )
  const charged = rows.flatMap((row) => row.postings.map((posting) => ({ row, posting })))
  const accountIds = records.flatMap(({ accountId }) => (accountId === null ? [] : [accountId]))
  const posted = await post(sql, ids, { now, accountIds, postings: charged.map(({ posting }) => posting) })
  const balances = new Map(charged.map(({ row }, index) => [row, posted.balancesAfter[index] ?? null]))
  await insertReadings(
    sql,
    rows.map((row) => ({ ...row.stored, balanceAfter: balances.get(row) ?? null })),
  )
  await countReads(sql, countsOf(records, rows), meterIds[0] ?? 0)
  await noteRelays(
    sql,
    outcomes.flatMap(({ sight }) => (sight === null ? [] : [sight])),
    now,
  )
  return summaryOf(rows)
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
  postings: readonly Posting[]
}>

type MeterOutcome = Readonly<{
  rows: readonly Row[]
  periods: readonly PeriodUpdate[]
  tariffPeriods: readonly TariffPeriodUpdate[]
  observation: Observation | null
  sight: RelaySight | null
}>

type Progress = {
  last: MeterRecord['last']
  period: PeriodUpdate | null
  touched: Map<number, PeriodUpdate>
  tariff: TariffMeter | null
}

const settleMeter = (
  record: MeterRecord,
  tariff: TariffMeter | null,
  readings: readonly FieldReading[],
  now: number,
): MeterOutcome => {
  const ordered = readings.toSorted((a, b) => a.at - b.at)
  const open =
    record.period === null ? null : { meterId: record.meterId, bucket: record.bucket, isNew: false, ...record.period }
  const progress: Progress = { last: record.last, period: open, touched: new Map(), tariff }
  const rows = ordered.map((reading) => settleOne(record, reading, progress, now))
  const newest = ordered.at(-1)
  const moved = progress.last !== record.last ? progress.last : null
  const newestQuality = rows.at(-1)?.kind === 'held' ? 'held' : 'good'
  const late = newest === undefined || rows.every(({ kind }) => kind === 'late')
  const status = newest === undefined ? null : newerStatus(record, newest)
  return {
    rows,
    periods: [...progress.touched.values()],
    tariffPeriods: [...(progress.tariff?.touched.values() ?? [])],
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
            status,
          },
    sight: status === null ? null : sightOf(record, status, moved),
  }
}

/** Energy counts as flowing behind an open relay only from a reading that was taken when it was open already. */
const sightOf = (
  { meterId, seen, statusAt, last, registerStepWh }: MeterRecord,
  { relay, relayCommand }: NonNullable<Observation['status']>,
  moved: MeterRecord['last'],
): RelaySight => {
  const wasOpen = seen?.relay === 'open' && last !== null && statusAt !== null && statusAt <= last.at
  const usedWh =
    moved === null || last === null ? noEnergy : subtractEnergy(moved.registers.totalWh, last.registers.totalWh)
  const flows = wasOpen && relay === 'open' && flowsWhileOpen(usedWh, registerStepWh)
  return { meterId, before: seen, now: { relay, relayCommand }, flowedWh: flows ? usedWh : null }
}

/** Under the meter's lock: a status word that is older than what is known says nothing any more. */
const newerStatus = ({ statusAt }: MeterRecord, { at, status }: FieldReading): Observation['status'] =>
  status === null || (status.at ?? at) < (statusAt ?? -Infinity) ? null : { at, ...status }

/** Passes one reading through the gate and, when it is good, charges it. */
const settleOne = (record: MeterRecord, reading: FieldReading, progress: Progress, now: number): Row => {
  const plan = planFor(record, progress)
  const { maximumWatts, registerStepWh, meterId, bucket } = record
  const gate = passGate(reading, { last: progress.last, maximumWatts, registerStepWh, plan, now })
  const { at, registers, powerMilliwatts, obtained } = reading
  const stored = { meterId, bucket, at, registers, powerMilliwatts, obtained, used: null, charged: null }
  const held = (reason: HeldReason): Row => ({
    kind: 'held',
    postings: [],
    stored: { ...stored, quality: 'held', heldBecause: heldWords[reason] },
  })
  if (gate.kind === 'held') return held(gate.reason)
  if (gate.kind === 'late') {
    const stays = { ...stored, quality: 'good', heldBecause: null } as const
    const trueUp = progress.tariff === null ? null : chargeTariff(record, reading, progress.tariff, progress)
    return { kind: 'late', postings: trueUp?.postings ?? [], stored: { ...stays, charged: trueUp?.charge ?? null } }
  }
  const before = progress.last?.registers ?? null
  const charge =
    progress.tariff === null
      ? chargeOf(record, reading, before, progress)
      : chargeTariff(record, reading, progress.tariff, progress)
  if (charge === null && progress.tariff !== null) return held('no-price-in-force')
  progress.last = { at, registers }
  return {
    kind: 'good',
    postings: charge?.postings ?? [],
    stored: {
      ...stored,
      quality: 'good',
      heldBecause: null,
      used: charge?.used ?? null,
      charged: charge?.charge ?? null,
    },
  }
}

const planFor = ({ agreement }: MeterRecord, { tariff, period }: Progress): GateFacts['plan'] => {
  if (tariff !== null) return { kind: 'tariff', rates: tariff.rates }
  if (period !== null) return period.period.plan
  return agreement === null || agreement.plan === 'tariff' ? null : agreement.plan
}

type Charge = Readonly<{ used: WattHours; charge: MicroYuan; postings: readonly Posting[] }>

/**
 * Charges by a tariff. A late reading may tell how the energy between two others is to be divided over their prices; it
 * has used nothing more.
 */
const chargeTariff = (
  record: MeterRecord,
  { at, registers, reactive, demand }: FieldReading,
  tariff: TariffMeter,
  progress: Progress,
): Charge | null => {
  const { last } = progress
  const isLate = last !== null && at <= last.at
  if (isLate && tariff.chain === null) return null
  const used = last === null || isLate ? noEnergy : subtractEnergy(registers.totalWh, last.registers.totalWh)
  const mark: Mark = {
    at,
    registers,
    ...(reactive === undefined ? {} : { reactive }),
    ...(demand === undefined ? {} : { demand }),
  }
  const charged = chargeByTariff(record, tariff, { mark, before: last, used })
  if (charged === null) return null
  progress.tariff = charged.meter
  return { used, charge: charged.charged, postings: charged.postings }
}

/** The first good reading under an agreement opens the first period and is charged nothing. */
const chargeOf = (
  record: MeterRecord,
  { at, registers }: FieldReading,
  before: Registers | null,
  progress: Progress,
): Charge | null => {
  const { agreement, accountId, meterId, bucket } = record
  if (agreement === null || accountId === null || agreement.plan === 'tariff') return null
  const current = progress.period
  const stillOpen = current !== null && at <= current.period.end
  const base: Omit<PeriodUpdate, 'period'> = stillOpen
    ? current
    : { meterId, bucket, agreementId: agreement.id, pricePlanId: agreement.pricePlanId, isNew: true }
  const period: SettlementPeriod = stillOpen
    ? current.period
    : afterTariff(
        record,
        openPeriod(at, record.timeZone, agreement.plan, current?.period.latest ?? before ?? registers),
      )
  const settled = settle(period, registers)
  progress.period = { ...base, period: settled.period }
  progress.touched.set(settled.period.start, progress.period)
  const { charge, used } = settled
  const { agreementId, pricePlanId } = base
  const named = { accountId, meterId, agreementId, pricePlanId }
  const posting: Posting = { template: 'energy-charge', amount: charge, ...named, used, at }
  return { used, charge, postings: charge === 0n ? [] : [posting] }
}

/** Within a month that a tariff has begun, the period begins where the tariff's ended. */
const afterTariff = ({ tariffPeriod }: MeterRecord, period: SettlementPeriod): SettlementPeriod =>
  tariffPeriod === null || tariffPeriod.until <= period.start ? period : { ...period, start: tariffPeriod.until }

const countsOf = (records: readonly MeterRecord[], rows: readonly Row[]) => {
  const recordOf = new Map(records.map((record) => [record.meterId, record]))
  return rows.flatMap(({ kind, stored: { meterId, at } }) => {
    const record = recordOf.get(meterId)
    if (record === undefined) return []
    const held = kind === 'held' ? 1 : 0
    return [{ day: localDayText(at, record.timeZone), siteId: record.siteId, good: 1 - held, held, failed: 0 }]
  })
}

const summaryOf = (rows: readonly Row[]): SettleSummary => {
  const count = (kind: Row['kind']): number => rows.filter((row) => row.kind === kind).length
  return {
    good: count('good'),
    late: count('late'),
    held: count('held'),
    charges: rows.filter(({ postings }) => postings.length > 0).length,
  }
}
