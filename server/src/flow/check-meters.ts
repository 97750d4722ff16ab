import { instantOfLocal } from '../domain/calendar.ts'
import { broadcastStepMs, judgeClock } from '../domain/clock-rule.ts'
import { memoOf, signsOf, type MeterLook, type MeterSign } from '../domain/meter-signs.ts'
import type { Headend, ReadOutcome } from '../headend/headend.ts'
import { writeAudit } from '../store/audit.ts'
import {
  metersToCheck,
  saveBroadcast,
  saveCheck,
  saveCheckedAt,
  saveClockOffset,
  type MeterToCheck,
} from '../store/meter-checks.ts'
import { closeWorkItems, openWorkItems } from '../store/work-items.ts'
import { runOnePerLine, type OwnLines } from './one-per-line.ts'
import type { FlowContext } from './process.ts'

/** A meter is looked at once a day; an hour less, so that it does not wander round the clock. */
const checkEveryMs = 23 * 3_600_000
const halfDayMs = 12 * 3_600_000
/** A clock that may not be set now is looked at again after so long, wall time. */
const lookAgainMs = 15 * 60_000
/** Longest pause between two looks, elapsed time. */
const lookEveryMs = 10_000
const shortestLookMs = 50
const lookEveryWallMs = 60_000

/** One item an exchange; clock and time first, because the rest is of no use without an answer. */
const items = ['dateAndWeekday', 'time', 'voltageBlock', 'reverseActiveEnergyTotal', 'meterNumber'] as const
/** No model of a Modbus meter has a reverse register. */
const modbusItems = ['dateAndWeekday', 'time', 'voltageBlock', 'meterNumber'] as const

/**
 * Looks at each meter once a day, one of each line at a time and after everything else: puts its clock right within the
 * rules, and opens work where something is wrong with it.
 */
export const runMeterChecks = async (
  context: FlowContext,
  headend: Headend,
  lines: OwnLines,
  signal: AbortSignal,
): Promise<void> =>
  runOnePerLine(
    context,
    lines,
    {
      name: 'check-meters',
      find: async (gatewayIds) => metersToCheck(context.database, gatewayIds, context.clock.now() - checkEveryMs),
      carryOut: async (meter) => {
        try {
          await checkMeter(context, headend, meter, signal)
        } catch (error) {
          await saveCheckedAt(context.database, meter.meterId, context.clock.now())
          throw error
        }
      },
      lookEveryMs: Math.min(lookEveryMs, Math.max(shortestLookMs, lookEveryWallMs / context.clock.rate)),
    },
    signal,
  )

/** One look at one meter. A meter that does not answer is looked at again a day later; that it is silent others tell. */
export const checkMeter = async (
  context: FlowContext,
  headend: Pick<Headend, 'read' | 'setClock'>,
  meter: MeterToCheck,
  signal?: AbortSignal,
): Promise<void> => {
  const { database, clock } = context
  const options = { priority: 'clock', ...(signal === undefined ? {} : { signal }) } as const
  const isModbus = meter.protocol !== 'dlt645'
  const outcome = await headend.read(meter.meterId, isModbus ? modbusItems : items, options)
  if (!outcome.ok && (outcome.code === 'gateway-offline' || outcome.code === 'cancelled')) return
  const offsetMs = await surely(headend, meter, offsetOf(outcome, meter.timeZone), options)
  const look = lookOf(outcome)
  const heard = outcome.ok || Object.keys(outcome.values).length > 0
  await database.transaction(async (sql) => {
    await saveCheck(sql, meter.meterId, clock.now(), { offsetMs, memo: heard ? memoOf(look, meter.memo) : null })
  })
  if (!heard) return
  await tellSigns(context, meter, signsOf(look, meter.memo, meter.day))
  if (offsetMs !== null) await correctClock(context, headend, meter, offsetMs, options)
}

const offsetOf = ({ values, times }: ReadOutcome, timeZone: string): number | null => {
  const { dateAndWeekday: date, time } = values
  const at = times.time
  if (date == null || time == null || at === undefined) return null
  const { year, month, day } = date
  return instantOfLocal({ year, month, day, hour: time.hour, minute: time.minute }, timeZone) + time.second * 1_000 - at
}

