import { z } from 'zod'
import { behaviourSchema, stack } from './behaviour.ts'
import {
  begin,
  end,
  event,
  startAndEnd,
  startEndAndCurrents,
  startEndAndEnergies,
  startEndAndIncrements,
  startEndAndPhases,
} from './event-memory.ts'
import { isDead, type Faults } from './faults.ts'
import { ownNow, setOwnTime } from './meter-clock.ts'
import { rateAt } from './rate-timetable.ts'
import { rateRegister } from './register-bank.ts'
import { forceRelay, pressButton } from './relay.ts'
import type { Meter } from './state.ts'

const phaseNames = ['a', 'b', 'c'] as const
const phaseList = z
  .array(z.enum(phaseNames))
  .max(3)
  .transform((names) => names.reduce((bits, name) => bits | (1 << phaseNames.indexOf(name)), 0))

/** What an experimenter may change at a meter from outside, as the control door takes it. */
export const changeSchema = z.strictObject({
  constantWatts: z.number().min(-10_000_000).max(10_000_000).optional(),
  /** Energy that no load explains. */
  addWh: z.int().min(0).max(999_999_990).optional(),
  behaviours: z.array(behaviourSchema).max(16).optional(),
  pressButton: z.literal(true).optional(),
  relayActual: z.enum(['closed', 'open']).optional(),
  keepPower: z.boolean().optional(),
  /** Moves the meter's own clock. */
  clockStepMs: z.int().min(-31_536_000_000).max(31_536_000_000).optional(),
  /** Phases without voltage; all three is a power failure, and the meter is silent. */
  lostPhases: phaseList.optional(),
  reversedPhases: phaseList.optional(),
  currentLossPhases: phaseList.optional(),
  bypassPercent: z.int().min(0).max(100).optional(),
  meterCover: z.enum(['closed', 'open']).optional(),
  terminalCover: z.enum(['closed', 'open']).optional(),
  magneticField: z.boolean().optional(),
  clockBatteryLow: z.boolean().optional(),
  clockFault: z.boolean().optional(),
  programmingKey: z.boolean().optional(),
})
export type MeterChange = z.output<typeof changeSchema>

/** Carries a change out at the moment to which the meter has lived. */
export const changeMeter = (meter: Meter, to: MeterChange): void => {
  changeFaults(meter, {
    ...(to.lostPhases !== undefined && { lost: to.lostPhases }),
    ...(to.reversedPhases !== undefined && { reversed: to.reversedPhases }),
    ...(to.currentLossPhases !== undefined && { currentLost: to.currentLossPhases }),
    ...(to.magneticField !== undefined && { magneticField: to.magneticField }),
    ...(to.clockBatteryLow !== undefined && { clockBatteryLow: to.clockBatteryLow }),
    ...(to.clockFault !== undefined && { clockFault: to.clockFault }),
    ...(to.bypassPercent !== undefined && { bypassPercent: to.bypassPercent }),
    ...(to.meterCover !== undefined && { meterCoverOpen: to.meterCover === 'open' }),
    ...(to.terminalCover !== undefined && { terminalCoverOpen: to.terminalCover === 'open' }),
    ...(to.programmingKey !== undefined && { programmingKey: to.programmingKey }),
  })
  if (to.constantWatts !== undefined) meter.constantMilliwatts = Math.round(to.constantWatts * 1_000)
  if (to.addWh !== undefined) addWh(meter, to.addWh)
  if (to.behaviours !== undefined) meter.stacked = stack(to.behaviours)
  if (to.clockStepMs !== undefined) setOwnTime(meter, ownNow(meter) + to.clockStepMs)
  if (to.pressButton === true) pressButton(meter)
  if (to.relayActual !== undefined) forceRelay(meter, to.relayActual)
  if (to.keepPower !== undefined) meter.keepPower = to.keepPower
}

const addWh = (meter: Meter, wh: number): void => {
  const { rate } = rateAt(meter.timetable, ownNow(meter), meter.around.zone)
  meter.bank.addWh(meter.row, rateRegister('forward', rate), wh)
}

const breaks = [event.phaseBreakA, event.phaseBreakB, event.phaseBreakC] as const
const currentLosses = [event.currentLossA, event.currentLossB, event.currentLossC] as const
const reversals = [event.reversedA, event.reversedB, event.reversedC] as const

/** What begins or ends with a fault goes into the records. */
const changeFaults = (meter: Meter, change: Partial<Faults>): void => {
  const before = meter.faults
  const after: Faults = { ...before, ...change }
  const edges: readonly Edge[] = [
    { kind: event.powerFailure, was: isDead(before), is: isDead(after), compose: startAndEnd },
    { kind: event.meterCover, was: before.meterCoverOpen, is: after.meterCoverOpen, compose: startEndAndEnergies },
    {
      kind: event.terminalCover,
      was: before.terminalCoverOpen,
      is: after.terminalCoverOpen,
      compose: startEndAndEnergies,
    },
    { kind: event.magneticField, was: before.magneticField, is: after.magneticField, compose: startAndEnd },
    ...currentLosses.map((kind, phase) => ({
      kind,
      was: has(before.currentLost, phase),
      is: has(after.currentLost, phase),
      compose: startEndAndCurrents,
    })),
    ...breaks.map((kind, phase) => ({
      kind,
      was: !isDead(before) && has(before.lost, phase),
      is: !isDead(after) && has(after.lost, phase),
      compose: startEndAndPhases,
    })),
    ...reversals.map((kind, phase) => ({
      kind,
      was: has(before.reversed, phase),
      is: has(after.reversed, phase),
      compose: startEndAndIncrements,
    })),
  ]
  for (const { kind, was, is } of edges) if (is && !was) begin(meter, kind)
  meter.faults = after
  for (const { kind, was, is, compose } of edges) if (was && !is) end(meter, kind, compose)
}

type Edge = Readonly<{ kind: number; was: boolean; is: boolean; compose: Parameters<typeof end>[2] }>
const has = (bits: number, phase: number): boolean => (bits & (1 << phase)) !== 0
