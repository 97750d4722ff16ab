import type { Registers } from '../domain/price-plan.ts'
import { microYuan, wattHours } from '../domain/quantity.ts'
import { turnOf } from '../domain/register-lift.ts'
import type { RelaySeen } from '../domain/relay-watch.ts'
import { parseInstant } from './connection.ts'
import type { Sql } from './database.ts'
import {
  lockAccountsOfMeters,
  standingColumns,
  standingOf,
  stirredMeters,
  type AccountStanding,
} from './locked-accounts.ts'
import { instantOf, packedInstant, packedRows, type PackedRow } from './packed-rows.ts'
import { loadPlans, type Plans } from './plan-memory.ts'
import { lockMeters, stateOf, type MeterRecord } from './settlement.ts'
import { StoreError } from './store-error.ts'
import type { UsageRow } from './tariff-usage.ts'

/**
 * Locks the accounts of these meters, then the meters, each in the order of their ids, and reads all that settling them
 * needs, in one journey to the server. What is read is read by a statement of its own behind the locks: the locking ones
 * would still see what was there before they waited.
 */
export const lockAndReadMeters = async (sql: Sql, meterIds: readonly number[]): Promise<readonly MeterRecord[]> => {
  const [lockedIds, , rows] = await Promise.all([
    lockAccountsOfMeters(sql, meterIds),
    lockMeters(sql, meterIds),
    meterRows(sql, [meterIds]),
  ])
  const planIds = rows.flatMap((row) => [row.plan, row.periodPlan].filter((id) => id !== '').map(Number))
  const plans = await loadPlans(sql, new Set(planIds))
  const standings = new Map<number, AccountStanding>()
  for (const row of rows) if (row.account !== '') standings.set(Number(row.account), standingOf(row))
  for (const id of standings.keys())
    if (!lockedIds.has(id)) throw new StoreError('conflict', 'a meter came to another account while it was waited for')
  return rows.map((row) => recordOf(row, plans, standings)).toSorted((a, b) => a.meterId - b.meterId)
}

const columns = {
  id: 'm.id',
  site: 'm.site_id',
  bucket: 'm.bucket',
  timeZone: 's.time_zone',
  maximumWatts: 'm.maximum_watts',
  step: 'm.energy_step_wh',
  protocol: 'm.protocol',
  statusAt: packedInstant('m.status_at'),
  relay: 'm.relay',
  relayCommand: 'm.relay_command',
  lastAt: packedInstant('m.last_at'),
  last: 'm.last_total_wh',
  lastRates: 'm.last_rates_wh',
  agreement: 'g.id',
  remote: `g.settlement_mode = 'remote'`,
  plan: 'g.price_plan_id',
  ...standingColumns,
  periodStart: 'p.start_at',
  periodEnd: packedInstant('p.end_at'),
  periodAgreement: 'p.agreement_id',
  periodPlan: 'p.price_plan_id',
  opening: 'p.opening_wh',
  openingRates: 'p.opening_rates_wh',
  latest: 'p.latest_wh',
  latestRates: 'p.latest_rates_wh',
  charged: 'p.charged',
  usage: `coalesce(p.usage::text, '')`,
  ladderBefore: 'p.ladder_before_wh',
  quotaCarried: 'p.quota_carried_wh',
  opensMonth: 'p.opens_month',
} as const

type Row = PackedRow<keyof typeof columns>

const meterRows = packedRows(
  columns,
  `from meter m join site s on s.id = m.site_id
   left join account a on a.id = m.account_id
   left join ledger_account l on l.account_id = a.id and l.code = 'customer-prepayment'
   left join agreement g on g.id = a.agreement_id
   left join lateral (${stirredMeters}) o on true
   left join lateral (select * from settlement_period p where p.meter_id = m.id order by p.start_at desc limit 1) p on true
   where m.id = any($1::int[])`,
)

const recordOf = (row: Row, plans: Plans, standings: ReadonlyMap<number, AccountStanding>): MeterRecord => {
  const accountId = numberOf(row.account)
  return {
    meterId: Number(row.id),
    siteId: Number(row.site),
    bucket: Number(row.bucket),
    accountId,
    timeZone: row.timeZone,
    maximumWatts: Number(row.maximumWatts),
    registerStepWh: Number(row.step),
    turnWh: turnOf(row.protocol, Number(row.step)),
    statusAt: row.statusAt === '' ? null : instantOf(row.statusAt),
    seen: seenOf(row),
    last:
      row.lastAt === '' || row.last === ''
        ? null
        : { at: instantOf(row.lastAt), registers: registersOf(row.last, row.lastRates) },
    agreement: agreementOf(row, plans),
    period: periodOf(row, plans),
    tariffPeriod: tariffPeriodOf(row),
    standing: accountId === null ? null : (standings.get(accountId) ?? null),
  }
}

const seenOf = ({ relay, relayCommand }: Row): MeterRecord['seen'] =>
  relay === 'unknown' || relayCommand === 'unknown'
    ? null
    : { relay: relay as RelaySeen['relay'], relayCommand: relayCommand as RelaySeen['relayCommand'] }

const agreementOf = (row: Row, plans: Plans): MeterRecord['agreement'] => {
  if (row.agreement === '' || row.remote !== 't') return null
  const pricePlanId = Number(row.plan)
  return { id: Number(row.agreement), pricePlanId, plan: planOfRow(plans, pricePlanId) }
}

const periodOf = (row: Row, plans: Plans): MeterRecord['period'] => {
  if (row.periodStart === '') return null
  const pricePlanId = Number(row.periodPlan)
  const plan = planOfRow(plans, pricePlanId)
  if (plan === 'tariff') return null
  return {
    agreementId: Number(row.periodAgreement),
    pricePlanId,
    period: {
      start: parseInstant(row.periodStart),
      end: instantOf(row.periodEnd),
      plan,
      opening: registersOf(row.opening, row.openingRates),
      latest: registersOf(row.latest, row.latestRates),
      charged: microYuan(BigInt(row.charged)),
    },
  }
}

const tariffPeriodOf = (row: Row): MeterRecord['tariffPeriod'] => {
  if (row.usage === '') return null
  const start = parseInstant(row.periodStart)
  const usage = JSON.parse(row.usage) as UsageRow
  return {
    agreementId: Number(row.periodAgreement),
    planId: Number(row.periodPlan),
    until: row.lastAt === '' ? start : instantOf(row.lastAt),
    intact: start === usage.start,
    window: stateOf({
      usage,
      ladder_before_wh: BigInt(row.ladderBefore),
      quota_carried_wh: BigInt(row.quotaCarried),
      opens_month: row.opensMonth === 't',
      charged: BigInt(row.charged),
    }),
  }
}

const planOfRow = (plans: Plans, id: number): ReturnType<Plans['get']> & {} => {
  const plan = plans.get(id)
  if (plan === undefined) throw new Error(`price plan ${String(id)} is not there`)
  return plan
}

const numberOf = (text: string): number | null => (text === '' ? null : Number(text))

/** As PostgreSQL writes an array of whole numbers. */
const registersOf = (total: string, rates: string): Registers => ({
  totalWh: wattHours(BigInt(total)),
  ratesWh:
    rates.length <= 2
      ? []
      : rates
          .slice(1, -1)
          .split(',')
          .map((rate) => wattHours(BigInt(rate))),
})
