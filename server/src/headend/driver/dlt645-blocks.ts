import type { IdentifierName, PhaseValues, TotalAndPhases, TotalAndRates } from '@xianfu/protocols'

/**
 * What the block identifiers of DL/T 645-2007 (FF in place of a rate or phase, annex A.1 and A.3) hold, so that several
 * values cost one exchange instead of one each.
 */
type Part = Readonly<{ name: IdentifierName; take(block: never): number | null | undefined }>

const rate = (index: number) => (block: TotalAndRates) => block.rates[index]
const total = (block: TotalAndRates | TotalAndPhases) => block.total
const phases = (a: IdentifierName, b: IdentifierName, c: IdentifierName): readonly Part[] => [
  { name: a, take: (block: PhaseValues) => block.a },
  { name: b, take: (block: PhaseValues) => block.b },
  { name: c, take: (block: PhaseValues) => block.c },
]

const blocks: readonly Readonly<{ block: IdentifierName; parts: readonly Part[] }>[] = Object.freeze([
  {
    block: 'forwardActiveEnergyBlock',
    parts: [
      { name: 'forwardActiveEnergyTotal', take: total },
      { name: 'forwardActiveEnergyRate1', take: rate(0) },
      { name: 'forwardActiveEnergyRate2', take: rate(1) },
      { name: 'forwardActiveEnergyRate3', take: rate(2) },
      { name: 'forwardActiveEnergyRate4', take: rate(3) },
    ],
  },
  { block: 'reverseActiveEnergyBlock', parts: [{ name: 'reverseActiveEnergyTotal', take: total }] },
  { block: 'voltageBlock', parts: phases('voltageA', 'voltageB', 'voltageC') },
  { block: 'currentBlock', parts: phases('currentA', 'currentB', 'currentC') },
  { block: 'activePowerBlock', parts: [{ name: 'activePowerTotal', take: total }] },
  { block: 'reactivePowerBlock', parts: [{ name: 'reactivePowerTotal', take: total }] },
  { block: 'apparentPowerBlock', parts: [{ name: 'apparentPowerTotal', take: total }] },
  { block: 'powerFactorBlock', parts: [{ name: 'powerFactorTotal', take: total }] },
])

/** One question, and the items that its answer brings. */
export type Covered = Readonly<{
  ask: IdentifierName
  brings: readonly Readonly<{ name: IdentifierName; take: ((value: unknown) => unknown) | null }>[]
}>

/**
 * The fewest identifiers that bring all the items, in the order of the first item of each: a block for itself, or for two
 * or more of its parts. `refused`: blocks that this meter does not have.
 */
export const coverWithBlocks = (
  items: readonly IdentifierName[],
  refused: ReadonlySet<IdentifierName>,
): readonly Covered[] => {
  const wanted = new Set(items)
  const covered: Covered[] = []
  const left = new Set(items)
  for (const item of items) {
    if (!left.has(item)) continue
    const found = blocks.find(({ block, parts }) => block === item || parts.some(({ name }) => name === item))
    const parts = found?.parts.filter(({ name }) => wanted.has(name)) ?? []
    const isBlockWanted = found !== undefined && wanted.has(found.block)
    const isWorthwhile = isBlockWanted || parts.length > 1
    if (found === undefined || !isWorthwhile || (refused.has(found.block) && item !== found.block)) {
      covered.push({ ask: item, brings: [{ name: item, take: null }] })
      left.delete(item)
      continue
    }
    const split = refused.has(found.block) ? [] : parts
    const own = isBlockWanted ? [{ name: found.block, take: null }] : []
    covered.push({ ask: found.block, brings: [...own, ...split.map(takenFrom)] })
    for (const { name } of [...own, ...split]) left.delete(name)
  }
  return covered
}

const takenFrom = ({ name, take }: Part): Covered['brings'][number] => ({
  name,
  take: take as (value: unknown) => unknown,
})
