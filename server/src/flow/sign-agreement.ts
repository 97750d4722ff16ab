import { objectionToSign, type AgreementTerms, type SignRefusal } from '../domain/agreement.ts'
import type { Plain } from '../domain/operation.ts'
import { stopDocumentOf } from '../domain/stop-terms.ts'
import {
  accountsWithDueAgreement,
  awaitAgreement,
  enforceAgreements,
  insertAgreementVersion,
  latestAgreement,
  pricePlanExists,
} from '../store/agreements.ts'
import { lockAccounts } from '../store/credit.ts'
import { operate, type Asked, type MoneyContext, type OperateContext, type Operated } from './operate.ts'
import { post } from './post.ts'
import { loop, pause, type FlowContext } from './process.ts'

export type SignInput = Asked &
  Readonly<{
    accountId: number
    terms: AgreementTerms
    /** Null: from now on. */
    effectiveFrom: number | null
  }>
export type Signed = Readonly<{ agreementId: number; version: number; effectiveFrom: number }>

/**
 * Signs the next version of an account's agreement. It is in force from its date until the one after it is; the credit
 * policy is applied with it at once when it is in force at once.
 */
export const createSignAgreement =
  (context: OperateContext) =>
  async ({ accountId, terms, effectiveFrom, ...asked }: SignInput): Promise<Operated<Signed, SignRefusal>> => {
    const input = { terms: plainTerms(terms), effectiveFrom }
    const request = { ...asked, kind: 'sign-agreement', accountIds: [accountId], input } as const
    return operate(context, request, async ({ sql, standing, post: postHere, now }) => {
      if (standing(accountId).closed) return { ok: false, code: 'account-closed' }
      if (!(await pricePlanExists(sql, terms.pricePlanId))) return { ok: false, code: 'unknown-price-plan' }
      const latest = await latestAgreement(sql, accountId)
      const from = effectiveFrom ?? now
      const code = objectionToSign(latest, terms, from, now)
      if (code !== null) return { ok: false, code }
      const version = (latest?.version ?? 0) + 1
      const signed = { accountId, version, terms, signedAt: now, effectiveFrom: from }
      const agreementId = await insertAgreementVersion(sql, signed)
      await awaitAgreement(sql, accountId, agreementId, from)
      await enforceAgreements(sql, [accountId], now)
      await postHere([])
      return { ok: true, result: { agreementId, version, effectiveFrom: from } }
    })
  }

const plainTerms = ({ thresholds, tripWindow, stop, ...rest }: AgreementTerms): Plain => ({
  ...rest,
  ...(stop === undefined ? {} : { stop: stopDocumentOf(stop) as Plain }),
  thresholds: { ...thresholds },
  tripWindow: { ...tripWindow, weekdays: [...tripWindow.weekdays] },
})

/** Accounts whose next version is put in force in one transaction. */
const accountsPerPass = 200
/** Pause between two looks, elapsed time. */
const lookEveryMs = 1_000

/** Puts signed versions in force when their date has come; returns how many accounts that were. */
export const enforceDueAgreements = async ({ database, clock, ids }: MoneyContext): Promise<number> => {
  const now = clock.now()
  const accountIds = await accountsWithDueAgreement(database, now, accountsPerPass)
  if (accountIds.length > 0)
    await database.transaction(async (sql) => {
      await lockAccounts(sql, accountIds)
      await enforceAgreements(sql, accountIds, now)
      await post(sql, ids, { now, accountIds, postings: [] })
    })
  return accountIds.length
}

export const runAgreements = async (context: FlowContext, signal: AbortSignal): Promise<void> =>
  loop(context, 'agreements', signal, async () => {
    if ((await enforceDueAgreements(context)) < accountsPerPass) await pause(context.clock, lookEveryMs, signal)
  })
