import type { Language } from '../domain/notice.ts'
import type { PricePlan, Registers } from '../domain/price-plan.ts'
import { microYuan, wattHours, type MicroYuan, type WattHours } from '../domain/quantity.ts'
import { partsOf, type RevenueParts } from '../domain/revenue-parts.ts'
import type { BalanceMove } from '../domain/statement.ts'
import type { StoredWindow } from '../domain/tariff/stored-window.ts'
import type { Sql } from './database.ts'
import { planOf } from './settlement.ts'
import { usageOf, type UsageRow } from './tariff-usage.ts'

/** What closing a month needs to know. Everything is read for a batch of accounts at once, under their locks. */

/**
 * A period whose meter was taken off its account gives its key to the one that follows and moves a microsecond ahead
 * (meter-binding): it still belongs to the month that it began in.
 */
export const cut = "interval '500 microseconds'"

export type Span = Readonly<{ start: number; end: number }>

export type ClosingSite = Readonly<{
  id: number
  name: string
  signature: string
  servicePhone: string
  timeZone: string
  readingIntervalMs: number
}>

export const sitesToClose = async (sql: Sql): Promise<readonly ClosingSite[]> => {
  const rows = await sql.query<{
    id: number
    name: string
    signature: string
    service_phone: string
    time_zone: string
    reading_interval_minutes: number
  }>('select id, name, signature, service_phone, time_zone, reading_interval_minutes from site order by id')
  return rows.map((row) => ({
    id: row.id,
    name: row.name,
    signature: row.signature,
    servicePhone: row.service_phone,
    timeZone: row.time_zone,
    readingIntervalMs: row.reading_interval_minutes * 60_000,
  }))
}

/**
 * Accounts of a site with something to close: used or moved in the month and not closed; or closed, and charged since
 * for the month or for one before it.
 */
export const accountsToClose = async (
  sql: Sql,
  siteId: number,
  { start, end }: Span,
  which: 'all' | 'closed before',
): Promise<readonly number[]> => {
  const rows = await sql.query<{ id: number }>(
    `select a.id from account a
     left join lateral (select last_entry, energy from statement s where s.account_id = a.id and s.start_at = $2
                        order by revision desc limit 1) s on true
     where a.site_id = $1 and case when s.last_entry is null then $4 and (
       exists (select from settlement_period p join agreement g on g.id = p.agreement_id
               where g.account_id = a.id and p.start_at >= $2::timestamptz - ${cut} and p.start_at < $3::timestamptz - ${cut})
       or exists (select from transfer t where t.account_id = a.id and t.at > $2 and t.at <= $3))
     else
       s.energy <> (select coalesce(sum(p.charged), 0) from settlement_period p join agreement g on g.id = p.agreement_id
                    where g.account_id = a.id and p.start_at >= $2::timestamptz - ${cut} and p.start_at < $3::timestamptz - ${cut})
       or exists (select from statement e where e.account_id = a.id and e.end_at <= $2 and e.last_entry > s.last_entry)
     end order by a.id`,
    [siteId, new Date(start), new Date(end), which === 'all'],
  )
  return rows.map(({ id }) => id)
}

export type ClosingAccount = Readonly<{
  accountId: number
  bucket: number
  number: string
  customer: string
  language: Language
  balance: MicroYuan
  /** Its money is returned and its ledger accounts take nothing more. */
  accountClosed: boolean
  /** The newest revision for this month. */
  closed: Readonly<{
    id: string
    number: string
    revision: number
    total: MicroYuan
    tax: MicroYuan
    openingBalance: MicroYuan
    closingBalance: MicroYuan
    taxTransferId: string | null
    /** What it and those that it corrects have moved to revenue of other components. */
    components: RevenueParts
  }> | null
  /** The newest revision for the month before; null where that month has no statement. */
  previous: Readonly<{ number: string; closingBalance: MicroYuan }> | null
}>

