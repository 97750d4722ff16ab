import { intervalGrid } from '../domain/collection/interval-grid.ts'
import { writeAudit } from '../store/audit.ts'
import type { Sql } from '../store/database.ts'
import {
  findHeldReading,
  readingFillsGap,
  rejectHeldReading,
  takeHeldReading,
  type HeldReading,
} from '../store/held-readings.ts'
import { meterAccount } from '../store/meters.ts'
import { notifyLive } from '../store/notify.ts'
import { addDueDays, meterGrid } from '../store/roll-up.ts'
import { lockAccountsOfMeters } from '../store/locked-accounts.ts'
import { lockMeters } from '../store/settlement.ts'
import type { FlowContext } from './process.ts'
import { daysTouched } from './roll-up.ts'
import { settleBatch } from './settle.ts'

export type JudgeReadingInput = Readonly<{
  meterId: number
  /** Wall time of the reading. */
  at: number
  verdict: 'release' | 'reject'
  operatorId: number | null
  reason: string
}>

/** In this order. `reading-not-believable`: it would charge backwards or can not be priced, whatever anybody believes. */
export type JudgeReadingRefusal = 'unknown-meter' | 'reading-not-held' | 'reading-not-believable'
export type JudgeReadingResult = Readonly<{ ok: true } | { ok: false; code: JudgeReadingRefusal }>
export type JudgeReading = (input: JudgeReadingInput) => Promise<JudgeReadingResult>

/**
 * A person has looked at a held reading. Released, it is settled as if it had passed the gate; rejected, it stays as
 * evidence and counts for nothing. Neither can be done twice.
 */
export const createJudgeReading =
  (context: FlowContext): JudgeReading =>
  async (input) =>
    context.database.transaction(async (sql) => judge(sql, context, input))

const judge = async (sql: Sql, context: FlowContext, input: JudgeReadingInput): Promise<JudgeReadingResult> => {
  const { meterId, at, verdict, operatorId, reason } = input
  const now = context.clock.now()
  if ((await meterAccount(sql, meterId)) === null) return { ok: false, code: 'unknown-meter' }
  await lockAccountsOfMeters(sql, [meterId])
  await lockMeters(sql, [meterId])
  const held = await findHeldReading(sql, meterId, at)
  if (held === null) return { ok: false, code: 'reading-not-held' }
  if (verdict === 'reject') await rejectHeldReading(sql, meterId, at)
  else if (!(await release(sql, context, input, held, now))) return { ok: false, code: 'reading-not-believable' }
  await writeAudit(sql, {
    at: now,
    operatorId,
    action: `reading:${verdict}`,
    subject: `meter:${String(meterId)}`,
    detail: { at, reason, totalWh: String(held.registers.totalWh), heldBecause: held.heldBecause },
  })
  await notifyLive(sql, [`meter:${String(meterId)}`, 'completeness'])
  return { ok: true }
}

const minuteMs = 60_000

/** False when it can not be settled; it is then held as before. */
const release = async (
  sql: Sql,
  { ids }: FlowContext,
  { meterId, at }: JudgeReadingInput,
  { registers, powerMilliwatts, obtained }: HeldReading,
  now: number,
): Promise<boolean> => {
  await takeHeldReading(sql, meterId, at)
  const reading = { meterId, at, registers, powerMilliwatts, obtained, status: null, released: true } as const
  const { held } = await settleBatch(sql, ids, [reading], now)
  if (held > 0) return false
  const { minutes, timeZone } = await meterGrid(sql, meterId)
  await readingFillsGap(sql, meterId, at, intervalGrid(timeZone, minutes).at(at))
  await addDueDays(sql, daysTouched(meterId, { from: at, to: at }, minutes * minuteMs, timeZone))
  return true
}
