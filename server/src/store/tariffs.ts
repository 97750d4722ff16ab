import type { MicroYuan } from '../domain/quantity.ts'
import type { StoredWindow } from '../domain/tariff/stored-window.ts'
import type { Sql } from './database.ts'
import { arrayText, stateOf, type PeriodState, type StateRow } from './settlement.ts'
import { usageRow } from './tariff-usage.ts'

/** Price plans of kind `tariff`, supply terms, and the periods that are rated by them. */

/** One version of a plan as it was written down; the rows of one name belong together. */
export type PlanRow = Readonly<{ id: number; name: string; document: unknown }>

/** All versions of the plans to which these rows belong, each plan's in their order. */
export const loadPlanVersions = async (sql: Sql, planIds: readonly number[]): Promise<readonly PlanRow[]> =>
  sql.query<PlanRow>(
    `select id, name, document from price_plan
     where kind = 'tariff' and name in (select name from price_plan where id = any($1::int[])) order by name, version`,
    [planIds],
  )

export type TermsRow = Readonly<{ id: number; accountId: number; document: unknown }>

/** The newest supply terms of these accounts. */
export const loadSupplyTerms = async (sql: Sql, accountIds: readonly number[]): Promise<readonly TermsRow[]> => {
  const rows = await sql.query<{ id: number; account_id: number; document: unknown }>(
    `select distinct on (account_id) id, account_id, document from supply_terms
     where account_id = any($1::int[]) order by account_id, version desc`,
    [accountIds],
  )
  return rows.map(({ id, account_id: accountId, document }) => ({ id, accountId, document }))
}

/** A rated period as it is stored, with what it was rated by. */
export type PeriodRow = Readonly<{
  meterId: number
  timeZone: string
  planId: number
  terms: unknown
  window: PeriodState
  /** False once its meter was taken off the account: it is over, wherever the meter went. */
  intact: boolean
}>

type Row = {
  meter_id: number
  time_zone: string
  price_plan_id: number
  terms: unknown
  intact: boolean
} & StateRow

const periodColumns = `s.meter_id, i.time_zone, s.price_plan_id, t.document as terms,
  s.start_at = to_timestamp((s.usage->>'start')::numeric / 1000) as intact, s.usage, s.ladder_before_wh, s.quota_carried_wh, s.opens_month, s.charged`
const periodJoins = `join agreement g on g.id = s.agreement_id
  join meter m on m.id = s.meter_id join site i on i.id = m.site_id
  left join supply_terms t on t.id = s.supply_terms_id`

const periodOf = (row: Row): PeriodRow => ({
  meterId: row.meter_id,
  timeZone: row.time_zone,
  planId: row.price_plan_id,
  terms: row.terms,
  intact: row.intact,
  window: stateOf(row),
})

/**
 * The last two periods under a tariff of each of these meters, in their order: a late reading reaches no farther back.
 * None where a plan of another kind, or another account, has followed.
 */
export const loadLatestPeriods = async (sql: Sql, meterIds: readonly number[]): Promise<readonly PeriodRow[]> => {
  const rows = await sql.query<Row>(
    `select ${periodColumns} from unnest($1::int[]) as w(id)
     cross join lateral (select * from settlement_period where meter_id = w.id order by start_at desc limit 2) s
     ${periodJoins} where s.usage is not null and g.account_id = m.account_id and not exists (
       select from settlement_period n join agreement o on o.id = n.agreement_id
       where n.meter_id = s.meter_id and n.start_at > s.start_at and (n.usage is null or o.account_id <> m.account_id))
     order by s.meter_id, s.start_at`,
    [meterIds],
  )
  return rows.map(periodOf)
}

/** Every period under a tariff, for the proof of the books and for statements. */
export const loadTariffPeriods = async (sql: Sql): Promise<readonly PeriodRow[]> => {
  const rows = await sql.query<Row>(
    `select ${periodColumns} from settlement_period s ${periodJoins} where s.usage is not null order by s.meter_id, s.start_at`,
  )
  return rows.map(periodOf)
}

/** Open accounts that were charged under a version of a plan, the first so many. */
export const accountsChargedUnder = async (sql: Sql, planId: number, limit: number): Promise<readonly number[]> => {
  const rows = await sql.query<{ id: number }>(
    `select distinct a.id from settlement_period s join agreement g on g.id = s.agreement_id
     join account a on a.id = g.account_id
     where s.price_plan_id = $1 and s.usage is not null and a.closed_at is null order by a.id limit $2`,
    [planId, limit],
  )
  return rows.map(({ id }) => id)
}

export type ChargedPeriod = PeriodRow &
  Readonly<{ accountId: number; agreementId: number; bucket: number; termsId: number | null }>

/** The periods of these accounts that were charged under a version of a plan. */
export const loadPeriodsUnder = async (
  sql: Sql,
  planId: number,
  accountIds: readonly number[],
): Promise<readonly ChargedPeriod[]> => {
  const rows = await sql.query<
    Row & { account_id: number; agreement_id: number; bucket: number; supply_terms_id: number | null }
  >(
    `select ${periodColumns}, g.account_id, s.agreement_id, s.bucket, s.supply_terms_id from settlement_period s ${periodJoins}
     where s.price_plan_id = $1 and s.usage is not null and g.account_id = any($2::int[]) order by s.meter_id, s.start_at`,
    [planId, accountIds],
  )
  return rows.map((row) => ({
    ...periodOf(row),
    accountId: row.account_id,
    agreementId: row.agreement_id,
    bucket: row.bucket,
    termsId: row.supply_terms_id,
  }))
}

