import { compensationFor } from '../domain/restoration.ts'
import { restorationsToCompensate, saveCompensation, type CompensatedCase } from '../store/restorations.ts'
import { readOldCompensation } from '../store/site-settings.ts'
import { operate, type MoneyContext } from './operate.ts'

/** Cases paid in one pass. */
const casesPerPass = 50

/**
 * Pays for supply that came back late, where the site or the installation has a rule for it: one operation a case, under
 * the case's own key, so that a repetition pays nothing twice. A case goes by the version that was in force when it was
 * opened, so that who changes a rule changes nothing that is owed already. Answers how many were paid.
 */
export const compensateLate = async (context: MoneyContext): Promise<number> => {
  const old = await readOldCompensation(context.database)
  const late = await restorationsToCompensate(context.database, old, casesPerPass)
  let paid = 0
  for (const one of late) if (await compensate(context, one)) paid += 1
  return paid
}

const compensate = async (context: MoneyContext, one: CompensatedCase): Promise<boolean> => {
  const { id, accountId, sinceMs, rule } = one
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
      await saveCompensation(sql, one, operationId)
      return { ok: true, result: { amount } }
    },
  )
  return done.ok && done.fresh
}
