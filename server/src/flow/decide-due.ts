import { accountsDue } from '../store/credit-decisions.ts'
import { post } from './post.ts'
import { loop, pause, type FlowContext } from './process.ts'

/** Accounts decided in one transaction. */
const accountsPerPass = 200
/** Pause between two looks when nothing is due, elapsed time. */
const lookEveryMs = 500

/** Decides again when time itself is the event: a lead time is over, a trip window opens, a trip must be tried anew. */
export const runDecideDue = async (context: FlowContext, signal: AbortSignal): Promise<void> =>
  loop(context, 'decide-due', signal, async () => {
    const now = context.clock.now()
    const accountIds = await accountsDue(context.database, now, accountsPerPass)
    if (accountIds.length > 0)
      await context.database.transaction(async (sql) => {
        await post(sql, context.ids, { now, accountIds, postings: [] })
      })
    if (accountIds.length < accountsPerPass) await pause(context.clock, lookEveryMs, signal)
  })
