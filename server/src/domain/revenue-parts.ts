import type { RevenueComponent } from './ledger.ts'
import type { Posting } from './ledger.ts'
import { addMoney, microYuan, splitTax, subtractMoney, zeroMoney, type MicroYuan, type Ratio } from './quantity.ts'
import type { FormulaId } from './tariff/line.ts'

/**
 * What of a period's charges is revenue of something else than energy (电费收入分项), without the tax in it. Energy is what
 * is left: so the parts add up to the charges whatever is rounded.
 */
export type MovedComponent = Exclude<RevenueComponent, 'energy' | 'shared' | 'loss'>
export type RevenueParts = Readonly<Partial<Record<MovedComponent, MicroYuan>>>

export const movedComponents: readonly MovedComponent[] = ['fee', 'capacity', 'demand', 'power-factor', 'surcharge']

const componentOf: Readonly<Record<FormulaId, MovedComponent | null>> = Object.freeze({
  'energy-flat': null,
  'energy-rate': null,
  'energy-clock': null,
  'energy-tier': null,
  'ladder-adder': null,
  'free-quota': null,
  'basic-capacity': 'capacity',
  'basic-demand': 'demand',
  'basic-demand-excess': 'demand',
  'demand-discount': 'demand',
  'power-factor': 'power-factor',
  surcharge: 'surcharge',
  /** Contained in the energy price, and for the fund all the same. */
  'surcharge-included': 'surcharge',
  fee: 'fee',
})

const micro = microYuan(1n)

export const revenueParts = (
  lines: readonly Readonly<{ formula: FormulaId; amount: MicroYuan }>[],
  taxRate: Ratio | null,
): RevenueParts => {
  const gross = lines.reduce<RevenueParts>((parts, { formula, amount }) => {
    const component = componentOf[formula]
    return component === null ? parts : { ...parts, [component]: addMoney(parts[component] ?? zeroMoney, amount) }
  }, {})
  if (taxRate === null) return gross
  return mapParts(gross, (amount) => splitTax(amount, taxRate, micro).net)
}

export const addParts = (all: readonly RevenueParts[]): RevenueParts =>
  Object.fromEntries(
    movedComponents.flatMap((component) => {
      const amount = all.reduce((sum, parts) => addMoney(sum, parts[component] ?? zeroMoney), zeroMoney)
      return amount === zeroMoney ? [] : [[component, amount]]
    }),
  )

const mapParts = (parts: RevenueParts, change: (amount: MicroYuan) => MicroYuan): RevenueParts =>
  Object.fromEntries(Object.entries(parts).map(([component, amount]) => [component, change(amount)]))

/** Moves what `before` has not moved yet, or moves back what it has moved too much. */
export const partPostings = (
  before: RevenueParts,
  after: RevenueParts,
  { accountId, at }: Readonly<{ accountId: number; at: number }>,
): readonly Posting[] =>
  movedComponents.flatMap((component) => {
    const more = subtractMoney(after[component] ?? zeroMoney, before[component] ?? zeroMoney)
    if (more === zeroMoney) return []
    const [amount, from, to] =
      more > 0n
        ? ([more, 'energy', component] as const)
        : ([subtractMoney(zeroMoney, more), component, 'energy'] as const)
    return [
      { template: 'revenue-out', accountId, amount, at, component: from },
      { template: 'revenue-in', accountId, amount, at, component: to },
    ] as const
  })

/** As it lies in `statement.components`: micro-yuan as text. */
export const partsRow = (parts: RevenueParts): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(parts).map(([component, amount]) => [component, amount.toString()]))

export const partsOf = (row: Readonly<Record<string, string>>): RevenueParts =>
  Object.fromEntries(
    movedComponents.flatMap((component) => {
      const amount = row[component]
      return amount === undefined ? [] : [[component, microYuan(BigInt(amount))]]
    }),
  )
