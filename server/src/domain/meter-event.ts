import type { WorkItemKind } from './work-item.ts'

/** What a meter tells of itself and of what was done to it: once in its records, or for as long as its status words say so. */
export type MeterEventKind =
  | 'all-voltage-loss'
  | 'auxiliary-supply-loss'
  | 'clock-battery-low'
  | 'clock-fault'
  | 'clock-set'
  | 'close'
  | 'control-circuit-fault'
  | 'current-break'
  | 'current-loss'
  | 'current-sequence'
  | 'current-unbalance'
  | 'demand-clear'
  | 'demand-over-limit'
  | 'event-clear'
  | 'key-update'
  | 'load-switch-fault'
  | 'magnetic-field'
  | 'memory-fault'
  | 'meter-clear'
  | 'meter-cover'
  | 'meter-fault'
  | 'metering-chip-fault'
  | 'over-current'
  | 'over-voltage'
  | 'overload'
  | 'overload-trip'
  | 'phase-break'
  | 'power-failure'
  | 'power-reversed'
  | 'program-fault'
  | 'programming'
  | 'reading-battery-low'
  | 'security-chip-fault'
  | 'severe-current-unbalance'
  | 'supply-fault'
  | 'terminal-cover'
  | 'trip'
  | 'under-voltage'
  | 'voltage-loss'
  | 'voltage-sequence'
  | 'voltage-unbalance'

export type Phase = 'a' | 'b' | 'c'

/** One kind of event on the whole meter (`phase` null) or on one phase. */
export type MeterEventSource = Readonly<{ kind: MeterEventKind; phase: Phase | null }>

/** `record`: the meter kept it. `counter`: it counted and kept nothing. `status`: its status words said so for a while. */
export type MeterEventOrigin = 'record' | 'counter' | 'status'

/**
 * What an event is to a person: the item it opens, or null where it is kept for whoever looks. `happened`: it was
 * recorded or counted. `lasts`: a status word shows it now. `byUs`: nothing when the meter's record names our operator code.
 */
export type EventRule = Readonly<{ happened: WorkItemKind | null; lasts: WorkItemKind | null; byUs?: true }>

const rule = (happened: WorkItemKind | null, lasts: WorkItemKind | null = null): EventRule =>
  Object.freeze({ happened, lasts })
const unlessByUs: EventRule = Object.freeze({ happened: 'theft-sign', lasts: null, byUs: true })
const theftSign = rule('theft-sign', 'theft-sign')
const supply = rule(null, 'supply-fault')
const fault = rule('meter-fault', 'meter-fault')
const noted = rule(null)

/**
 * The signs of theft are those by which meters are tampered with: covers, magnets, current led past the meter or through
 * it backwards, and what was set or cleared by somebody else. Trips and closings are judged by the life of commands.
 */
export const eventRules: Readonly<Record<MeterEventKind, EventRule>> = Object.freeze({
  'all-voltage-loss': noted,
  'auxiliary-supply-loss': noted,
  'clock-battery-low': fault,
  'clock-fault': fault,
  'clock-set': noted,
  close: noted,
  'control-circuit-fault': fault,
  'current-break': supply,
  'current-loss': theftSign,
  'current-sequence': supply,
  'current-unbalance': noted,
  'demand-clear': unlessByUs,
  'demand-over-limit': noted,
  'event-clear': unlessByUs,
  'key-update': noted,
  'load-switch-fault': fault,
  'magnetic-field': theftSign,
  'memory-fault': fault,
  'meter-clear': unlessByUs,
  'meter-cover': theftSign,
  'meter-fault': fault,
  'metering-chip-fault': fault,
  'over-current': noted,
  'over-voltage': supply,
  overload: rule('overload'),
  'overload-trip': rule('overload'),
  'phase-break': supply,
  'power-failure': noted,
  'power-reversed': theftSign,
  'program-fault': fault,
  programming: unlessByUs,
  'reading-battery-low': fault,
  'security-chip-fault': fault,
  'severe-current-unbalance': supply,
  'supply-fault': fault,
  'terminal-cover': theftSign,
  trip: noted,
  'under-voltage': supply,
  'voltage-loss': supply,
  'voltage-sequence': supply,
  'voltage-unbalance': supply,
})

export const meterEventKinds = Object.freeze(Object.keys(eventRules)) as readonly MeterEventKind[]

export type NotedEvent = Readonly<{
  kind: MeterEventKind
  origin: MeterEventOrigin
  /** The operator code in the record is the one that we use at this meter. */
  byUs: boolean
  /** It was in the meter before we first asked: history, no news. */
  wasThere: boolean
}>

/** The item that an event opens, or null. */
export const alarmOf = ({ kind, origin, byUs, wasThere }: NotedEvent): WorkItemKind | null => {
  const { happened, lasts, byUs: notByUs } = eventRules[kind]
  if (origin === 'status') return lasts
  return wasThere || (notByUs === true && byUs) ? null : happened
}

/** A counter of a meter at two moments, and how many of its records are new. */
export type CounterStep = Readonly<{
  /** Records to read, the newest first; each record's number in the counter is `count` less its place. */
  fresh: number
  /** Happened, but the meter has forgotten the records. */
  lost: number
  /** The counter fell: the meter was cleared or replaced, and all it has now is new. */
  restarted: boolean
}>

/** Records of a kind that a DL/T 645-2007 meter keeps. */
export const recordsKept = 10

/** `before` null: never asked, and all that the meter still has is read as history. */
export const counterStep = (before: number | null, count: number): CounterStep => {
  const restarted = before !== null && count < before
  const grown = before === null || restarted ? count : count - before
  const fresh = Math.min(grown, recordsKept)
  return { fresh, lost: before === null ? 0 : grown - fresh, restarted }
}

/** States that began and states that ended, of what was open and what the meter shows now. */
export const stateChanges = (
  open: readonly MeterEventSource[],
  shown: readonly MeterEventSource[],
): Readonly<{ begun: readonly MeterEventSource[]; ended: readonly MeterEventSource[] }> => {
  const [before, now] = [new Set(open.map(sourceKey)), new Set(shown.map(sourceKey))]
  return {
    begun: shown.filter((source, index) => {
      const key = sourceKey(source)
      return !before.has(key) && shown.findIndex((other) => sourceKey(other) === key) === index
    }),
    ended: open.filter((source) => !now.has(sourceKey(source))),
  }
}

export const sourceKey = ({ kind, phase }: MeterEventSource): string => (phase === null ? kind : `${kind}:${phase}`)
