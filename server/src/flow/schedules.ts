import { isPace, type DataSet, type Pace } from '../domain/collection/data-set.ts'
import type { ScheduleRule, ScheduleScope } from '../domain/collection/schedule-rule.ts'
import { notifyArchive } from '../store/archive.ts'
import { writeAudit } from '../store/audit.ts'
import type { Database, Sql } from '../store/database.ts'
import { endPause, insertPause, type PauseSubject } from '../store/reading-pauses.ts'
import { removeRule, saveRule, subjectExists, type ScheduleSubject } from '../store/schedules.ts'
import type { FlowContext } from './process.ts'

type Books = Readonly<{ database: Database; clock: Pick<FlowContext['clock'], 'now'> }>

export type UnknownSubject = 'unknown-site' | 'unknown-gateway' | 'unknown-meter'

const unknown: Readonly<Record<Exclude<ScheduleScope, 'company'>, UnknownSubject>> = {
  site: 'unknown-site',
  line: 'unknown-gateway',
  meter: 'unknown-meter',
}

const objectionTo = async (sql: Sql, subject: ScheduleSubject): Promise<UnknownSubject | null> => {
  if (subject.scope === 'company') return null
  return (await subjectExists(sql, subject)) ? null : unknown[subject.scope]
}

/** As in the audit log and the inbox: a line is named by its gateway. */
const subjectText = ({ scope, subjectId }: ScheduleSubject): string =>
  scope === 'company' ? 'company' : `${scope === 'line' ? 'gateway' : scope}:${String(subjectId)}`

export type SetScheduleInput = ScheduleRule & Readonly<{ operatorId: number | null }>
export type SetScheduleResult = Readonly<{ ok: true } | { ok: false; code: UnknownSubject | 'not-a-pace' }>
export type SetSchedule = (input: SetScheduleInput) => Promise<SetScheduleResult>

const isAllowed = (dataSet: DataSet, minutes: Pace): boolean =>
  minutes === null ? dataSet !== 'energy' : isPace(dataSet, minutes)

/** Says how often a set is collected, for the company or what is narrower; a running server follows at once. */
export const createSetSchedule =
  ({ database, clock }: Books): SetSchedule =>
  async ({ operatorId, ...rule }) =>
    database.transaction(async (sql) => {
      const { scope, dataSet, minutes } = rule
      const subject: ScheduleSubject = { scope, subjectId: scope === 'company' ? null : rule.subjectId }
      if (!isAllowed(dataSet, minutes)) return { ok: false, code: 'not-a-pace' }
      const objection = await objectionTo(sql, subject)
      if (objection !== null) return { ok: false, code: objection }
      const now = clock.now()
      await saveRule(sql, { ...subject, dataSet, minutes }, now)
      const detail = { dataSet, minutes }
      await writeAudit(sql, { at: now, operatorId, action: 'schedule:set', subject: subjectText(subject), detail })
      await notifyArchive(sql)
      return { ok: true }
    })

export type RemoveScheduleInput = ScheduleSubject & Readonly<{ dataSet: DataSet; operatorId: number | null }>
export type RemoveScheduleResult = Readonly<{ ok: true } | { ok: false; code: 'unknown-schedule' }>
export type RemoveSchedule = (input: RemoveScheduleInput) => Promise<RemoveScheduleResult>

/** Takes a rule away, so that the wider one holds again. */
export const createRemoveSchedule =
  ({ database, clock }: Books): RemoveSchedule =>
  async ({ operatorId, dataSet, ...subject }) =>
    database.transaction(async (sql) => {
      if (!(await removeRule(sql, subject, dataSet))) return { ok: false, code: 'unknown-schedule' }
      const at = clock.now()
      const detail = { dataSet }
      await writeAudit(sql, { at, operatorId, action: 'schedule:remove', subject: subjectText(subject), detail })
      await notifyArchive(sql)
      return { ok: true }
    })

/** Nobody maintains anything for longer in one go; what is out of use is taken out of the archive. */
export const longestPauseMs = 31 * 86_400_000

export type PauseReadingInput = PauseSubject &
  Readonly<{ /** Wall time. */ from: number; to: number; reason: string; operatorId: number | null }>
export type PauseReadingResult = Readonly<
  { ok: true; id: number } | { ok: false; code: UnknownSubject | 'pause-span-wrong' }
>
export type PauseReading = (input: PauseReadingInput) => Promise<PauseReadingResult>

/** Lets collection rest, for maintenance: neither failures nor alarms come of it. */
export const createPauseReading =
  ({ database, clock }: Books): PauseReading =>
  async ({ operatorId, ...pause }) =>
    database.transaction(async (sql) => {
      const now = clock.now()
      const { from, to } = pause
      if (to <= from || to <= now || to - from > longestPauseMs) return { ok: false, code: 'pause-span-wrong' }
      const objection = await objectionTo(sql, pause)
      if (objection !== null) return { ok: false, code: objection }
      const id = await insertPause(sql, { ...pause, operatorId, now })
      const detail = { id, from, to, reason: pause.reason }
      await writeAudit(sql, { at: now, operatorId, action: 'reading:pause', subject: subjectText(pause), detail })
      await notifyArchive(sql)
      return { ok: true, id }
    })

export type EndReadingPauseResult = Readonly<{ ok: true } | { ok: false; code: 'unknown-pause' }>
export type EndReadingPause = (
  input: Readonly<{ id: number; operatorId: number | null }>,
) => Promise<EndReadingPauseResult>

/** Ends a pause before its time, or calls it off. */
export const createEndReadingPause =
  ({ database, clock }: Books): EndReadingPause =>
  async ({ id, operatorId }) =>
    database.transaction(async (sql) => {
      const at = clock.now()
      const subject = await endPause(sql, id, at)
      if (subject === null) return { ok: false, code: 'unknown-pause' }
      await writeAudit(sql, {
        at,
        operatorId,
        action: 'reading:resume',
        subject: subjectText(subject),
        detail: { id },
      })
      await notifyArchive(sql)
      return { ok: true }
    })
