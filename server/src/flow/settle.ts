import type { Ids } from '../domain/ids.ts'
import type { Posting } from '../domain/ledger.ts'
import type { Registers } from '../domain/price-plan.ts'
import { noEnergy, subtractEnergy, type MicroYuan, type WattHours, type Watts } from '../domain/quantity.ts'
import {
  heldWords,
  passGate,
  passReleased,
  type GateFacts,
  type GateReading,
  type HeldReason,
} from '../domain/reading-gate.ts'
import { liftRegisters } from '../domain/register-lift.ts'
import { flowsWhileOpen } from '../domain/relay-watch.ts'
import { openPeriod, settle, type SettlementPeriod } from '../domain/settlement.ts'
import type { Reactive } from '../domain/tariff/power-factor.ts'
import type { Mark } from '../domain/tariff/usage.ts'
import { localDayText } from '../domain/calendar.ts'
import type { Database, Sql } from '../store/database.ts'
import { countReads, type ObservedStatus } from '../store/meters.ts'
import { ensurePartitions } from '../store/partitions.ts'
import { saveTariffPeriods, type TariffPeriodUpdate } from '../store/tariffs.ts'
import type { AccountStanding } from '../store/locked-accounts.ts'
import { lockAndReadMeters } from '../store/locked-meters.ts'
import { saveSettled, type MeterUpdate, type StoredReading } from '../store/settled-readings.ts'
import { openPeriods, type MeterRecord, type PeriodUpdate } from '../store/settlement.ts'
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
  obtained: 'scheduled' | 'person' | 're-read'
  /** What a late reading has to lie between, if that is known. */
  between?: GateReading['between']
  /** A person has looked at it and believes it. */
  released?: true
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

/** The same inside a transaction that does something with the readings itself. */
export const settleBatch = async (
  sql: Sql,
  ids: Ids,
  readings: readonly FieldReading[],
  now: number,
): Promise<SettleSummary> => {
  const meterIds = [...new Set(readings.map(({ meterId }) => meterId))].sort((a, b) => a - b)
  const records = await lockAndReadMeters(sql, meterIds)
  const readingsOf = groupByMeter(readings)
  const tariffs = await loadTariffMeters(sql, records, (meterId) =>
    Math.min(...(readingsOf.get(meterId) ?? []).map(({ at }) => at)),
  )
  const outcomes = records.map((record) =>
    settleMeter(record, tariffs.get(record.meterId) ?? null, readingsOf.get(record.meterId) ?? [], now),
  )
  const rows = outcomes.flatMap(({ rows }) => rows)
  const charged = rows.flatMap((row) => row.postings.map((posting) => ({ row, posting })))
  const standings = standingsAfter(records, outcomes)
  // What is released was counted when it was held.
  const isNew = readings.some(({ released }) => released !== true)
  const counts = countsOf(records, rows, isNew)
  // In one go: nothing here needs the answer to another. The ledger comes last, for its rows of the house are everybody's.
  await Promise.all([
    openPeriods(
      sql,
      outcomes.flatMap(({ opened }) => opened),
    ),
    saveTariffPeriods(
      sql,
      outcomes.flatMap(({ tariffPeriods }) => tariffPeriods),
    ),
    post(sql, ids, {
      now,
      accountIds: [...standings.keys()],
      postings: charged.map(({ posting }) => posting),
      locked: { sql, standings },
      beside: async (balancesAfter) => {
        const balances = new Map(charged.map(({ row }, index) => [row, balancesAfter[index] ?? null]))
        await Promise.all([saveSettled(sql, settledOf(outcomes, balances)), countReads(sql, counts, meterIds[0] ?? 0)])
      },
    }),
  ])
  await noteRelays(
    sql,
    outcomes.flatMap(({ sight }) => sight ?? []),
    now,
  )
  return summaryOf(rows)
}

