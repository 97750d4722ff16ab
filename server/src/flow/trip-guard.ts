import { localDayText } from '../domain/calendar.ts'
import {
  admitTrip,
  countAnew,
  isInAll,
  longestClockStepMs,
  release,
  type FreezeReason,
  type GuardVerdict,
} from '../domain/trip-guard.ts'
import { writeAudit } from '../store/audit.ts'
import type { Clock } from '../domain/clock.ts'
import type { Sql } from '../store/database.ts'
import { lookAgainAfterJump } from '../store/clock-jump.ts'
import { hasSeenDryRun } from '../store/dry-run.ts'
import { notifyLive } from '../store/notify.ts'
import {
  accountsHeldBack,
  guardFacts,
  lockGuardOfAccount,
  lockGuards,
  lockWholeGuard,
  saveGuard,
  saveWholeCount,
} from '../store/trip-guard.ts'
import { post } from './post.ts'
import { loop, pause, type FlowContext } from './process.ts'

/**
 * Asks the guards of the installation and of the account's site whether one more policy trip may leave now. Their rows are
 * locked until the caller's transaction ends, so trips are counted one by one, whoever sends them.
 */
export const askGuard = async (
  sql: Sql,
  accountId: number,
  clock: Pick<Clock, 'now'>,
): Promise<GuardVerdict | null> => {
  const whole = await lockWholeGuard(sql)
  const guard = await lockGuardOfAccount(sql, accountId)
  if (guard === null) return null
  // Read under the lock: what waited for it is counted in the minute in which it leaves.
  const now = clock.now()
  const day = localDayText(now, guard.timeZone)
  const facts = { now, day, ...(await guardFacts(sql, guard.siteId, day)) }
  const installation = { ...whole, day: localDayText(now, whole.timeZone) }
  const verdict = admitTrip(guard.state, guard.limits, facts, installation)
  if (verdict.kind === 'wait') return verdict
  if (verdict.kind === 'go' && verdict.installation !== null) await saveWholeCount(sql, verdict.installation)
  if (verdict.kind === 'frozen' && guard.state.frozen === null && isInAll(verdict.because)) {
    const { because } = verdict
    const detail = { sentInDay: whole.count.sentInDay, site: guard.siteId }
    await freezeSites(sql, { siteIds: null, because, detail }, now)
    return verdict
  }
  await saveGuard(sql, guard.siteId, verdict.state)
  if (verdict.kind === 'frozen' && guard.state.frozen === null) {
    await writeAudit(sql, {
      at: now,
      operatorId: null,
      action: 'trips:freeze',
      subject: `site:${String(guard.siteId)}`,
      detail: { because: verdict.because, ...facts },
    })
    await notifyLive(sql, ['guard'])
  }
  return verdict
}

export type GuardDeed = Readonly<{ siteId: number; operatorId: number; reason: string }>
export type GuardResult = Readonly<{ ok: true } | { ok: false; code: 'unknown-site' | 'dry-run-first' }>
export type GuardStep = (deed: GuardDeed) => Promise<GuardResult>

/** A person stops all policy trips of a site at once; what waits is withdrawn at its last moment. */
export const createFreezeTrips =
  ({ database, clock }: FlowContext): GuardStep =>
  async ({ siteId, operatorId, reason }) => {
    const now = clock.now()
    return database.transaction(async (sql) => {
      const [guard] = await lockGuards(sql, siteId)
      if (guard === undefined) return { ok: false, code: 'unknown-site' }
      if (guard.state.frozen === null)
        await saveGuard(sql, siteId, { ...guard.state, frozen: { at: now, because: 'by-operator' } })
      await tell(sql, { at: now, operatorId, action: 'trips:freeze', siteId, reason })
      return { ok: true }
    })
  }

