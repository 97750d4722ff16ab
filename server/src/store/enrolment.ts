import { bucketOf } from '../domain/bucket.ts'
import type { EnrolledAccount, EnrolledGateway, EnrolledMeter, EnrolledPlan, Enrolment } from '../domain/enrolment.ts'
import type { PricePlan } from '../domain/price-plan.ts'
import { priceList } from '../domain/tariff/energy-lines.ts'
import { readPlan } from '../domain/tariff/read-plan.ts'
import { defaultStopTerms } from '../domain/stop-terms.ts'
import { insertAgreementVersion } from './agreements.ts'
import type { Sql } from './database.ts'

const idOf = (rows: readonly { id: number }[]): number => {
  const [row] = rows
  if (row === undefined) throw new Error('an insert gave no id')
  return row.id
}

/** Which of these names are taken already: an enrolment adds, it never changes what is there. */
export const takenNames = async (
  sql: Sql,
  names: Readonly<{ site: string; gateways: readonly string[]; accounts: readonly string[] }>,
): Promise<readonly string[]> => {
  const rows = await sql.query<{ name: string }>(
    `select 'site ' || name as name from site where name = $1
     union all select 'gateway ' || code from gateway where code = any($2::text[])
     union all select 'account ' || number from account where number = any($3::text[])`,
    [names.site, names.gateways, names.accounts],
  )
  return rows.map(({ name }) => name)
}

export const insertSite = async (sql: Sql, site: Enrolment['site']): Promise<number> =>
  idOf(
    await sql.query(
      `insert into site (name, time_zone, reading_interval_minutes, service_phone, signature)
       values ($1, $2, $3, $4, $5) returning id`,
      [site.name, site.timeZone, site.readingIntervalMinutes, site.servicePhone, site.signature],
    ),
  )

/** Adds a version to a plan's name; versions never change. A tariff has been validated before. */
export const insertPricePlan = async (sql: Sql, { name, plan }: EnrolledPlan): Promise<number> => {
  if (plan.kind !== 'tariff') return insertRegisterPlan(sql, name, plan)
  const read = readPlan(plan.document)
  if (!read.ok) throw new Error(`price plan ${name} was not validated: ${JSON.stringify(read.problems)}`)
  return idOf(
    await sql.query(
      `insert into price_plan (name, version, kind, prices, document) values ($1, $2, 'tariff', $3::bigint[], $4) returning id`,
      [name, read.value.version, [...priceList(read.value.energy).prices], JSON.stringify(plan.document)],
    ),
  )
}

const insertRegisterPlan = async (sql: Sql, name: string, plan: PricePlan): Promise<number> =>
  idOf(
    await sql.query(
      `insert into price_plan (name, version, kind, prices)
       select $1, coalesce(max(version), 0) + 1, $2, $3::bigint[] from price_plan where name = $1 returning id`,
      [name, plan.kind, plan.kind === 'flat' ? [plan.price] : [...plan.prices]],
    ),
  )

export const insertGateway = async (sql: Sql, siteId: number, gateway: EnrolledGateway): Promise<number> => {
  const { link } = gateway
  return idOf(
    await sql.query(
      `insert into gateway (site_id, code, link_kind, registration, heartbeat, host, port, serial_path, baud_rate, parity,
                            identified_by)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) returning id`,
      [
        siteId,
        gateway.code,
        link.kind,
        link.kind === 'dials-in' ? link.registration : null,
        link.kind === 'dials-in' ? link.heartbeat : null,
        link.kind === 'dialled' ? link.host : null,
        link.kind === 'dialled' ? link.port : null,
        link.kind === 'serial' ? link.path : null,
        gateway.baudRate,
        gateway.parity,
        (link.kind === 'dials-in' ? link.identifiedBy : undefined) ?? 'packet',
      ],
    ),
  )
}

export const insertAccount = async (
  sql: Sql,
  siteId: number,
  account: EnrolledAccount,
  now: number,
): Promise<number> => {
  const { name, phone, language } = account.customer
  const customerId = idOf(
    await sql.query('insert into customer (name, phone, language) values ($1, $2, $3) returning id', [
      name,
      phone,
      language,
    ]),
  )
  const accountId = idOf(
    await sql.query(
      `insert into account (bucket, number, site_id, customer_id, stage_since, protected)
       values ($1, $2, $3, $4, $5, $6) returning id`,
      [bucketOf(account.number), account.number, siteId, customerId, new Date(now), account.protected],
    ),
  )
  await sql.query("insert into ledger_account (bucket, code, account_id) values ($1, 'customer-prepayment', $2)", [
    bucketOf(account.number),
    accountId,
  ])
  return accountId
}

export const insertAgreement = async (
  sql: Sql,
  accountId: number,
  agreement: NonNullable<EnrolledAccount['agreement']>,
  pricePlanId: number,
  now: number,
): Promise<void> => {
  const { stop = defaultStopTerms } = agreement
  const id = await insertAgreementVersion(sql, {
    accountId,
    version: 1,
    terms: { ...agreement, stop, pricePlanId, settlementMode: 'remote', legalPath: stop.legalPath, supplyContract: '' },
    signedAt: now,
    effectiveFrom: now,
  })
  await sql.query('update account set agreement_id = $2 where id = $1', [accountId, id])
}

export const insertMeter = async (
  sql: Sql,
  owner: Readonly<{ siteId: number; gatewayId: number; accountId: number; accountNumber: string }>,
  meter: EnrolledMeter,
): Promise<number> => {
  const { protocol = { kind: 'dlt645' } } = meter
  const modbus = protocol.kind === 'dlt645' ? null : protocol
  return idOf(
    await sql.query(
      `insert into meter (bucket, site_id, gateway_id, account_id, address, place, password_level, password, maximum_watts,
                          protocol, unit_address, model, wiring, energy_step_wh)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) returning id`,
      [
        bucketOf(owner.accountNumber),
        owner.siteId,
        owner.gatewayId,
        owner.accountId,
        meter.address,
        meter.place,
        meter.passwordLevel,
        meter.password,
        meter.maximumWatts,
        protocol.kind,
        modbus?.unit ?? null,
        modbus?.model ?? null,
        modbus?.wiring ?? meter.wiring ?? 'in-line',
        meter.energyStepWh ?? 10,
      ],
    ),
  )
}
