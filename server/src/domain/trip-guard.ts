/**
 * The guard over policy trips: whatever the credit policy decides, no more than so many leave in a minute and on a day,
 * and a wave that looks like a fault (a wrong price, a jump of the clock, a field that does not answer) stops all of them
 * until a person has looked. It never delays a close, nor a trip that a person has asked for.
 */
export type FreezeReason =
  | 'too-many-trips'
  | 'unusual-wave'
  | 'too-few-reads'
  | 'clock-jumped'
  | 'plan-imported'
  | 'by-operator'

export type GuardLimits = Readonly<{
  mostPerMinute: number
  /** Of the accounts on prepayment … */
  mostPerDayPercent: number
  /** … or so many, whichever is more: a site of six houses is not frozen by the second trip. */
  mostPerDayFloor: number
  mostFailedReadsPercent: number
}>

export type GuardState = Readonly<{
  /** Wall time at which the counted minute began. */
  minuteAt: number
  sentInMinute: number
  /** Local day `YYYY-MM-DD` that is counted. */
  day: string
  sentInDay: number
  /** What a day of this site usually brings, and on how many days with trips that rests. */
  usual: Readonly<{ perDay: number; days: number }>
  frozen: Readonly<{ at: number; because: FreezeReason }> | null
}>

export type GuardFacts = Readonly<{
  now: number
  /** Local day of `now`. */
  day: string
  accounts: number
  readsToday: Readonly<{ answered: number; failed: number }>
}>

export type GuardVerdict = Readonly<
  | { kind: 'go'; state: GuardState }
  | { kind: 'wait'; notBefore: number }
  | { kind: 'frozen'; state: GuardState; because: FreezeReason }
>

const minuteMs = 60_000
const dayMs = 24 * 60 * minuteMs
/** Fewer reads than this say nothing about the field. */
const fewestReadsToJudge = 20

/** The most trips of a day that are believed. */
export const mostPerDay = ({ mostPerDayPercent, mostPerDayFloor }: GuardLimits, accounts: number): number =>
  Math.max(mostPerDayFloor, Math.floor((accounts * mostPerDayPercent) / 100))

/** A day with more than so many times the usual is no usual day … */
const waveFactor = 5
/** … once the usual rests on so many days with trips … */
const fewestDaysToKnow = 7
/** … and never fewer trips than these: twice nothing is nothing. */
const smallestWave = 10
/** Weight of one day in what is usual; a day without trips weighs as much. */
const newDayWeight = 0.1

/** The most trips of a day that are usual for this site; null while too little is known of it. */
export const mostUsual = ({ usual: { perDay, days } }: Pick<GuardState, 'usual'>): number | null =>
  days < fewestDaysToKnow ? null : Math.max(smallestWave, Math.floor(perDay * waveFactor))

/** The usual, moved on over the day that is over and the days without trips after it. */
const usualAfter = ({ usual, day, sentInDay }: GuardState, today: string): GuardState['usual'] => {
  const daysOn = Math.round((Date.parse(today) - Date.parse(day)) / dayMs)
  if (daysOn <= 0 || sentInDay === 0) return usual
  if (usual.days === 0) return { perDay: sentInDay, days: 1 }
  const withDay = usual.perDay + newDayWeight * (sentInDay - usual.perDay)
  return { perDay: withDay * (1 - newDayWeight) ** (daysOn - 1), days: usual.days + 1 }
}

/** Asked for each policy trip right before its bytes leave, under the guard's own lock. */
export const admitTrip = (state: GuardState, limits: GuardLimits, facts: GuardFacts): GuardVerdict => {
  const { now, day } = facts
  if (state.frozen !== null) return { kind: 'frozen', state, because: state.frozen.because }
  const usual = state.day === day ? state.usual : usualAfter(state, day)
  const because = alarmOf({ ...state, usual }, limits, facts)
  if (because !== null) return { kind: 'frozen', state: { ...state, frozen: { at: now, because } }, because }
  // A moment before the minute began is another trip that waited for the guard's lock, not another minute.
  const sameMinute = Math.abs(now - state.minuteAt) < minuteMs
  if (sameMinute && state.sentInMinute >= limits.mostPerMinute)
    return { kind: 'wait', notBefore: state.minuteAt + minuteMs }
  return {
    kind: 'go',
    state: {
      minuteAt: sameMinute ? state.minuteAt : now,
      sentInMinute: (sameMinute ? state.sentInMinute : 0) + 1,
      day,
      sentInDay: (state.day === day ? state.sentInDay : 0) + 1,
      usual,
      frozen: null,
    },
  }
}

const alarmOf = (
  state: GuardState,
  limits: GuardLimits,
  { day, accounts, readsToday: { answered, failed } }: GuardFacts,
): FreezeReason | null => {
  const sent = state.day === day ? state.sentInDay : 0
  if (sent >= mostPerDay(limits, accounts)) return 'too-many-trips'
  const usual = mostUsual(state)
  if (usual !== null && sent >= usual) return 'unusual-wave'
  const reads = answered + failed
  const tooFew = reads >= fewestReadsToJudge && failed * 100 > reads * limits.mostFailedReadsPercent
  return tooFew ? 'too-few-reads' : null
}

/** Released by a person, the day is counted anew: they have looked at what came before. */
export const release = (state: GuardState): GuardState => ({ ...state, frozen: null, sentInDay: 0, sentInMinute: 0 })

/** A wall clock may drift from the machine's time by this much before it has jumped. */
export const longestClockStepMs = 5 * minuteMs
