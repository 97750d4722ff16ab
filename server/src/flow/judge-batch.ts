import { skipReason, type BatchKind, type SkipReason } from '../domain/batch.ts'
import type { Reach } from '../domain/reach.ts'
import { selectMeters, type SelectedMeter, type Selection } from '../store/batches.ts'
import { loadCredit, type CreditRecord } from '../store/credit.ts'
import type { Sql } from '../store/database.ts'

/** A meter of a batch, what was found out about it, and why it is left out, if it is. */
export type JudgedMeter = Readonly<{ meter: SelectedMeter; credit: CreditRecord | null; skip: SkipReason | null }>

/** `reach`: only meters of these sites; absent: of all. */
export type Order = Readonly<{ kind: BatchKind; selection: Selection; override: boolean; reach?: Reach }>

/** Judges the meters of a selection on the facts of this moment; it locks nothing and changes nothing. */
export const judgeBatch = async (
  sql: Sql,
  { kind, selection, override, reach = null }: Order,
  now: number,
  limit: number,
): Promise<readonly JudgedMeter[]> => {
  const meters = await selectMeters(sql, selection, limit, reach)
  const accountIds = [...new Set(meters.flatMap(({ accountId }) => accountId ?? []))]
  const records = new Map((await loadCredit(sql, accountIds)).map((record) => [record.accountId, record]))
  return meters.map((meter) => {
    const credit = meter.accountId === null ? null : (records.get(meter.accountId) ?? null)
    const hasAlarm = meter.protocol === 'dlt645'
    const facts = { ...meter, credit, hasAlarm, isWritable: meter.protocol === 'dlt645' }
    return { meter, credit, skip: skipReason(kind, facts, override, now) }
  })
}
