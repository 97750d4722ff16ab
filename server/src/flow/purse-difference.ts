import { openWorkItems, closeWorkItems } from '../store/work-items.ts'
import type { Sql } from '../store/database.ts'

/** A purse whose count or balance cannot be: purchases for it wait until a person has looked. */
export const openPurseDifference = async (
  sql: Sql,
  { meterId, accountId, reason, now }: Readonly<{ meterId: number; accountId: number; reason: string; now: number }>,
): Promise<void> => {
  await openWorkItems(
    sql,
    [{ kind: 'purse-difference', subject: subjectOf(meterId), meterId, accountId, detail: { reason } }],
    now,
  )
}

export const closePurseDifference = async (sql: Sql, meterId: number, now: number, because: string): Promise<void> => {
  await closeWorkItems(sql, { kind: 'purse-difference', subjects: [subjectOf(meterId)] }, now, because)
}

const subjectOf = (meterId: number): string => `meter:${String(meterId)}`