export const closingAccounts = async (
  sql: Sql,
  accountIds: readonly number[],
  { start }: Span,
): Promise<readonly ClosingAccount[]> => {
  const rows = await sql.query<{
    id: number
    bucket: number
    number: string
    name: string
    language: Language
    balance: bigint | null
    account_closed: boolean
    s_id: string | null
    s_number: string
    s_revision: number
    s_total: bigint
    s_tax: bigint
    s_opening: bigint
    s_closing: bigint
    s_tax_transfer: string | null
    s_components: Record<string, string>
    b_number: string | null
    b_closing: bigint
  }>(
    `select a.id, a.bucket, a.number, c.name, c.language, l.credits - l.debits as balance,
            l.closed_at is not null as account_closed, s.id as s_id, s.number as s_number,
            s.revision as s_revision, s.total as s_total, s.tax as s_tax, s.opening_balance as s_opening,
            s.closing_balance as s_closing, s.tax_transfer_id as s_tax_transfer, s.components as s_components, b.number as b_number,
            b.closing_balance as b_closing
     from account a join customer c on c.id = a.customer_id
     left join ledger_account l on l.account_id = a.id and l.code = 'customer-prepayment'
     left join lateral (select * from statement s where s.account_id = a.id and s.start_at = $2
                        order by revision desc limit 1) s on true
     left join lateral (select * from statement b where b.account_id = a.id and b.end_at = $2
                        order by revision desc limit 1) b on true
     where a.id = any($1::int[]) order by a.id`,
    [accountIds, new Date(start)],
  )
  return rows.map((row) => ({
    accountId: row.id,
    bucket: row.bucket,
    number: row.number,
    customer: row.name,
    language: row.language,
    balance: microYuan(row.balance ?? 0n),
    accountClosed: row.account_closed,
    closed:
      row.s_id === null
        ? null
        : {
            id: row.s_id,
            number: row.s_number,
            revision: row.s_revision,
            total: microYuan(row.s_total),
            tax: microYuan(row.s_tax),
            openingBalance: microYuan(row.s_opening),
            closingBalance: microYuan(row.s_closing),
            taxTransferId: row.s_tax_transfer,
            components: partsOf(row.s_components),
          },
    previous: row.b_number === null ? null : { number: row.b_number, closingBalance: microYuan(row.b_closing) },
  }))
}

export type ClosingPeriod = Readonly<{
  accountId: number
  meterId: number
  start: number
  end: number
  agreement: Readonly<{ id: number; version: number }>
  pricePlan: Readonly<{ id: number; name: string; version: number }>
  /** What rates it: prices of registers, or a window under a tariff with the supply terms of the time. */
  rated: Readonly<{ kind: 'registers'; plan: PricePlan } | { kind: 'tariff'; terms: unknown; window: StoredWindow }>
  opening: Registers
  latest: Registers
  charged: MicroYuan
}>

/** The settlement periods of the month, by the agreement that they were charged under. */
export const closingPeriods = async (
  sql: Sql,
  accountIds: readonly number[],
  { start, end }: Span,
): Promise<readonly ClosingPeriod[]> => {
  const rows = await sql.query<{
    account_id: number
    meter_id: number
    start_at: number
    end_at: number
    agreement_id: number
    agreement_version: number
    plan_id: number
    plan_name: string
    plan_version: number
    kind: PricePlan['kind'] | 'tariff'
    prices: bigint[]
    document_version: number | null
    terms: unknown
    usage: UsageRow | null
    ladder_before_wh: bigint
    quota_carried_wh: bigint
    opens_month: boolean
    opening_wh: bigint
    opening_rates_wh: bigint[]
    latest_wh: bigint
    latest_rates_wh: bigint[]
    charged: bigint
  }>(
    `select g.account_id, p.meter_id, p.start_at, p.end_at, p.agreement_id, g.version as agreement_version,
            pl.id as plan_id, pl.name as plan_name, pl.version as plan_version, pl.kind, pl.prices,
            (pl.document ->> 'version')::int as document_version, t.document as terms, p.usage, p.ladder_before_wh,
            p.quota_carried_wh, p.opens_month, p.opening_wh, p.opening_rates_wh, p.latest_wh, p.latest_rates_wh, p.charged
     from agreement g join settlement_period p on p.agreement_id = g.id join price_plan pl on pl.id = p.price_plan_id
     left join supply_terms t on t.id = p.supply_terms_id
     where g.account_id = any($1::int[]) and p.start_at >= $2::timestamptz - ${cut} and p.start_at < $3::timestamptz - ${cut}
     order by g.account_id, p.meter_id, p.start_at`,
    [accountIds, new Date(start), new Date(end)],
  )
  return rows.map((row) => ({
    accountId: row.account_id,
    meterId: row.meter_id,
    start: row.start_at,
    end: row.end_at,
    agreement: { id: row.agreement_id, version: row.agreement_version },
    pricePlan: { id: row.plan_id, name: row.plan_name, version: row.plan_version },
    rated:
      row.kind === 'tariff' || row.usage !== null
        ? { kind: 'tariff', terms: row.terms, window: windowOf(row) }
        : { kind: 'registers', plan: planOf(row.kind, row.prices) },
    opening: { totalWh: wattHours(row.opening_wh), ratesWh: row.opening_rates_wh.map(wattHours) },
    latest: { totalWh: wattHours(row.latest_wh), ratesWh: row.latest_rates_wh.map(wattHours) },
    charged: microYuan(row.charged),
  }))
}

