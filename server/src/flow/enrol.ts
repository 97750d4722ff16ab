import type { Clock } from '../domain/clock.ts'
import { dataSets, defaultPaces } from '../domain/collection/data-set.ts'
import type { EnrolledAccount, EnrolledSchedules, Enrolment } from '../domain/enrolment.ts'
import type { Ids } from '../domain/ids.ts'
import { plainContract, type SupplyContract } from '../domain/tariff/contract.ts'
import type { Problem } from '../domain/tariff/document.ts'
import { problemsOfBehind } from '../domain/meter-behind.ts'
import { missingTerms } from '../domain/tariff/missing-terms.ts'
import type { PlanBook } from '../domain/tariff/plan-book.ts'
import { readContract } from '../domain/tariff/read-contract.ts'
import type { Read } from '../domain/tariff/document.ts'
import { readPlan } from '../domain/tariff/read-plan.ts'
import type { Database, Sql } from '../store/database.ts'
import {
  insertAccount,
  insertAgreement,
  insertGateway,
  insertMeter,
  insertPricePlan,
  insertSite,
  takenNames,
} from '../store/enrolment.ts'
import { notifyArchive } from '../store/archive.ts'
import { followEnergyRules, saveRule, type ScheduleSubject } from '../store/schedules.ts'
import { insertSupplyTerms } from '../store/tariffs.ts'
import { insertRelation, metersOfSite, saveLossPoint } from '../store/meter-behind.ts'
import { ensurePartitions } from '../store/partitions.ts'
import { payInside } from './pay.ts'

export type EnrolResult = Readonly<
  | { ok: true; accounts: number; meters: number; gateways: number }
  | { ok: false; code: 'already-enrolled'; names: readonly string[] }
  | { ok: false; code: 'invalid-document'; problems: readonly Problem[] }
>

/**
 * Writes a whole site in one transaction, opening payments included (through the one door, like any payment). Nothing
 * is written when any of its names is taken already.
 */
export const enrol = async (database: Database, clock: Clock, ids: Ids, enrolment: Enrolment): Promise<EnrolResult> => {
  const now = clock.now()
  const problems = problemsOf(enrolment)
  if (problems.length > 0) return { ok: false, code: 'invalid-document', problems }
  await ensurePartitions(database, now, now)
  return database.transaction(async (sql) => {
    const names = await takenNames(sql, {
      site: enrolment.site.name,
      gateways: enrolment.gateways.map(({ code }) => code),
      accounts: enrolment.accounts.map(({ number }) => number),
    })
    if (names.length > 0) return { ok: false, code: 'already-enrolled', names }
    await writeSite(sql, ids, enrolment, now)
    await notifyArchive(sql)
    const meters = enrolment.accounts.reduce((count, account) => count + account.meters.length, 0)
    return { ok: true, accounts: enrolment.accounts.length, meters, gateways: enrolment.gateways.length }
  })
}

/** Every problem of every plan and contract, by the name of the plan or the number of the account. */
const problemsOf = ({ pricePlans, accounts }: Enrolment): readonly Problem[] => {
  const problems: Problem[] = []
  const under = (name: string, found: readonly Problem[]): void => {
    problems.push(...found.map(({ at, words }) => ({ at: `${name}: ${at}`, words })))
  }
  const books = new Map<string, PlanBook>()
  for (const { name, plan } of pricePlans) {
    const read = plan.kind === 'tariff' ? readPlan(plan.document) : null
    if (read?.ok === true) books.set(name, [read.value])
    else under(name, read?.problems ?? [])
  }
  for (const { number, supplyTerms, agreement } of accounts) {
    const read: Read<SupplyContract> =
      supplyTerms === undefined ? { ok: true, value: plainContract } : readContract(supplyTerms)
    const book = agreement === null ? undefined : books.get(agreement.pricePlan)
    under(number, read.ok ? missingTerms(book ?? [], read.value) : read.problems)
  }
  for (const { address, words } of problemsOfBehind(accounts.flatMap(({ meters }) => meters)))
    under(address, [{ at: 'behind', words }])
  return problems
}

