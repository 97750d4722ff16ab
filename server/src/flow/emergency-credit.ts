import { defaultStopTerms } from '../domain/stop-terms.ts'
import type { MicroYuan } from '../domain/quantity.ts'
import { expectPayment, grantEmergency, paymentsExpectedSince } from '../store/account-lists.ts'
import { writeAudit } from '../store/audit.ts'
import { loadCredit, lockAccounts } from '../store/credit.ts'
import { post } from './post.ts'
import type { FlowContext } from './process.ts'

type Context = Pick<FlowContext, 'database' | 'clock' | 'ids'>

export type GrantInput = Readonly<{ accountId: number; operatorId: number; reason: string }>
export type GrantRefusal = 'unknown-account' | 'emergency-not-offered' | 'emergency-in-use' | 'not-used-up'
export type GrantResult = Readonly<{ ok: true; amount: MicroYuan } | { ok: false; code: GrantRefusal }>
export type GrantEmergency = (input: GrantInput) => Promise<GrantResult>

/**
 * Emergency credit on request: once, until it is repaid. It lowers the limits by the agreed amount, so supply comes back at
 * once; no money moves, and the next top-up pays for what was used.
 */
export const createGrantEmergency =
  ({ database, clock, ids }: Context): GrantEmergency =>
  async ({ accountId, operatorId, reason }) =>
    database.transaction(async (sql): Promise<GrantResult> => {
      const now = clock.now()
      await lockAccounts(sql, [accountId])
      const [record] = await loadCredit(sql, [accountId])
      if (record === undefined) return { ok: false, code: 'unknown-account' }
      const amount = (record.terms?.stop ?? defaultStopTerms).emergencyCredit
      if (record.terms === null || amount <= 0n) return { ok: false, code: 'emergency-not-offered' }
      if (record.facts.emergency.granted > 0n) return { ok: false, code: 'emergency-in-use' }
      if (record.facts.balance > record.terms.thresholds.cutOff) return { ok: false, code: 'not-used-up' }
      await grantEmergency(sql, accountId, amount, now)
      const subject = `account:${String(accountId)}`
      const detail = { amount: amount.toString(), reason }
      await writeAudit(sql, { at: now, operatorId, action: 'emergency:grant', subject, detail })
      await post(sql, ids, { now, accountIds: [accountId], postings: [] })
      return { ok: true, amount }
    })

/** A payment that was announced is waited for so long (wall time) … */
const expectedForMs = 2 * 3_600_000
/** … and so many may be announced for an account in a day: an announcement is no money. */
const mostExpectedPerDay = 3
const dayMs = 86_400_000

export type ExpectInput = Readonly<{
  accountId: number
  channel: string
  /** Of the order or the transfer; the same again changes nothing. */
  reference: string
  operatorId: number | null
}>
export type ExpectResult = Readonly<
  { ok: true; until: number } | { ok: false; code: 'unknown-account' | 'too-many-announced' }
>
export type ExpectPayment = (input: ExpectInput) => Promise<ExpectResult>

/** A payment is on its way (an order is open, a transfer slip was shown): no trip leaves until it must have come. */
export const createExpectPayment =
  ({ database, clock, ids }: Context): ExpectPayment =>
  async ({ accountId, channel, reference, operatorId }) =>
    database.transaction(async (sql): Promise<ExpectResult> => {
      const now = clock.now()
      await lockAccounts(sql, [accountId])
      const [record] = await loadCredit(sql, [accountId])
      if (record === undefined) return { ok: false, code: 'unknown-account' }
      if ((await paymentsExpectedSince(sql, accountId, now - dayMs)) >= mostExpectedPerDay)
        return { ok: false, code: 'too-many-announced' }
      const payment = { accountId, channel, reference, operatorId, at: now, until: now + expectedForMs }
      const until = await expectPayment(sql, payment)
      const subject = `account:${String(accountId)}`
      const detail = { channel, reference, until }
      await writeAudit(sql, { at: now, operatorId, action: 'payment:announced', subject, detail })
      await post(sql, ids, { now, accountIds: [accountId], postings: [] })
      return { ok: true, until }
    })
