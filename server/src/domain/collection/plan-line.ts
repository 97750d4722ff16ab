import { dataSets, type DataSet } from './data-set.ts'
import type { Paces } from './schedule-rule.ts'
import { offsetOf, slotAt, type LocalDays, type Slot } from './slot.ts'

/** A meter of a line as the planner sees it. */
export type PlannedMeter = Readonly<{ id: number; gatewayId: number; paces: Paces; days: LocalDays }>

/** What is known of the collection of one set of one meter. Instants are UTC epoch milliseconds. */
export type Progress = Readonly<{
  /**
   * Inside the newest slot that is over and done (collected, or failed for good): when it was. A slot that begins later is
   * still to be collected, and who was collected longest ago comes first.
   */
  doneAt: number
  /** The slot that is open, or null. */
  open: Slot | null
  /** Tries that the open slot has had. */
  tries: number
  /** Before it the open slot is not tried (again). */
  notBefore: number
}>

export const nothingYet: Progress = Object.freeze({ doneAt: -Infinity, open: null, tries: 0, notBefore: 0 })

/** How often a slot is tried: a frame that noise has spoilt twice in a row may come through a quarter of an hour later. */
export const mostTries = 3
/** Between two tries lies this part of the slot. */
const triesApart = 4

export type DueItem = Readonly<{ meterId: number; dataSet: DataSet; slot: Slot; tries: number; doneAt: number }>

/** A slot that ended without its data although nobody has tried it for good: the caller knows why. */
export type MissedItem = Readonly<{ meterId: number; dataSet: DataSet; slotAt: number; tries: number }>

export type LinePlan = Readonly<{
  /** What can be collected now, most urgent first. */
  due: readonly DueItem[]
  missed: readonly MissedItem[]
  /** When the plan is to be made anew: something becomes due, or its time is over. */
  nextAt: number
  /** What has become of each progress that has changed. */
  changed: readonly Readonly<{ meterId: number; dataSet: DataSet; progress: Progress }>[]
}>

export type LinePlanInput = Readonly<{
  meters: readonly PlannedMeter[]
  now: number
  progressOf(meterId: number, dataSet: DataSet): Progress
  /** Until when a meter's collection is paused; null when it is not. */
  pausedUntil(meterId: number): number | null
}>

/** Longest time for which a plan holds, so that a clock which is set does not leave a line idle. */
const longestPlanMs = 3_600_000

/**
 * What a line has to collect at this moment. A slot that is over is never collected late: it is missed, and the present
 * one takes its place, first those meters that have waited longest, so a line with too little time is shared fairly.
 */
export const planLine = ({ meters, now, progressOf, pausedUntil }: LinePlanInput): LinePlan => {
  const due: DueItem[] = []
  const missed: MissedItem[] = []
  const changed: { meterId: number; dataSet: DataSet; progress: Progress }[] = []
  let nextAt = now + longestPlanMs
  const slots = slotsAt(now)
  for (const meter of meters) {
    const pauseEnds = pausedUntil(meter.id)
    if (pauseEnds !== null) nextAt = Math.min(nextAt, pauseEnds)
    for (const dataSet of dataSets) {
      const minutes = meter.paces[dataSet]
      const before = progressOf(meter.id, dataSet)
      if (minutes === null || pauseEnds !== null) {
        // Paused, or no longer wanted: what was open is neither missed nor due.
        if (before.open !== null)
          changed.push({ meterId: meter.id, dataSet, progress: { ...nothingYet, doneAt: before.doneAt } })
        continue
      }
      const slot = slots.at(dataSet, minutes, meter)
      nextAt = Math.min(nextAt, slot.deadlineAt)
      const progress = reopened(before, slot, now)
      if (progress !== before) changed.push({ meterId: meter.id, dataSet, progress })
      if (before.open !== null && before.open.deadlineAt <= now)
        missed.push({ meterId: meter.id, dataSet, slotAt: before.open.start, tries: before.tries })
      if (progress.open === null) continue
      if (progress.notBefore > now) nextAt = Math.min(nextAt, progress.notBefore)
      else
        due.push({
          meterId: meter.id,
          dataSet,
          slot: progress.open,
          tries: progress.tries,
          doneAt: progress.doneAt,
        })
    }
  }
  return { due: due.toSorted(byUrgency), missed, nextAt, changed }
}

/** Neighbours usually have the same slot: then it is one object, of which a million would be kept. */
const slotsAt = (now: number) => {
  type Known = Readonly<{ minutes: number; offsetMs: number; days: LocalDays; slot: Slot }>
  const newest = new Map<DataSet, Known>()
  return {
    at(dataSet: DataSet, minutes: number, { id: meterId, gatewayId, days }: PlannedMeter): Slot {
      const offsetMs = offsetOf(dataSet, minutes, { gatewayId, meterId })
      const known = newest.get(dataSet)
      if (known?.minutes === minutes && known.offsetMs === offsetMs && known.days === days) return known.slot
      const slot = slotAt(now, minutes, offsetMs, days)
      newest.set(dataSet, { minutes, offsetMs, days, slot })
      return slot
    },
  }
}

const doneWith = ({ doneAt, open }: Progress): Progress => ({
  ...nothingYet,
  doneAt: Math.max(doneAt, open?.start ?? -Infinity),
})

const reopened = (before: Progress, slot: Slot, now: number): Progress => {
  if (before.open !== null && before.open.deadlineAt > now && before.open.start === slot.start) return before
  const { doneAt } = before
  if (slot.start <= doneAt) return before.open === null ? before : doneWith(before)
  return { doneAt, open: slot, tries: 0, notBefore: 0 }
}

const rank = (dataSet: DataSet): number => dataSets.indexOf(dataSet)

const byUrgency = (a: DueItem, b: DueItem): number =>
  rank(a.dataSet) - rank(b.dataSet) || a.tries - b.tries || a.doneAt - b.doneAt || a.meterId - b.meterId

/** After the slot was collected, or had to end without: at `now`, which may be a little after its end. */
export const collected = (progress: Progress, slot: Slot, now: number): Progress => {
  const end = slot.deadlineAt - (slot.dueAt - slot.start)
  return { ...nothingYet, doneAt: Math.max(progress.doneAt, slot.start, Math.min(now, end - 1)) }
}

/** After a try that brought nothing. `final`: the slot has had all its tries and is over. */
export const failed = (
  progress: Progress,
  slot: Slot,
  now: number,
): Readonly<{ final: boolean; progress: Progress }> => {
  const tries = progress.tries + 1
  const notBefore = now + Math.floor((slot.deadlineAt - slot.dueAt) / triesApart)
  if (tries >= mostTries || notBefore >= slot.deadlineAt)
    return { final: true, progress: collected(progress, slot, now) }
  return { final: false, progress: { ...progress, open: slot, tries, notBefore } }
}
