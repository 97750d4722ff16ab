/**
 * What a status word says of a relay that nobody has just commanded: whether it stands as it was told, moved by somebody's
 * hand, or was tripped by its own meter. Two bits tell them apart: what the relay was told, and where it is.
 */
export type RelaySeen = Readonly<{ relay: 'closed' | 'open'; relayCommand: 'closed' | 'open' }>

/** What the last of our commands that left told the relay; null when none ever has. */
export type RelayTold = 'open' | 'closed' | 'permitted' | null

export type RelayChange =
  /** As before, as it was told, or late. */
  | 'none'
  /** The button, or the breaker's lever, after a close that was permitted. */
  | 'closed-by-hand'
  /** The meter itself has commanded it open: overload, its own balance, a timetable, its button. */
  | 'tripped-by-itself'
  /** The meter itself has closed again what it had tripped itself. */
  | 'closed-by-itself'
  /** It should be open by our command, and the meter closed it all the same. */
  | 'closed-against-trip'
  /** Contacts are not where the meter has told them to be: a screwdriver, welded contacts. */
  | 'moved-open'
  | 'moved-closed'

/** The changes that a person must look at at once. */
export const isAlarm = (change: RelayChange): boolean =>
  change === 'closed-against-trip' || change === 'moved-open' || change === 'moved-closed'

/** @param before null when the relay was not known yet */
export const judgeRelay = (before: RelaySeen | null, now: RelaySeen, told: RelayTold): RelayChange => {
  if (before === null || (before.relay === now.relay && before.relayCommand === now.relayCommand)) return 'none'
  if (before.relayCommand !== now.relayCommand) {
    if (now.relayCommand === 'open') return told === 'open' ? 'none' : 'tripped-by-itself'
    return told === 'open' ? 'closed-against-trip' : told === null ? 'closed-by-itself' : afterClose(before, now, told)
  }
  if (now.relay === now.relayCommand) return now.relay === 'closed' && told !== 'open' ? 'closed-by-hand' : 'none'
  return now.relay === 'open' ? 'moved-open' : 'moved-closed'
}

/** A close of ours that came late, or the end of a trip of the meter's own. */
const afterClose = (before: RelaySeen, now: RelaySeen, told: 'closed' | 'permitted'): RelayChange =>
  told === 'permitted' && now.relay === 'closed' && before.relay === 'open' ? 'closed-by-hand' : 'closed-by-itself'

/** Energy that may still be counted after the relay has opened: one step of the register. */
export const flowsWhileOpen = (usedWh: bigint, stepWh: number): boolean => usedWh > BigInt(stepWh)

/** Power that may still be shown behind an open relay, milliwatts: the meter's own noise. */
export const standstillMilliwatts = 20_000

/** Why a meter tripped by itself. `unknown`: its button, a timetable, a load it did not like. */
export type SelfTripCause = 'overload' | 'own-balance' | 'unknown'

/** What a meter tells of itself when it is asked why it tripped; null where it does not tell. */
export type SelfTripEvidence = Readonly<{
  /** Bit 5 of status words 4 to 6. */
  overloadNow: boolean | null
  /** Bit 14 of status word 1. */
  overdrawn: boolean | null
  /** It keeps a balance of its own (bits 9 and 8 of status word 3). */
  prepaidItself: boolean
  /** Events it has counted (030F0000), and those that were known before. */
  overloads: number | null
  overloadsKnown: number
}>

export const causeOfSelfTrip = (evidence: SelfTripEvidence): SelfTripCause => {
  if (evidence.overloadNow === true || (evidence.overloads ?? 0) > evidence.overloadsKnown) return 'overload'
  return evidence.overdrawn === true || evidence.prepaidItself ? 'own-balance' : 'unknown'
}
