import { complain, isGiven, isObject, member, type Place } from './document.ts'
import type { EnergyPrices, PurchaseRule } from './plan.ts'
import { hasOnePrice } from './price-ahead.ts'
import { readKwh, readMoney, readPercent } from './values.ts'

export const noPurchaseRule: PurchaseRule = { minimum: null, hoardLimit: null, hoardEnergy: null, debtShare: null }

/** What a plan says about buying: the least, the most that may stand there after it, and what part pays old debt. */
export const readPurchaseRule = (place: Place, energy: EnergyPrices): PurchaseRule => {
  isObject(place, ['minimum', 'hoardLimit', 'hoardKwh', 'debtPercent'])
  const at = (key: string) => member(place, key)
  const minimum = isGiven(at('minimum')) ? readMoney(at('minimum')) : null
  const hoardLimit = isGiven(at('hoardLimit')) ? readMoney(at('hoardLimit')) : null
  if (minimum !== null && hoardLimit !== null && minimum > hoardLimit)
    complain(at('minimum'), 'is above hoardLimit: nothing could be bought')
  if (isGiven(at('hoardKwh')) && !hasOnePrice({ energy }))
    complain(at('hoardKwh'), `needs energy of one price, not of kind "${energy.kind}"; write hoardLimit instead`)
  return {
    minimum,
    hoardLimit,
    hoardEnergy: isGiven(at('hoardKwh')) ? readKwh(at('hoardKwh')) : null,
    debtShare: isGiven(at('debtPercent')) ? readPercent(at('debtPercent')) : null,
  }
}