type WindowRow = Readonly<{
  document_version: number | null
  usage: UsageRow | null
  ladder_before_wh: bigint
  quota_carried_wh: bigint
  opens_month: boolean
  charged: bigint
}>

const windowOf = (row: WindowRow): StoredWindow => {
  if (row.usage === null || row.document_version === null) throw new Error('a period under a tariff has no usage')
  return {
    version: row.document_version,
    usage: usageOf(row.usage),
    opensMonth: row.opens_month,
    ladderBefore: wattHours(row.ladder_before_wh),
    quotaCarried: wattHours(row.quota_carried_wh),
    charged: microYuan(row.charged),
  }
}

/** What the periods after an instant have charged. */
export const chargedAfter = async (
  sql: Sql,
  accountIds: readonly number[],
  after: number,
): Promise<ReadonlyMap<number, MicroYuan>> => {
  const rows = await sql.query<{ account_id: number; charged: bigint }>(
    `select g.account_id, sum(p.charged)::bigint as charged
     from agreement g join settlement_period p on p.agreement_id = g.id
     where g.account_id = any($1::int[]) and p.start_at >= $2::timestamptz - ${cut} group by g.account_id`,
    [accountIds, new Date(after)],
  )
  return new Map(rows.map((row) => [row.account_id, microYuan(row.charged)]))
}

/**
 * What all periods of these accounts have charged less what the ledger has for them, from their first transfers: zero.
 * Asked where there is no earlier statement to go on from, so the history is short.
 */
export const unledgeredEnergy = async (
  sql: Sql,
  accountIds: readonly number[],
): Promise<ReadonlyMap<number, MicroYuan>> => {
  const rows = await sql.query<{ id: number; difference: bigint }>(
    `select a.id,
            ((select coalesce(sum(p.charged), 0) from settlement_period p join agreement g on g.id = p.agreement_id
              where g.account_id = a.id)
             - (select coalesce(sum(case t.kind when 'energy-charge' then t.amount else -t.amount end), 0) from transfer t
                where t.account_id = a.id and t.kind in ('energy-charge', 'energy-credit')))::bigint as difference
     from unnest($1::int[]) as a(id)`,
    [accountIds],
  )
  return new Map(rows.map((row) => [row.id, microYuan(row.difference)]))
}

export type ClosingMeter = Readonly<{
  meterId: number
  /** Of the account it is on now; null when it is on none. */
  accountId: number | null
  address: string
  place: string
  /** When its last good reading was; null when it never had one. */
  lastAt: number | null
  /** Whether its readings are charged to that account. */
  charging: boolean
}>

/** Meters that are on these accounts now, and those whose periods are to be closed. */
export const closingMeters = async (
  sql: Sql,
  accountIds: readonly number[],
  meterIds: readonly number[],
): Promise<readonly ClosingMeter[]> => {
  const rows = await sql.query<{
    id: number
    account_id: number | null
    address: string
    place: string
    last_at: number | null
    charging: boolean
  }>(
    `select m.id, m.account_id, m.address, m.place, m.last_at, a.agreement_id is not null as charging
     from meter m left join account a on a.id = m.account_id
     where m.account_id = any($1::int[]) or m.id = any($2::int[]) order by m.id`,
    [accountIds, meterIds],
  )
  return rows.map((row) => ({
    meterId: row.id,
    accountId: row.account_id,
    address: row.address,
    place: row.place,
    lastAt: row.last_at,
    charging: row.charging,
  }))
}

export type ReadingMark = Readonly<{ meterId: number; at: number; obtained: string; registers: Registers }>

/**
 * The last good reading of each meter in `(from, until]`, or the first one. `settled` leaves out what was found later:
 * plans without a tariff were charged past it.
 */
