import {
  addEnergy,
  largestRemainder,
  ratio,
  scaleThousandths,
  subtractEnergy,
  sumEnergy,
  varHours,
  wattHours,
  type Ratio,
  type VarHours,
  type WattHours,
} from '../quantity.ts'
import type { LossRule } from './contract.ts'
import { reactiveSum, type Reactive } from './power-factor.ts'

/** What is lost between the delivery point and a meter behind the customer's own transformer and line. */
export type Lost = Readonly<{ active: WattHours; reactive: VarHours }>

const none: Lost = { active: wattHours(0n), reactive: varHours(0n) }

/**
 * Transformer loss first; line loss is a part of reading and transformer loss together, active and reactive alike.
 * `month` is the part of the month that the readings cover.
 */
export const lossesOf = (
  rule: LossRule | null,
  measured: WattHours,
  reactive: Reactive | null,
  { month, hours }: Readonly<{ month: Ratio; hours: bigint }>,
): Lost => {
  if (rule === null) return none
  const transformer = transformerLoss(rule, measured, month, hours)
  if (rule.line === null) return transformer
  const varhs = reactive === null ? 0n : reactiveSum(reactive)
  const lineActive = scaleThousandths(addEnergy(measured, transformer.active), rule.line)
  const lineReactive = scaleThousandths(varHours(varhs + transformer.reactive), rule.line)
  return {
    active: addEnergy(transformer.active, lineActive),
    reactive: varHours(transformer.reactive + lineReactive),
  }
}

const transformerLoss = ({ transformer }: LossRule, measured: WattHours, month: Ratio, hours: bigint): Lost => {
  if (transformer === null) return none
  if (transformer.kind === 'table')
    return {
      active: scaleThousandths(transformer.activeWh, month, transformer.step),
      reactive: scaleThousandths(transformer.reactiveVarh, month, transformer.step),
    }
  const iron = scaleThousandths(wattHours(transformer.iron), ratio(hours, 1n))
  return { active: addEnergy(iron, scaleThousandths(measured, transformer.copper)), reactive: varHours(0n) }
}

/** Spreads additional energy over the priced parts; without any use of its own all goes to the part at `flat`. */
export const spreadOver = (
  parts: readonly WattHours[],
  extra: WattHours,
  spread: LossRule['spread'],
  flat: number,
): readonly WattHours[] => {
  if (extra === 0n) return parts
  if (spread === 'flat' || sumEnergy(parts) <= 0n)
    return parts.map((part, index) => (index === flat ? addEnergy(part, extra) : part))
  const shares = largestRemainder(extra, parts)
  return parts.map((part, index) => addEnergy(part, wattHours(shares[index] ?? 0n)))
}

/** Takes energy away from the priced parts, in proportion to them and never more than they have. */
export const takeFrom = (
  parts: readonly WattHours[],
  amount: WattHours,
): Readonly<{ parts: readonly WattHours[]; taken: WattHours }> => {
  const total = sumEnergy(parts)
  const taken = amount < total ? amount : total
  if (taken <= 0n) return { parts, taken: wattHours(0n) }
  const shares = largestRemainder(taken, parts)
  return { parts: parts.map((part, index) => subtractEnergy(part, wattHours(shares[index] ?? 0n))), taken }
}
