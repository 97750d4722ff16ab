import {
  formatPercent,
  noEnergy,
  ratio,
  scaleThousandths,
  subtractEnergy,
  sumEnergy,
  type Ratio,
  type WattHours,
} from './quantity.ts'

/** Line loss (线损): what a master meter has measured against the sum of the meters behind it, over one span. */

export type LossReading = Readonly<{ at: number; totalWh: WattHours }>

export type LossMeter = Readonly<{
  meterId: number
  name: string
  /** Current and voltage ratio of the installation: 1 for a meter that measures all there is. */
  multiplier: bigint
  /** The last good readings at or before the ends of the span; null when there is none near enough. */
  start: LossReading | null
  end: LossReading | null
}>

export type LossFinding = Readonly<
  | { kind: 'reading-missing'; meterId: number; name: string; which: 'start' | 'end' }
  | { kind: 'register-fell'; meterId: number; name: string }
  /** More was billed than was bought: a wrong multiplier, a wrong meter in the list, or a master that fails. */
  | { kind: 'sub-meters-exceed-master'; by: WattHours }
  | { kind: 'loss-above-limit'; loss: WattHours; allowed: WattHours }
>

export type LineLoss = Readonly<{
  master: WattHours | null
  subs: readonly Readonly<{ meterId: number; name: string; energy: WattHours | null }>[]
  /** Of the sub-meters whose energy is known. */
  measured: WattHours
  /** Null while the energy of any meter is not known: a part of a sum is not a loss. */
  loss: WattHours | null
  /** Of the master's energy, up to six decimals; null also when that is zero. */
  lossPercent: string | null
  findings: readonly LossFinding[]
}>

export const lineLoss = (master: LossMeter, subs: readonly LossMeter[], limit: Ratio | null): LineLoss => {
  const bought = energyOf(master)
  const measuredBy = subs.map((meter) => ({ meterId: meter.meterId, name: meter.name, energy: energyOf(meter) }))
  const measured = sumEnergy(measuredBy.map(({ energy }) => energy ?? noEnergy))
  const complete = measuredBy.every(({ energy }) => energy !== null)
  const loss = bought === null || !complete ? null : subtractEnergy(bought, measured)
  return {
    master: bought,
    subs: measuredBy,
    measured,
    loss,
    lossPercent: loss === null || bought === null || bought === noEnergy ? null : formatPercent(ratio(loss, bought)),
    findings: [...[master, ...subs].flatMap(findingsOf), ...boundsOf(bought, measured, loss, limit)],
  }
}

/** Null when a reading is missing or the register has fallen: neither is a measurement. */
const energyOf = ({ start, end, multiplier }: LossMeter): WattHours | null => {
  if (start === null || end === null || end.totalWh < start.totalWh) return null
  return scaleThousandths(subtractEnergy(end.totalWh, start.totalWh), ratio(multiplier, 1n))
}

const findingsOf = ({ meterId, name, start, end }: LossMeter): readonly LossFinding[] => [
  ...(start === null ? [{ kind: 'reading-missing', meterId, name, which: 'start' } as const] : []),
  ...(end === null ? [{ kind: 'reading-missing', meterId, name, which: 'end' } as const] : []),
  ...(start !== null && end !== null && end.totalWh < start.totalWh
    ? [{ kind: 'register-fell', meterId, name } as const]
    : []),
]

/** What is billed may not exceed what was bought; that much is certain even while some sub-meters are missing. */
const boundsOf = (
  bought: WattHours | null,
  measured: WattHours,
  loss: WattHours | null,
  limit: Ratio | null,
): readonly LossFinding[] => {
  if (bought === null) return []
  if (measured > bought) return [{ kind: 'sub-meters-exceed-master', by: subtractEnergy(measured, bought) }]
  if (loss === null || limit === null) return []
  const allowed = scaleThousandths(bought, limit)
  return loss > allowed ? [{ kind: 'loss-above-limit', loss, allowed }] : []
}