/** A person has looked and lets trips go again; whoever was held back is decided anew at once. */
export const createReleaseTrips =
  ({ database, clock, ids }: FlowContext): GuardStep =>
  async ({ siteId, operatorId, reason }) => {
    const now = clock.now()
    const done = await database.transaction<GuardResult>(async (sql) => {
      const whole = await lockWholeGuard(sql)
      const [guard] = await lockGuards(sql, siteId)
      if (guard === undefined) return { ok: false, code: 'unknown-site' }
      const { frozen } = guard.state
      if (frozen?.because === 'plan-imported' && !(await hasSeenDryRun(sql, { siteId, operatorId, since: frozen.at })))
        return { ok: false, code: 'dry-run-first' }
      await saveGuard(sql, siteId, release(guard.state))
      // Else the first trip of the site that was released would stop all of them again.
      if (frozen !== null && isInAll(frozen.because)) await saveWholeCount(sql, countAnew(whole.count))
      await tell(sql, { at: now, operatorId, action: 'trips:release', siteId, reason })
      return { ok: true }
    })
    if (!done.ok) return done
    // Accounts before guards in the order of locks, so this is a transaction of its own.
    await database.transaction(async (sql) => {
      await post(sql, ids, { now, accountIds: await accountsHeldBack(sql, siteId), postings: [] })
    })
    return done
  }

type Told = Readonly<{ at: number; operatorId: number | null; action: string; siteId: number; reason: string }>

const tell = async (sql: Sql, { at, operatorId, action, siteId, reason }: Told): Promise<void> => {
  await writeAudit(sql, { at, operatorId, action, subject: `site:${String(siteId)}`, detail: { reason } })
  await notifyLive(sql, ['guard'])
}

/** How often the two clocks are compared, elapsed time. */
const lookEveryMs = 1_000

/** Freezes all trips when the wall clock jumps: every lead time, window and age of a reading is judged by it. */
export const runClockWatch = async (context: FlowContext, signal: AbortSignal): Promise<void> => {
  const { clock } = context
  let before = clocksOf(clock)
  await loop(context, 'clock-watch', signal, async () => {
    await pause(clock, lookEveryMs, signal)
    const after = clocksOf(clock)
    const stepMs = after.wall - before.wall - (after.elapsed - before.elapsed) * clock.rate
    before = after
    if (Math.abs(stepMs) <= longestClockStepMs * clock.rate || signal.aborted) return
    await freezeAll(context, 'clock-jumped', { stepMs: Math.round(stepMs) })
    await context.database.transaction(async (sql) => lookAgainAfterJump(sql, clock.now()))
  })
}

const clocksOf = (clock: Clock) => ({ wall: clock.now(), elapsed: clock.elapsedMs() })

const freezeAll = async (
  { database, clock, log }: FlowContext,
  because: FreezeReason,
  detail: Readonly<Record<string, number>>,
): Promise<void> => {
  const now = clock.now()
  await database.transaction(async (sql) => freezeSites(sql, { siteIds: null, because, detail }, now))
  log({ level: 'warn', what: `all trips are frozen: ${because}`, detail })
}

export type Freeze = Readonly<{
  /** Null: all sites. */
  siteIds: readonly number[] | null
  because: FreezeReason
  detail: Readonly<Record<string, number | string>>
}>

/** Freezes the trips of sites in the caller's transaction; a site that is frozen already keeps its reason. */
export const freezeSites = async (sql: Sql, { siteIds, because, detail }: Freeze, now: number): Promise<void> => {
  await lockWholeGuard(sql)
  for (const { siteId, state } of await lockGuards(sql, null)) {
    if (state.frozen !== null || siteIds?.includes(siteId) === false) continue
    await saveGuard(sql, siteId, { ...state, frozen: { at: now, because } })
    await writeAudit(sql, {
      at: now,
      operatorId: null,
      action: 'trips:freeze',
      subject: `site:${String(siteId)}`,
      detail: { because, ...detail },
    })
  }
  await notifyLive(sql, ['guard'])
}
