import { freshLoadState, newRun, resetLoad } from '../domain/load-control.ts'
import { problemOfRules, type LoadRules, type LoadRulesProblem } from '../domain/load-rules.ts'
import type { Clock } from '../domain/clock.ts'
import { writeAudit } from '../store/audit.ts'
import { lockAccounts } from '../store/credit.ts'
import type { Database, Sql } from '../store/database.ts'
import { deleteLoadRules, lockLoad, putLoadRules, type LoadRecord } from '../store/load-control.ts'
import { meterAccount } from '../store/meters.ts'
import { notifyLive } from '../store/notify.ts'

export type LoadRefusal =
  | LoadRulesProblem
  | 'unknown-meter'
  | 'no-load-rules'
  | 'no-single-run'
  | 'run-under-way'
  | 'stopped-for-debt'
export type LoadResult = Readonly<{ ok: true } | { ok: false; code: LoadRefusal }>

export type LoadDeed = Readonly<{ meterId: number; operatorId: number | null; reason: string }>

export type LoadAbilities = ReturnType<typeof createLoadAbilities>

/** What people may do with the rules of a meter; the loop of load control carries out what follows from it. */
export const createLoadAbilities = (context: Readonly<{ database: Database; clock: Pick<Clock, 'now'> }>) => ({
  /** Sets the rules of a meter, or takes them away; a run under way goes on where the new rules know runs. */
  setRules: async (deed: LoadDeed & Readonly<{ rules: LoadRules | null }>): Promise<LoadResult> =>
    withMeter(context, deed, 'load:rules', async (sql, before, now) => {
      const { meterId, operatorId, rules } = deed
      if (rules === null) {
        await deleteLoadRules(sql, meterId)
        return { ok: true }
      }
      const problem = problemOfRules(rules)
      if (problem !== null) return { ok: false, code: problem }
      // Payments of before are no reason to start a pump now.
      const state = before?.state ?? freshLoadState(now)
      await putLoadRules(sql, { meterId, rules, state, operatorId, now })
      return { ok: true }
    }),

  /** Starts a single run; less than the rule allows may be asked for, never more. */
  startRun: async (deed: LoadDeed & Readonly<{ forMs?: number; energyWh?: number }>): Promise<LoadResult> =>
    withMeter(context, deed, 'load:start', async (sql, before, now) => {
      if (before === null) return { ok: false, code: 'no-load-rules' }
      const { rules, state, facts } = before
      if (rules.singleRun === undefined) return { ok: false, code: 'no-single-run' }
      if (state.run !== null) return { ok: false, code: 'run-under-way' }
      if (facts.moneyStopped) return { ok: false, code: 'stopped-for-debt' }
      const run = newRun(rules.singleRun, facts, now, deed)
      await putLoadRules(sql, { ...deed, rules, state: { ...state, run, stoppedByLoad: true, ordered: null }, now })
      return { ok: true }
    }),

  stopRun: async (deed: LoadDeed): Promise<LoadResult> =>
    withMeter(context, deed, 'load:stop', async (sql, before, now) => {
      if (before === null) return { ok: false, code: 'no-load-rules' }
      const { rules, state } = before
      await putLoadRules(sql, { ...deed, rules, state: { ...state, run: null, ordered: null }, now })
      return { ok: true }
    }),

  /** A person has seen to an overload or a forbidden appliance: supply may come back, and counting begins anew. */
  reset: async (deed: LoadDeed): Promise<LoadResult> =>
    withMeter(context, deed, 'load:reset', async (sql, before, now) => {
      if (before === null) return { ok: false, code: 'no-load-rules' }
      await putLoadRules(sql, { ...deed, rules: before.rules, state: resetLoad(before.state), now })
      return { ok: true }
    }),
})

const withMeter = async (
  { database, clock }: Readonly<{ database: Database; clock: Pick<Clock, 'now'> }>,
  deed: LoadDeed & Readonly<Record<string, unknown>>,
  action: string,
  work: (sql: Sql, before: LoadRecord | null, now: number) => Promise<LoadResult>,
): Promise<LoadResult> =>
  database.transaction(async (sql) => {
    const now = clock.now()
    const { meterId, operatorId, ...detail } = deed
    const meter = await meterAccount(sql, meterId)
    if (meter === null) return { ok: false, code: 'unknown-meter' }
    if (meter.accountId !== null) await lockAccounts(sql, [meter.accountId])
    const [before = null] = await lockLoad(sql, [meterId])
    const done = await work(sql, before, now)
    if (!done.ok) return done
    await writeAudit(sql, { at: now, operatorId, action, subject: `meter:${String(meterId)}`, detail })
    await notifyLive(sql, [`meter:${String(meterId)}`])
    return done
  })
