import { compensationFor, readCompensationRule, type CompensationRule } from '../domain/restoration.ts'
import { restorationsToCompensate, saveCompensation, type CaseOf } from '../store/restorations.ts'
import { readSetting } from '../store/settings.ts'
import { operate, type MoneyContext } from './operate.ts'

/** The rule of the installation: micro-yuan as text, absent while nothing is paid. */
export const compensationSetting = 'restore-compensation'

/** Cases paid in one pass. */
const casesPerPass = 50

/**
 * Pays for supply that came back late, when the installation has a rule for it: one operation a case, under the case's own
 * key, so that a repetition pays nothing twice. Answers how many were paid.
 */
export const compensateLate = async (context: MoneyContext): Promise<number> => {
  const rule = readCompensationRule(await readSetting(context.database, compensationSetting))
  if (rule === null) return 0
  const late = await restorationsToCompensate(context.database, casesPerPass)
  let paid = 0
  for (const one of late) if (await compensate(context, rule, one)) paid += 1
  return paid
}

const compensate = async (context: MoneyContext, rule: CompensationRule, one: CaseOf): Promise<boolean> => {
  const { id, accountId, sinceMs } = one
  const amount = compensationFor(rule, sinceMs)
  // Late by its site, in time by the rule.
  if (amount === 0n) return false
  const done = await operate(
    context,
    {
      kind: 'compensate',
      key: `restoration:${String(id)}`,
      reason: `payment to power took ${String(Math.round(sinceMs / 1_000))} s`,
      operatorId: null,
      accountIds: [accountId],
      input: { restoration: id, amount },
    },
    async ({ post, sql, operationId, now: at, standing }) => {
      if (standing(accountId).closed) return { ok: false, code: 'account-closed' }
      await post([{ template: 'compensation', accountId, amount, at }])
      await saveCompensation(sql, id, operationId)
      return { ok: true, result: { amount } }
    },
  )
  return done.ok && done.fresh
}