export type TariffPeriodUpdate = Readonly<{
  meterId: number
  bucket: number
  agreementId: number
  planId: number
  termsId: number | null
  window: StoredWindow
  /** True-ups charged now; they add up in the period. */
  trueUp: MicroYuan
  /** The period's meter was taken off its account, which moved the period's key (store/meter-binding). */
  released?: boolean
}>

/** Opens periods under a tariff and moves them on. */
export const saveTariffPeriods = async (sql: Sql, updates: readonly TariffPeriodUpdate[]): Promise<void> => {
  if (updates.length === 0) return
  const column = <T>(value: (update: TariffPeriodUpdate) => T): T[] => updates.map(value)
  await sql.query(
    `insert into settlement_period as s (meter_id, start_at, bucket, end_at, agreement_id, price_plan_id, opening_wh, opening_rates_wh,
                                         latest_wh, latest_rates_wh, charged, usage, ladder_before_wh, quota_carried_wh,
                                         opens_month, supply_terms_id, true_up)
     select u.meter_id, u.start_at - case when u.released then interval '1 microsecond' else interval '0' end, u.bucket, u.end_at, u.agreement_id, u.price_plan_id, u.opening, u.opening_rates::bigint[],
            u.latest, u.latest_rates::bigint[], u.charged, u.usage, u.ladder_before, u.quota_carried, u.opens_month, u.terms_id, u.true_up
     from unnest($1::int[], $2::timestamptz[], $3::smallint[], $4::timestamptz[], $5::int[], $6::int[], $7::bigint[], $8::text[],
                 $9::bigint[], $10::text[], $11::bigint[], $12::jsonb[], $13::bigint[], $14::bigint[], $15::boolean[], $16::int[], $17::bigint[], $18::boolean[])
       as u(meter_id, start_at, bucket, end_at, agreement_id, price_plan_id, opening, opening_rates, latest, latest_rates,
            charged, usage, ladder_before, quota_carried, opens_month, terms_id, true_up, released)
     on conflict (meter_id, start_at) do update
       set end_at = least(s.end_at, excluded.end_at), price_plan_id = excluded.price_plan_id, latest_wh = excluded.latest_wh, latest_rates_wh = excluded.latest_rates_wh,
           charged = excluded.charged, usage = excluded.usage, ladder_before_wh = excluded.ladder_before_wh,
           quota_carried_wh = excluded.quota_carried_wh, supply_terms_id = excluded.supply_terms_id,
           true_up = s.true_up + excluded.true_up`,
    [
      column(({ meterId }) => meterId),
      column(({ window }) => new Date(window.usage.start)),
      column(({ bucket }) => bucket),
      column(({ window }) => new Date(window.usage.end)),
      column(({ agreementId }) => agreementId),
      column(({ planId }) => planId),
      column(({ window }) => window.usage.first.registers.totalWh),
      column(({ window }) => arrayText(window.usage.first.registers.ratesWh)),
      column(({ window }) => window.usage.last.registers.totalWh),
      column(({ window }) => arrayText(window.usage.last.registers.ratesWh)),
      column(({ window }) => window.charged),
      column(({ window }) => JSON.stringify(usageRow(window.usage))),
      column(({ window }) => window.ladderBefore),
      column(({ window }) => window.quotaCarried),
      column(({ window }) => window.opensMonth),
      column(({ termsId }) => termsId),
      column(({ trueUp }) => trueUp),
      column(({ released }) => released ?? false),
    ],
  )
}

/** Adds a version to an account's supply terms. */
export const insertSupplyTerms = async (
  sql: Sql,
  { accountId, document, at }: Readonly<{ accountId: number; document: unknown; at: number }>,
): Promise<void> => {
  await sql.query(
    `insert into supply_terms (account_id, version, document, at)
     select $1, coalesce(max(version), 0) + 1, $2, $3 from supply_terms where account_id = $1`,
    [accountId, JSON.stringify(document), new Date(at)],
  )
}

/** Who adds versions to one plan waits for the other. */
export const lockPlanName = async (sql: Sql, name: string): Promise<void> => {
  await sql.query('select pg_advisory_xact_lock(hashtext($1))', [`xianfu price plan ${name}`])
}

export const planVersionsOf = async (
  sql: Sql,
  name: string,
): Promise<readonly Readonly<{ id: number; kind: string; version: number; document: unknown }>[]> =>
  sql.query('select id, kind, version, document from price_plan where name = $1 order by version', [name])

export type ListedPlan = Readonly<{
  name: string
  version: number
  kind: string
  validFrom: string | null
  agreements: bigint
}>

/** All plans with how many agreements name each version. */
export const listPlans = async (sql: Sql): Promise<readonly ListedPlan[]> => {
  const rows = await sql.query<{
    name: string
    version: number
    kind: string
    valid_from: string | null
    agreements: bigint
  }>(
    `select p.name, p.version, p.kind, p.document->>'validFrom' as valid_from, count(g.id) as agreements
     from price_plan p left join agreement g on g.price_plan_id = p.id group by p.id order by p.name, p.version`,
  )
  return rows.map(({ valid_from: validFrom, ...row }) => ({ ...row, validFrom }))
}

/** Locks the account, so that two who write its terms follow each other. */
export const findAccountByNumber = async (sql: Sql, number: string): Promise<number | null> => {
  const [row] = await sql.query<{ id: number }>('select id from account where number = $1 for no key update', [number])
  return row?.id ?? null
}

/** Until when any meter under a plan has been read. */
export const latestReadingAt = async (sql: Sql, planName: string): Promise<number | null> => {
  const [row] = await sql.query<{ at: number | null }>(
    `select max(m.last_at) as at from meter m join account a on a.id = m.account_id
     join agreement g on g.id = a.agreement_id join price_plan p on p.id = g.price_plan_id where p.name = $1`,
    [planName],
  )
  return row?.at ?? null
}