const writeSite = async (sql: Sql, ids: Ids, enrolment: Enrolment, now: number): Promise<void> => {
  const siteId = await insertSite(sql, enrolment.site)
  const { readingIntervalMinutes: energy } = enrolment.site
  // The product's own interval is nobody's decision: such a site follows the company.
  const ofSite = { ...(energy === defaultPaces.energy ? {} : { energy }), ...enrolment.site.schedules }
  await writeSchedules(sql, { scope: 'site', subjectId: siteId }, ofSite, now)
  await followEnergyRules(sql)
  const planIds = new Map<string, number>()
  for (const plan of enrolment.pricePlans) planIds.set(plan.name, await insertPricePlan(sql, plan))
  const gatewayIds = new Map<string, number>()
  for (const gateway of enrolment.gateways) {
    const gatewayId = await insertGateway(sql, siteId, gateway)
    gatewayIds.set(gateway.code, gatewayId)
    await writeSchedules(sql, { scope: 'line', subjectId: gatewayId }, gateway.schedules, now)
  }
  for (const account of enrolment.accounts) await writeAccount(sql, ids, { siteId, planIds, gatewayIds, account, now })
  const meters = enrolment.accounts.flatMap((account) => account.meters)
  const idOf = new Map((await metersOfSite(sql, siteId)).map(({ meterId, address }) => [address, meterId] as const))
  for (const { address, behind, lossRatio, lossLimit } of meters) {
    await saveLossPoint(sql, known(idOf, address), {
      ...(lossRatio !== undefined && { ratio: lossRatio }),
      ...(lossLimit !== undefined && { limit: lossLimit }),
    })
    if (behind !== undefined)
      await insertRelation(sql, { subId: known(idOf, address), masterId: known(idOf, behind), from: now, to: null })
  }
}

const writeSchedules = async (
  sql: Sql,
  subject: ScheduleSubject,
  schedules: EnrolledSchedules | undefined,
  now: number,
): Promise<void> => {
  for (const dataSet of dataSets) {
    const minutes = schedules?.[dataSet]
    if (minutes !== undefined) await saveRule(sql, { ...subject, dataSet, minutes }, now)
  }
}

type AccountInput = Readonly<{
  siteId: number
  planIds: ReadonlyMap<string, number>
  gatewayIds: ReadonlyMap<string, number>
  account: EnrolledAccount
  now: number
}>

const writeAccount = async (
  sql: Sql,
  ids: Ids,
  { siteId, planIds, gatewayIds, account, now }: AccountInput,
): Promise<void> => {
  const accountId = await insertAccount(sql, siteId, account, now)
  if (account.agreement !== null)
    await insertAgreement(sql, accountId, account.agreement, known(planIds, account.agreement.pricePlan), now)
  if (account.supplyTerms !== undefined)
    await insertSupplyTerms(sql, { accountId, document: account.supplyTerms, at: now })
  for (const meter of account.meters) {
    const owner = { siteId, gatewayId: known(gatewayIds, meter.gateway), accountId, accountNumber: account.number }
    const meterId = await insertMeter(sql, owner, meter)
    await writeSchedules(sql, { scope: 'meter', subjectId: meterId }, meter.schedules, now)
  }
  if (account.openingPayment === null) return
  const payment = {
    accountId,
    key: 'opening',
    amount: account.openingPayment,
    channel: 'cash-counter',
    operatorId: null,
    // It was paid before there was a plan to ask.
    moneyTaken: true,
  } as const
  const paid = await payInside(sql, ids, payment, now)
  if (!paid.ok) throw new Error(`the opening payment of account ${account.number} was refused: ${paid.code}`)
}

const known = (ids: ReadonlyMap<string, number>, name: string): number => {
  const id = ids.get(name)
  if (id === undefined) throw new Error(`${name} is named but not described`)
  return id
}