/** Date and time are two items: between them may have been midnight. What is off by half a day is read again. */
const surely = async (
  headend: Pick<Headend, 'read'>,
  { meterId, timeZone }: MeterToCheck,
  offsetMs: number | null,
  options: ClockOptions,
): Promise<number | null> =>
  offsetMs === null || Math.abs(offsetMs) < halfDayMs
    ? offsetMs
    : offsetOf(await headend.read(meterId, ['dateAndWeekday', 'time'], options), timeZone)

const lookOf = ({ values }: ReadOutcome): MeterLook => {
  const { voltageBlock: voltage, reverseActiveEnergyTotal: reverse, meterNumber } = values
  return {
    voltageMillivolts: voltage === undefined ? [] : [voltage.a, voltage.b, voltage.c],
    reverseWh: reverse == null ? null : BigInt(reverse),
    meterNumber: meterNumber ?? null,
  }
}

const tellSigns = async (
  { database, clock }: FlowContext,
  { meterId, siteId }: MeterToCheck,
  signs: readonly MeterSign[],
): Promise<void> => {
  const subject = `meter:${String(meterId)}`
  const now = clock.now()
  await database.transaction(async (sql) => {
    if (signs.length > 0)
      await openWorkItems(sql, [{ kind: 'meter-suspect', subject, siteId, meterId, detail: { signs } }], now)
    else await closeWorkItems(sql, { kind: 'meter-suspect', subjects: [subject] }, now, 'signs-gone')
  })
}

type ClockOptions = Readonly<{ priority: 'clock'; signal?: AbortSignal }>

/** By the rules of 08H and 14H, or by the register of a Modbus meter's clock; what was done is in the audit log, and what is beyond the rules is for a person. */
const correctClock = async (
  context: FlowContext,
  headend: Pick<Headend, 'read' | 'setClock'>,
  meter: MeterToCheck,
  offsetMs: number,
  options: ClockOptions,
): Promise<void> => {
  const { meterId, gatewayId, timeZone, broadcastAt } = meter
  const { database, clock } = context
  const hearsBroadcast = meter.protocol === 'dlt645'
  const verdict = judgeClock({ offsetMs, now: clock.now(), timeZone, hearsBroadcast, broadcastAt })
  if (verdict === 'right') return tellClock(context, meter, null)
  if (verdict === 'wait') return saveCheckedAt(database, meterId, clock.now() - checkEveryMs + lookAgainMs)
  if (verdict === 'person') return tellClock(context, meter, { offsetMs, because: 'too-far' })
  const set = await headend.setClock(meterId, verdict, options)
  // Nothing was tried, so nothing is to be told of it but a clock that is off.
  if (!set.ok && set.code === 'not-settable')
    return tellClock(context, meter, Math.abs(offsetMs) < broadcastStepMs ? null : { offsetMs, because: set.code })
  const subject = verdict === 'broadcast' ? `gateway:${String(gatewayId)}` : `meter:${String(meterId)}`
  const detail = { meterId, offsetMs, ...(set.ok ? {} : { failure: set.code }) }
  await database.transaction(async (sql) => {
    const at = clock.now()
    if (set.ok && verdict === 'broadcast') await saveBroadcast(sql, gatewayId, at)
    await writeAudit(sql, { at, operatorId: null, action: `clock:${verdict}`, subject, detail })
  })
  const after = offsetOf(await headend.read(meterId, ['dateAndWeekday', 'time'], options), timeZone)
  if (after !== null) await saveClockOffset(database, meterId, after)
  const left = after ?? offsetMs
  if (Math.abs(left) < broadcastStepMs) return tellClock(context, meter, null)
  return tellClock(context, meter, { offsetMs: left, because: set.ok ? 'not-obeyed' : set.code })
}

/** A clock that is off by five minutes and more prices by wrong hours: it is work until it is right. */
const tellClock = async (
  { database, clock }: FlowContext,
  { meterId, siteId }: MeterToCheck,
  wrong: Readonly<{ offsetMs: number; because: string }> | null,
): Promise<void> => {
  const subject = `meter:${String(meterId)}`
  const now = clock.now()
  await database.transaction(async (sql) => {
    if (wrong === null) await closeWorkItems(sql, { kind: 'clock-off', subjects: [subject] }, now, 'clock-right')
    else await openWorkItems(sql, [{ kind: 'clock-off', subject, siteId, meterId, detail: { ...wrong } }], now)
  })
}
