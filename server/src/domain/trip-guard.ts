/**
 * The guard over policy trips: whatever the credit policy decides, no more than so many leave in a minute, in an hour and
 * on a day, and a wave that looks like a fault (a wrong price, a jump of the clock, a field that does not answer) stops
 * them until a person has looked. Each site has limits of its own, the installation may have further ones over all of
 * its sites; whichever is reached first holds. It never delays a close, nor a trip that a person has asked for.
 */
export type FreezeReason =
  | 'too-many-trips'
  | 'unusual-wave'
  | 'too-few-reads'
  | 'clock-jumped'
  | 'plan-imported'
  | 'by-operator'
  /** Of all sites together; every site is stopped by it. */
  | 'too-many-trips-in-all'
  | 'unusual-wave-in-all'

/** Of one site. Null: no such limit. */
export type GuardLimits = Readonly<{
  mostPerMinute: number
  mostPerHour: number | null
  /** Of the accounts on prepayment … */
  mostPerDayPercent: number
  /** … or so many, whichever is more: a site of six houses is not frozen by the second trip. */
  mostPerDayFloor: number
  mostFailedReadsPercent: number
  /** A day with more than so many times the usual is no usual day … */
  waveFactor: number
  /** … and never fewer trips than these: twice nothing is nothing. */
  waveFloor: number
}>

/** Of all sites together; a site's limits hold beside them. Null: no such limit. */
export type InstallationLimits = Readonly<{
  mostPerMinute: number | null
  mostPerHour: number | null
  mostPerDay: number | null
  waveFactor: number | null
  waveFloor: number
}>

/** What has left. */
export type TripCount = Readonly<{
  /** Wall time at which the counted minute and the counted hour began. */
  minuteAt: number
  sentInMinute: number
  hourAt: number
  sentInHour: number
  /** Local day `YYYY-MM-DD` that is counted. */
  day: string
  sentInDay: number
  /** What a day usually brings, and on how many days with trips that rests. */
  usual: Readonly<{ perDay: number; days: number }>
}>

export type GuardState = TripCount & Readonly<{ frozen: Readonly<{ at: number; because: FreezeReason }> | null }>

/** The guard over all sites, with the local day that it counts. */
export type InstallationGuard = Readonly<{ limits: InstallationLimits; count: TripCount; day: string }>

export type GuardFacts = Readonly<{
  now: number
  /** Local day of `now`. */
  day: string
  accounts: number
  readsToday: Readonly<{ answered: number; failed: number }>
}>

/** Why a trip waits; the codes are shown. */
export type GuardWait =
  | 'trips-of-this-minute-used-up'
  | 'trips-of-this-hour-used-up'
  | 'trips-of-this-minute-used-up-in-all'
  | 'trips-of-this-hour-used-up-in-all'

export type GuardVerdict = Readonly<
  | { kind: 'go'; state: GuardState; installation: TripCount | null }
  | { kind: 'wait'; notBefore: number; because: GuardWait }
  | { kind: 'frozen'; state: GuardState; because: FreezeReason }
>

const minuteMs = 60_000
const hourMs = 60 * minuteMs
const dayMs = 24 * hourMs
/** Fewer reads than this say nothing about the field. */
const fewestReadsToJudge = 20
/** What is usual is known once it rests on so many days with trips. */
const fewestDaysToKnow = 7
/** Weight of one day in what is usual; a day without trips weighs as much. */
const newDayWeight = 0.1

/** The most trips of a day that are believed of a site. */
export const mostPerDay = (
  { mostPerDayPercent, mostPerDayFloor }: Pick<GuardLimits, 'mostPerDayPercent' | 'mostPerDayFloor'>,
  accounts: number,
): number => Math.max(mostPerDayFloor, Math.floor((accounts * mostPerDayPercent) / 100))

/** The most trips of a day that are usual; null while too little is known, or where nobody asks. */
export const mostUsual = (
  { usual: { perDay, days } }: Pick<TripCount, 'usual'>,
  { waveFactor, waveFloor }: Pick<InstallationLimits, 'waveFactor' | 'waveFloor'>,
): number | null =>
  waveFactor === null || days < fewestDaysToKnow ? null : Math.max(waveFloor, Math.floor(perDay * waveFactor))

/** The usual, moved on over the day that is over and the days without trips after it. */
const usualAfter = ({ usual, day, sentInDay }: TripCount, today: string): TripCount['usual'] => {
  const daysOn = Math.round((Date.parse(today) - Date.parse(day)) / dayMs)
  if (daysOn <= 0 || sentInDay === 0) return usual
  if (usual.days === 0) return { perDay: sentInDay, days: 1 }
  const withDay = usual.perDay + newDayWeight * (sentInDay - usual.perDay)
  return { perDay: withDay * (1 - newDayWeight) ** (daysOn - 1), days: usual.days + 1 }
}

