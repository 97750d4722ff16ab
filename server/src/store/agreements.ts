import type { AgreementTerms, AgreementVersion, LegalPath, SettlementMode } from '../domain/agreement.ts'
import { defaultStopTerms, stopDocumentOf, stopTermsFrom } from '../domain/stop-terms.ts'
import type { Sql } from './database.ts'
import { agreedTerms, type AgreementRow } from './row-agreement.ts'

export type LatestAgreement = Readonly<{ id: number; version: number; effectiveFrom: number }>

/** The newest version, in force or waiting; under the account's lock. */
export const latestAgreement = async (sql: Sql, accountId: number): Promise<LatestAgreement | null> => {
  const [row] = await sql.query<{ id: number; version: number; effective_from: number }>(
    'select id, version, effective_from from agreement where account_id = $1 order by version desc limit 1',
    [accountId],
  )
  return row === undefined ? null : { id: row.id, version: row.version, effectiveFrom: row.effective_from }
}

export const pricePlanExists = async (sql: Sql, id: number): Promise<boolean> =>
  (await sql.query('select from price_plan where id = $1', [id])).length > 0

/** The newest version of a plan by its name; null when there is none. */
export const pricePlanNamed = async (sql: Sql, name: string): Promise<number | null> => {
  const [row] = await sql.query<{ id: number }>(
    'select id from price_plan where name = $1 order by version desc limit 1',
    [name],
  )
  return row?.id ?? null
}

export type NewAgreement = Readonly<{
  accountId: number
  version: number
  terms: AgreementTerms
  signedAt: number
  effectiveFrom: number
}>

export const insertAgreementVersion = async (sql: Sql, agreement: NewAgreement): Promise<number> => {
  const { accountId, version, terms, signedAt, effectiveFrom } = agreement
  const { thresholds, tripWindow } = terms
  const [row] = await sql.query<{ id: number }>(
    `insert into agreement (account_id, version, price_plan_id, alarm1, alarm2, cut_off, restore, notice_lead_minutes, reconnect,
                            trip_from_minute, trip_to_minute, trip_weekdays, signed_at, effective_from, supply_contract,
                            settlement_mode, legal_path, stop_terms)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12::int[], $13, $14, $15, $16, $17, $18) returning id`,
    [
      accountId,
      version,
      terms.pricePlanId,
      thresholds.alarm1,
      thresholds.alarm2,
      thresholds.cutOff,
      thresholds.restore,
      Math.round(terms.noticeLeadMs / 60_000),
      terms.reconnect,
      tripWindow.fromMinute,
      tripWindow.toMinute,
      [...tripWindow.weekdays],
      new Date(signedAt),
      new Date(effectiveFrom),
      terms.supplyContract,
      terms.settlementMode,
      terms.legalPath,
      JSON.stringify(stopDocumentOf(terms.stop ?? defaultStopTerms)),
    ],
  )
  if (row === undefined) throw new Error('an insert gave no id')
  return row.id
}

/** A version that is not yet in force waits here, so that looking for due ones costs nothing. */
export const awaitAgreement = async (sql: Sql, accountId: number, agreementId: number, from: number): Promise<void> => {
  await sql.query('insert into agreement_waiting (agreement_id, account_id, effective_from) values ($1, $2, $3)', [
    agreementId,
    accountId,
    new Date(from),
  ])
}

export const accountsWithDueAgreement = async (sql: Sql, now: number, limit: number): Promise<readonly number[]> => {
  const rows = await sql.query<{ account_id: number }>(
    'select distinct account_id from agreement_waiting where effective_from <= $1 order by account_id limit $2',
    [new Date(now), limit],
  )
  return rows.map(({ account_id: id }) => id)
}

/** Puts the newest due version of each of these locked accounts in force. */
export const enforceAgreements = async (sql: Sql, accountIds: readonly number[], now: number): Promise<void> => {
  await sql.query(
    `with due as (
       delete from agreement_waiting where account_id = any($1::int[]) and effective_from <= $2 returning account_id, agreement_id)
     update account a set agreement_id = d.agreement_id
     from (select account_id, max(agreement_id) as agreement_id from due group by account_id) d
     where a.id = d.account_id and a.closed_at is null`,
    [accountIds, new Date(now)],
  )
}

/** Ends what is in force and forgets what waits: the account is being closed. */
export const endAgreement = async (sql: Sql, accountId: number, operationId: string, now: number): Promise<void> => {
  await sql.query(
    `with waiting as (delete from agreement_waiting where account_id = $1),
     ending as (insert into agreement_ending (account_id, agreement_id, at, operation_id)
                select id, agreement_id, $2, $3 from account where id = $1 and agreement_id is not null)
     update account set agreement_id = null where id = $1`,
    [accountId, new Date(now), operationId],
  )
}

type Row = AgreementRow & {
  id: number
  version: number
  price_plan_id: number
  signed_at: number
  effective_from: number
  effective_to: number | null
  supply_contract: string
  settlement_mode: SettlementMode
  legal_path: LegalPath
  stop_terms: Record<string, unknown>
}

/** All versions of an account, the oldest first. */
export const agreementHistory = async (sql: Sql, accountId: number): Promise<readonly AgreementVersion[]> => {
  const rows = await sql.query<Row>(
    `select g.*, least(e.at, lead(g.effective_from) over (order by g.version)) as effective_to
     from agreement g left join agreement_ending e on e.account_id = g.account_id
     where g.account_id = $1 order by g.version`,
    [accountId],
  )
  return rows.map((row) => ({
    id: row.id,
    version: row.version,
    pricePlanId: row.price_plan_id,
    ...agreedTerms(row),
    signedAt: row.signed_at,
    effectiveFrom: row.effective_from,
    effectiveTo: row.effective_to,
    supplyContract: row.supply_contract,
    settlementMode: row.settlement_mode,
    legalPath: row.legal_path,
    stop: stopTermsFrom(row.stop_terms, row.legal_path),
  }))
}