/** The accounts as they stand; a meter that has just shown its alarm is for the policy to look at. */
const standingsAfter = (
  records: readonly MeterRecord[],
  outcomes: readonly MeterOutcome[],
): ReadonlyMap<number, AccountStanding> => {
  const standings = new Map<number, AccountStanding>()
  for (const [index, { standing }] of records.entries()) {
    if (standing === null) continue
    const known = standings.get(standing.accountId) ?? standing
    const alarm = outcomes[index]?.meter?.status?.alarm === true
    standings.set(standing.accountId, alarm ? { ...known, stirred: true } : known)
  }
  return standings
}

const settledOf = (outcomes: readonly MeterOutcome[], balances: ReadonlyMap<Row, MicroYuan | null>) =>
  outcomes.flatMap(({ rows, carrier, meter, moved }) =>
    rows.map((row) => {
      const period = moved.has(row) ? row.period : null
      return {
        ...row.stored,
        balanceAfter: balances.get(row) ?? null,
        meter: row === carrier ? meter : null,
        period: period === null ? null : { start: period.period.start, charged: period.period.charged },
      }
    }),
  )

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
  /** The period as this reading left it. */
  period: PeriodUpdate | null
}>

type MeterOutcome = Readonly<{
  rows: readonly Row[]
  /** Periods that were not there before the batch, as it leaves them. */
  opened: readonly PeriodUpdate[]
  /** Rows that an open period stands at now. */
  moved: ReadonlySet<Row>
  tariffPeriods: readonly TariffPeriodUpdate[]
  /** The reading that the meter stands at now: the last good one, or else the newest. */
  carrier: Row | undefined
  meter: MeterUpdate | null
  sight: RelaySight | null
}>

type Progress = {
  last: MeterRecord['last']
  period: PeriodUpdate | null
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
  const progress: Progress = { last: record.last, period: open, tariff }
  const rows = ordered.map((reading) => settleOne(record, reading, progress, now))
  const lastOfPeriod = new Map(rows.flatMap((row) => (row.period === null ? [] : [[row.period.period.start, row]])))
  const touched = [...lastOfPeriod.values()]
  const lastGood = rows.findLast(({ kind }) => kind === 'good')
  const meter = meterUpdate(record, rows, lastGood !== undefined, ordered.at(-1))
  return {
    rows,
    opened: touched.flatMap(({ period }) => (period?.isNew === true ? [period] : [])),
    moved: new Set(touched.filter(({ period }) => period?.isNew === false)),
    tariffPeriods: [...(progress.tariff?.touched.values() ?? [])],
    carrier: lastGood ?? rows.at(-1),
    meter,
    sight: meter?.status == null ? null : sightOf(record, meter.status, lastGood?.stored.registers ?? null),
  }
}

/** Energy counts as flowing behind an open relay only from a reading that was taken when it was open already. */
const sightOf = (
  { meterId, seen, statusAt, last, registerStepWh }: MeterRecord,
  { relay, relayCommand }: NonNullable<MeterUpdate['status']>,
  moved: Registers | null,
): RelaySight => {
  const wasOpen = seen?.relay === 'open' && last !== null && statusAt !== null && statusAt <= last.at
  const usedWh = moved === null || last === null ? noEnergy : subtractEnergy(moved.totalWh, last.registers.totalWh)
  const flows = wasOpen && relay === 'open' && flowsWhileOpen(usedWh, registerStepWh)
  return { meterId, before: seen, now: { relay, relayCommand }, flowedWh: flows ? usedWh : null }
}

const meterUpdate = (
  record: MeterRecord,
  rows: readonly Row[],
  movesOn: boolean,
  newest: FieldReading | undefined,
): MeterUpdate | null => {
  if (newest === undefined) return null
  const quality = rows.at(-1)?.kind === 'held' ? 'held' : 'good'
  // What was found later tells nothing of how the meter is now, even when it is held.
  const late = newest.obtained === 're-read' || rows.every(({ kind }) => kind === 'late')
  const { powerMilliwatts } = newest
  return { movesOn, newest: late ? null : { quality, powerMilliwatts }, status: newerStatus(record, newest) }
}

