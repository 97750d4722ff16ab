import type { IdentifierName } from '@xianfu/protocols'
import type { MeterEventKind, MeterEventSource, Phase } from '../../domain/meter-event.ts'

/*
 * Where DL/T 645-2007 meters keep what happened to them (A.4, and the State Grid extension for covers, magnets, relay and
 * supply). Meters have some of these and refuse the others; which, is learnt from each.
 */

/**
 * A counter that is read as a whole, and the identifier of its records with DI0 = 00: record n is that plus n, the newest
 * first. With `phases` the counter tells of A, B and C, and DI1 of a record is the phase.
 */
export type EventCounter = Readonly<{
  kind: MeterEventKind
  counter: IdentifierName
  counts: 'alone' | 'total-and-minutes' | 'phases'
  records: number
}>

const alone = (kind: MeterEventKind, counter: IdentifierName, records: number): EventCounter =>
  Object.freeze({ kind, counter, counts: 'alone', records })
const spans = (kind: MeterEventKind, counter: IdentifierName, records: number): EventCounter =>
  Object.freeze({ kind, counter, counts: 'total-and-minutes', records })
const phases = (kind: MeterEventKind, counter: IdentifierName, records: number): EventCounter =>
  Object.freeze({ kind, counter, counts: 'phases', records })

/** Signs of theft first: a read that is broken off has asked for the most important ones. */
export const dlt645EventCounters: readonly EventCounter[] = Object.freeze([
  alone('meter-cover', 'meterCoverCount', 0x03300d00),
  alone('terminal-cover', 'terminalCoverCount', 0x03300e00),
  alone('magnetic-field', 'magneticFieldCount', 0x03350000),
  phases('current-loss', 'currentLossTotals', 0x030b0000),
  phases('power-reversed', 'powerReversedTotals', 0x030e0000),
  alone('programming', 'programmingCount', 0x03300000),
  alone('meter-clear', 'meterClearCount', 0x03300100),
  alone('demand-clear', 'demandClearCount', 0x03300200),
  alone('event-clear', 'eventClearCount', 0x03300300),
  alone('trip', 'tripCount', 0x1d00ff00),
  alone('close', 'closeCount', 0x1e00ff00),
  phases('overload', 'overloadTotals', 0x030f0000),
  alone('load-switch-fault', 'loadSwitchFaultCount', 0x03360000),
  alone('supply-fault', 'supplyFaultCount', 0x03370000),
  phases('voltage-loss', 'voltageLossTotals', 0x03010000),
  phases('phase-break', 'phaseBreakTotals', 0x03040000),
  spans('all-voltage-loss', 'allVoltageLossTotals', 0x03050000),
  spans('voltage-sequence', 'voltageSequenceTotals', 0x03070000),
  spans('current-sequence', 'currentSequenceTotals', 0x03080000),
  spans('current-unbalance', 'currentUnbalanceTotals', 0x030a0000),
  alone('power-failure', 'powerFailureCount', 0x03110000),
  alone('clock-set', 'timeAdjustmentCount', 0x03300400),
])

export const eventCounterNames: readonly IdentifierName[] = Object.freeze(
  dlt645EventCounters.map(({ counter }) => counter),
)

const phaseByte: Readonly<Record<Phase, number>> = { a: 0x0100, b: 0x0200, c: 0x0300 }

/** The identifier of the n-th newest record, or null when such records do not exist. */
export const recordIdentifier = ({ kind, phase }: MeterEventSource, last: number): number | null => {
  const found = dlt645EventCounters.find((counter) => counter.kind === kind)
  if (found === undefined || (found.counts === 'phases') !== (phase !== null)) return null
  return (found.records | (phase === null ? 0 : phaseByte[phase])) + last
}

type BitMeanings = Readonly<Record<number, MeterEventKind>>

const ofPhase: BitMeanings = {
  0: 'voltage-loss',
  1: 'under-voltage',
  2: 'over-voltage',
  3: 'current-loss',
  4: 'over-current',
  5: 'overload',
  6: 'power-reversed',
  7: 'phase-break',
  8: 'current-break',
}

/**
 * What the bits of status words 1 to 7 say while they are set. Directions of the moment (words 1 and 2) are no events: a
 * customer with a generator has them every day. Word 3 is the relay's, and power failure cannot be told by a dead meter.
 */
const statusMeanings: Readonly<Record<number, Readonly<{ phase: Phase | null; bits: BitMeanings }>>> = Object.freeze({
  1: {
    phase: null,
    bits: {
      2: 'clock-battery-low',
      3: 'reading-battery-low',
      6: 'metering-chip-fault',
      8: 'control-circuit-fault',
      9: 'security-chip-fault',
      12: 'program-fault',
      13: 'memory-fault',
      15: 'clock-fault',
    },
  },
  4: { phase: 'a', bits: ofPhase },
  5: { phase: 'b', bits: ofPhase },
  6: { phase: 'c', bits: ofPhase },
  7: {
    phase: null,
    bits: {
      0: 'voltage-sequence',
      1: 'current-sequence',
      2: 'voltage-unbalance',
      3: 'current-unbalance',
      4: 'auxiliary-supply-loss',
      6: 'demand-over-limit',
      8: 'severe-current-unbalance',
      9: 'meter-cover',
      10: 'terminal-cover',
    },
  },
})

/** The states that these words show, by their numbers. */
export const statesOf = (words: ReadonlyMap<number, number>): readonly MeterEventSource[] =>
  [...words].flatMap(([number, raw]) => {
    const meaning = statusMeanings[number]
    if (meaning === undefined) return []
    return Object.entries(meaning.bits).flatMap(([bit, kind]) =>
      (raw & (1 << Number(bit))) === 0 ? [] : [{ kind, phase: meaning.phase }],
    )
  })