export const readingsNear = async (
  sql: Sql,
  meterIds: readonly number[],
  from: number,
  until: number,
  which: 'first' | 'last' | 'settled' = 'last',
): Promise<ReadonlyMap<number, ReadingMark>> => {
  const order = which === 'first' ? 'asc' : 'desc'
  const found = which === 'settled' ? "and obtained <> 're-read'" : ''
  const rows = await sql.query<{
    meter_id: number
    at: number
    obtained: string
    total_wh: bigint
    rates_wh: bigint[]
  }>(
    `select distinct on (meter_id) meter_id, at, obtained, total_wh, rates_wh from reading
     where at > $2 and at <= $3 and meter_id = any($1::int[]) and quality = 'good' ${found} order by meter_id, at ${order}`,
    [meterIds, new Date(from), new Date(until)],
  )
  return new Map(
    rows.map((row) => [
      row.meter_id,
      {
        meterId: row.meter_id,
        at: row.at,
        obtained: row.obtained,
        registers: { totalWh: wattHours(row.total_wh), ratesWh: row.rates_wh.map(wattHours) },
      },
    ]),
  )
}

export type AccountMove = BalanceMove &
  Readonly<{ accountId: number; entry: bigint | null; channel: string | null; used: WattHours; day: string }>

/**
 * What moved the balances in the month. Charges of energy come as one sum per meter and local day; all else comes one by
 * one. A reading at midnight belongs to the day that ends with it.
 */
export const balanceMoves = async (
  sql: Sql,
  accountIds: readonly number[],
  { start, end }: Span,
  timeZone: string,
): Promise<readonly AccountMove[]> => {
  const rows = await sql.query<{
    account_id: number
    kind: string
    cause: string | null
    effect: bigint
    meter_id: number | null
    at: number
    entry: bigint | null
    channel: string | null
    used: bigint
    day: string
  }>(
    `with moved as (
       select t.*, case when t.credit_id = l.id then t.amount else -t.amount end as effect,
              ((t.at - interval '1 microsecond') at time zone $4)::date as day
       from transfer t join ledger_account l on l.account_id = t.account_id and l.code = 'customer-prepayment'
         and l.id in (t.debit_id, t.credit_id)
       where t.account_id = any($1::int[]) and t.at > $2 and t.at <= $3)
     select account_id, kind, null as cause, sum(effect)::bigint as effect, meter_id, max(at) as at, null::bigint as entry,
            null as channel, coalesce(sum(used_wh), 0)::bigint as used, day
     from moved where kind in ('energy-charge', 'energy-credit') group by account_id, kind, meter_id, day
     union all
     select m.account_id, m.kind, case when m.kind = 'reversal' then transfer_cause(m.kind, m.operation_id, m.refers_to) end,
            m.effect, m.meter_id, m.at, m.entry, p.channel, 0, m.day
     from moved m left join payment p on p.id = m.payment_id
     where m.kind not in ('energy-charge', 'energy-credit')
     order by account_id, at, entry`,
    [accountIds, new Date(start), new Date(end), timeZone],
  )
  return rows.map((row) => ({
    accountId: row.account_id,
    kind: row.kind,
    reverses: row.cause,
    effect: microYuan(row.effect),
    meterId: row.meter_id,
    at: row.at,
    entry: row.entry,
    channel: row.channel,
    used: wattHours(row.used),
    day: row.day,
  }))
}

/** By how much the balances have moved since an instant, charges of energy apart. */
export const effectsSince = async (
  sql: Sql,
  accountIds: readonly number[],
  after: number,
): Promise<ReadonlyMap<number, MicroYuan>> => {
  const rows = await sql.query<{ account_id: number; effect: bigint }>(
    `select t.account_id, sum(case when t.credit_id = l.id then t.amount else -t.amount end)::bigint as effect
     from transfer t join ledger_account l on l.account_id = t.account_id and l.code = 'customer-prepayment'
       and l.id in (t.debit_id, t.credit_id)
     where t.account_id = any($1::int[]) and t.at > $2 and t.kind not in ('energy-charge', 'energy-credit')
     group by t.account_id`,
    [accountIds, new Date(after)],
  )
  return new Map(rows.map((row) => [row.account_id, microYuan(row.effect)]))
}

/** Every transfer of a locked account so far has at most this number, and every later one has a higher one. */
export const lastEntry = async (sql: Sql): Promise<bigint> => {
  const [row] = await sql.query<{ last: bigint }>('select last_value as last from transfer_entry')
  return row?.last ?? 0n
}