/**
 * Asked for each policy trip right before its bytes leave, under the guards' own locks. A freeze comes before a wait; of
 * several waits the longest counts, because the trip may leave only when all limits let it.
 */
export const admitTrip = (
  state: GuardState,
  limits: GuardLimits,
  facts: GuardFacts,
  installation: InstallationGuard | null = null,
): GuardVerdict => {
  const { now } = facts
  if (state.frozen !== null) return { kind: 'frozen', state, because: state.frozen.because }
  const because = alarmOf(state, limits, facts) ?? (installation === null ? null : alarmInAll(installation))
  if (because !== null) return { kind: 'frozen', state: { ...state, frozen: { at: now, because } }, because }
  const waits = [
    ...waitsOf(state, limits, now, ''),
    ...(installation === null ? [] : waitsOf(installation.count, installation.limits, now, '-in-all')),
  ]
  const [longest] = waits.toSorted((a, b) => b.notBefore - a.notBefore)
  if (longest !== undefined) return { kind: 'wait', ...longest }
  return {
    kind: 'go',
    state: { ...withOneMore(state, now, facts.day), frozen: null },
    installation: installation === null ? null : withOneMore(installation.count, now, installation.day),
  }
}

/** A moment before the span began is another trip that waited for the guard's lock, not another span. */
const isWithin = (beganAt: number, now: number, spanMs: number): boolean => Math.abs(now - beganAt) < spanMs

const withOneMore = (count: TripCount, now: number, day: string): TripCount => {
  const sameMinute = isWithin(count.minuteAt, now, minuteMs)
  const sameHour = isWithin(count.hourAt, now, hourMs)
  const sameDay = count.day === day
  return {
    minuteAt: sameMinute ? count.minuteAt : now,
    sentInMinute: (sameMinute ? count.sentInMinute : 0) + 1,
    hourAt: sameHour ? count.hourAt : now,
    sentInHour: (sameHour ? count.sentInHour : 0) + 1,
    day,
    sentInDay: (sameDay ? count.sentInDay : 0) + 1,
    usual: sameDay ? count.usual : usualAfter(count, day),
  }
}

const waitsOf = (
  { minuteAt, sentInMinute, hourAt, sentInHour }: TripCount,
  { mostPerMinute, mostPerHour }: Pick<InstallationLimits, 'mostPerMinute' | 'mostPerHour'>,
  now: number,
  where: '' | '-in-all',
): readonly Readonly<{ notBefore: number; because: GuardWait }>[] => [
  ...(mostPerMinute !== null && isWithin(minuteAt, now, minuteMs) && sentInMinute >= mostPerMinute
    ? [{ notBefore: minuteAt + minuteMs, because: `trips-of-this-minute-used-up${where}` as const }]
    : []),
  ...(mostPerHour !== null && isWithin(hourAt, now, hourMs) && sentInHour >= mostPerHour
    ? [{ notBefore: hourAt + hourMs, because: `trips-of-this-hour-used-up${where}` as const }]
    : []),
]

/** How many have left today, and what was usual until yesterday. */
const today = (count: TripCount, day: string): Pick<TripCount, 'sentInDay' | 'usual'> =>
  count.day === day ? count : { sentInDay: 0, usual: usualAfter(count, day) }

const alarmOf = (
  state: TripCount,
  limits: GuardLimits,
  { day, accounts, readsToday: { answered, failed } }: GuardFacts,
): FreezeReason | null => {
  const { sentInDay, usual } = today(state, day)
  if (sentInDay >= mostPerDay(limits, accounts)) return 'too-many-trips'
  const most = mostUsual({ usual }, limits)
  if (most !== null && sentInDay >= most) return 'unusual-wave'
  const reads = answered + failed
  const tooFew = reads >= fewestReadsToJudge && failed * 100 > reads * limits.mostFailedReadsPercent
  return tooFew ? 'too-few-reads' : null
}

const alarmInAll = ({ count, limits, day }: InstallationGuard): FreezeReason | null => {
  const { sentInDay, usual } = today(count, day)
  if (limits.mostPerDay !== null && sentInDay >= limits.mostPerDay) return 'too-many-trips-in-all'
  const most = mostUsual({ usual }, limits)
  return most !== null && sentInDay >= most ? 'unusual-wave-in-all' : null
}

/** Whether the guard over all sites has stopped a site: then all of them were. */
export const isInAll = (because: FreezeReason): boolean =>
  because === 'too-many-trips-in-all' || because === 'unusual-wave-in-all'

/**
 * Released by a person, the day is counted anew: they have looked at what came before. The hour goes on: it is no
 * judgement, but the pace.
 */
export const countAnew = (count: TripCount): TripCount => ({ ...count, sentInDay: 0, sentInMinute: 0 })

export const release = (state: GuardState): GuardState => ({ ...state, ...countAnew(state), frozen: null })

/** A wall clock may drift from the machine's time by this much before it has jumped. */
export const longestClockStepMs = 5 * minuteMs
