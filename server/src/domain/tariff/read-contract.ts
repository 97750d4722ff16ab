import { one, timesRatio, varHours, wattHours, watts } from '../quantity.ts'
import {
  firstDay,
  lastDay,
  plainContract,
  type LossRule,
  type SupplyContract,
  type TransformerLoss,
} from './contract.ts'
import {
  complain,
  isGiven,
  isObject,
  itemsOf,
  member,
  readChoice,
  readDocument,
  readText,
  readWhole,
  type Place,
  type Read,
} from './document.ts'
import { readStandard } from './read-plan.ts'
import { readDay, readKilo, readKva, readKw, readKwh, readPercent, readShare, readTransformerRatio } from './values.ts'

const contractKeys = [
  'persons',
  'ladderFrom',
  'capacity',
  'demandKw',
  'powerFactorStandard',
  'losses',
  'exempt',
  'multiplier',
] as const

/** Reads what a supply contract adds to a plan (docs/pricing.md); all problems at once. */
export const readContract = (json: unknown): Read<SupplyContract> => readDocument(json, readContractAt)

const readContractAt = (place: Place): SupplyContract => {
  if (!isObject(place, contractKeys)) return plainContract
  const at = (key: (typeof contractKeys)[number]): Place => member(place, key)
  const demand = at('demandKw')
  return {
    persons: readPersons(at('persons')),
    ladderFrom: isGiven(at('ladderFrom')) ? readDay(at('ladderFrom'), 0) : null,
    capacity: itemsOf(at('capacity')).map((item) => {
      isObject(item, ['kva', 'from', 'to', 'percent'])
      const part = {
        va: readKva(member(item, 'kva')),
        from: readDay(member(item, 'from'), firstDay, 'optional'),
        to: readDay(member(item, 'to'), lastDay, 'optional'),
        share: readShare(member(item, 'percent')),
      }
      if (part.to <= part.from) complain(member(item, 'to'), 'must be later than from')
      return part
    }),
    demand: isGiven(demand) ? readKw(demand) : null,
    powerFactorStandard: isGiven(at('powerFactorStandard')) ? readStandard(at('powerFactorStandard')) : null,
    losses: isGiven(at('losses')) ? readLosses(at('losses')) : null,
    exempt: itemsOf(at('exempt')).map((item) => readText(item)),
    installations: readInstallations(at('multiplier')),
  }
}

const readPersons = (place: Place): SupplyContract['persons'] => {
  if (!isGiven(place)) return []
  if (!Array.isArray(place.value)) return [{ from: firstDay, persons: readWhole(place, 0) }]
  return inOrder(
    place,
    itemsOf(place).map((item) => {
      isObject(item, ['from', 'persons'])
      return {
        from: readDay(member(item, 'from'), firstDay, 'optional'),
        persons: readWhole(member(item, 'persons'), 0),
      }
    }),
  )
}

const readInstallations = (place: Place): SupplyContract['installations'] => {
  if (!isGiven(place)) return []
  if (typeof place.value === 'string') return [{ from: firstDay, multiplier: readTransformerRatio(place) }]
  return inOrder(
    place,
    itemsOf(place).map((item) => {
      isObject(item, ['from', 'ct', 'pt'])
      const multiplier = timesRatio(readTransformerRatio(member(item, 'ct')), readTransformerRatio(member(item, 'pt')))
      return { from: readDay(member(item, 'from'), firstDay, 'optional'), multiplier }
    }),
  )
}

const inOrder = <T extends Readonly<{ from: number }>>(place: Place, dated: readonly T[]): readonly T[] => {
  for (const [index, { from }] of dated.entries())
    if (index > 0 && from <= (dated[index - 1]?.from ?? firstDay))
      complain({ ...place, at: `${place.at}[${String(index)}]` }, 'must start later than the one before it')
  return dated
}

const readLosses = (place: Place): LossRule => {
  isObject(place, ['transformer', 'linePercent', 'spread'])
  const [transformer, line] = [member(place, 'transformer'), member(place, 'linePercent')]
  if (!isGiven(transformer) && !isGiven(line)) complain(place, 'must have transformer or linePercent')
  return {
    transformer: isGiven(transformer) ? readTransformer(transformer) : null,
    line: isGiven(line) ? readPercent(line) : null,
    spread: readChoice(member(place, 'spread'), ['pro-rata', 'flat'], 'pro-rata'),
  }
}

const readTransformer = (place: Place): TransformerLoss => {
  const kind = readChoice(member(place, 'kind'), ['table', 'formula'])
  if (kind === 'formula') {
    isObject(place, ['kind', 'ironKw', 'copperPercent'])
    const copper = member(place, 'copperPercent')
    return {
      kind,
      iron: watts(readKw(member(place, 'ironKw'))),
      copper: isGiven(copper) ? readPercent(copper, one) : { numerator: 0n, denominator: 1n },
    }
  }
  isObject(place, ['kind', 'kwh', 'kvarh', 'step'])
  const step = member(place, 'step')
  const stepWh = isGiven(step) ? readKilo(step, 'kilowatt-hours like "1"') : 1n
  if (stepWh === 0n) complain(step, 'must be above zero')
  const kvarh = member(place, 'kvarh')
  return {
    kind,
    activeWh: wattHours(readKwh(member(place, 'kwh'))),
    reactiveVarh: varHours(isGiven(kvarh) ? readKilo(kvarh, 'kvarh like "7200"') : 0n),
    step: stepWh === 0n ? 1n : stepWh,
  }
}