/** Under the meter's lock: a status word that is older than what is known says nothing any more. */
const newerStatus = ({ statusAt }: MeterRecord, { at, status }: FieldReading): MeterUpdate['status'] =>
  status === null || (status.at ?? at) < (statusAt ?? -Infinity) ? null : { at, ...status }

/** Passes one reading through the gate and, when it is good, charges it. */
const settleOne = (record: MeterRecord, shown: FieldReading, progress: Progress, now: number): Row => {
  const registers = liftRegisters(shown.registers, progress.last?.registers ?? null, record.turnWh)
  const reading = { ...shown, registers }
  const plan = planFor(record, progress)
  const { maximumWatts, registerStepWh, meterId, bucket } = record
  const gate = (reading.released === true ? passReleased : passGate)(reading, {
    last: progress.last,
    maximumWatts,
    registerStepWh,
    plan,
    now,
  })
  const { at, powerMilliwatts, obtained } = reading
  const stored = { meterId, bucket, at, registers, powerMilliwatts, obtained, used: null, charged: null }
  const held = (reason: HeldReason): Row => ({
    kind: 'held',
    postings: [],
    period: null,
    stored: { ...stored, quality: 'held', heldBecause: heldWords[reason] },
  })
  if (gate.kind === 'held') return held(gate.reason)
  if (gate.kind === 'late') {
    const stays = { ...stored, quality: 'good', heldBecause: null } as const
    const trueUp = tellsRates(reading, progress) ? chargeTariff(record, reading, progress.tariff, progress) : null
    const charged = trueUp?.charge ?? null
    return { kind: 'late', postings: trueUp?.postings ?? [], period: null, stored: { ...stays, charged } }
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
    period: charge?.period ?? null,
    stored: {
      ...stored,
      quality: 'good',
      heldBecause: null,
      used: charge?.used ?? null,
      charged: charge?.charge ?? null,
    },
  }
}

/** Half-hourly records have no rates: they can not divide what a tariff prices by the meter's own rates. */
const tellsRates = ({ registers }: FieldReading, progress: Progress): progress is Progress & { tariff: TariffMeter } =>
  progress.tariff !== null && registers.ratesWh.length >= progress.tariff.rates

const planFor = ({ agreement }: MeterRecord, { tariff, period }: Progress): GateFacts['plan'] => {
  if (tariff !== null) return { kind: 'tariff', rates: tariff.rates }
  if (period !== null) return period.period.plan
  return agreement === null || agreement.plan === 'tariff' ? null : agreement.plan
}

type Charge = Readonly<{
  used: WattHours
  charge: MicroYuan
  postings: readonly Posting[]
  /** None under a tariff, which keeps its own. */
  period: PeriodUpdate | null
}>

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
  return { used, charge: charged.charged, postings: charged.postings, period: null }
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
  const { charge, used } = settled
  const { agreementId, pricePlanId } = base
  const named = { accountId, meterId, agreementId, pricePlanId }
  const posting: Posting = { template: 'energy-charge', amount: charge, ...named, used, at }
  return { used, charge, postings: charge === 0n ? [] : [posting], period: progress.period }
}

/** Within a month that a tariff has begun, the period begins where the tariff's ended. */
const afterTariff = ({ tariffPeriod }: MeterRecord, period: SettlementPeriod): SettlementPeriod =>
  tariffPeriod === null || tariffPeriod.until <= period.start ? period : { ...period, start: tariffPeriod.until }

const countsOf = (records: readonly MeterRecord[], rows: readonly Row[], isCounted: boolean) => {
  if (!isCounted) return []
  const recordOf = new Map(records.map((record) => [record.meterId, record]))
  return rows.flatMap(({ kind, stored: { meterId, at, obtained } }) => {
    const record = recordOf.get(meterId)
    // What is found later was counted as a failed read when it was due.
    if (record === undefined || obtained === 're-read') return []
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
