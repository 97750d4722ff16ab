import { microYuan, parseMoney, ratio, roundingModes } from '../quantity.ts'
import {
  complain,
  isGiven,
  isObject,
  itemsOf,
  member,
  readChoice,
  readDocument,
  readParsed,
  readText,
  readWhole,
  readYesNo,
  type Place,
  type Read,
} from './document.ts'
import {
  clockPeriods,
  demandRules,
  type BasicCharge,
  type EnergyPrices,
  type Fee,
  type FreeQuota,
  type Ladder,
  type LateFeeRule,
  type PowerFactorStandard,
  type RoundingRule,
  type Surcharge,
  type TariffPlan,
} from './plan.ts'
import { readCalendar } from './read-calendar.ts'
import { noPurchaseRule, readPurchaseRule } from './read-purchase-rule.ts'
import { readAdder, readDay, readDayOfYear, readKwh, readMoney, readPercent, readPrice } from './values.ts'

const planKeys = [
  'code',
  'version',
  'name',
  'validFrom',
  'validTo',
  'provisional',
  'rounding',
  'taxPercent',
  'energy',
  'ladder',
  'basic',
  'powerFactor',
  'surcharges',
  'fees',
  'freeQuota',
  'purchase',
  'lateFee',
] as const

/** Reads one version of a plan (docs/pricing.md); all problems at once. */
export const readPlan = (json: unknown): Read<TariffPlan> => readDocument(json, readPlanAt)

export const readPlanAt = (place: Place): TariffPlan => {
  isObject(place, planKeys)
  const at = (key: (typeof planKeys)[number]): Place => member(place, key)
  const optional = <T>(key: (typeof planKeys)[number], read: (found: Place) => T): T | null =>
    isGiven(at(key)) ? read(at(key)) : null
  const code = readText(at('code'))
  const validFrom = readDay(at('validFrom'), 0)
  const validTo = optional('validTo', (found) => readDay(found, 0))
  if (validTo !== null && validTo <= validFrom) complain(at('validTo'), 'must be later than validFrom')
  const energy = readEnergy(at('energy'))
  const surcharges = readAll(at('surcharges'), readSurcharge)
  checkIncluded(at('surcharges'), surcharges, energy)
  return {
    code,
    version: readWhole(at('version'), 1),
    name: readText(at('name'), code),
    validFrom,
    validTo,
    provisional: readYesNo(at('provisional'), false),
    rounding: optional('rounding', readRounding) ?? defaultRounding,
    taxRate: optional('taxPercent', readPercent),
    energy,
    ladder: readLadder(at('ladder'), energy),
    basic: optional('basic', readBasic),
    powerFactor: optional('powerFactor', (found) => {
      isObject(found, ['standard', 'energyInBase'])
      return {
        standard: readStandard(member(found, 'standard')),
        energyInBase: readYesNo(member(found, 'energyInBase'), true),
      }
    }),
    surcharges,
    fees: readAll(at('fees'), readFee),
    freeQuota: optional('freeQuota', readQuota),
    purchase: optional('purchase', (found) => readPurchaseRule(found, energy)) ?? noPurchaseRule,
    lateFee: optional('lateFee', readLateFee),
  }
}

const fen = microYuan(10_000n)
const defaultRounding: RoundingRule = { mode: 'half-up', unit: fen, per: 'line' }

const readRounding = (place: Place): RoundingRule => {
  isObject(place, ['mode', 'unit', 'per'])
  const unit = readParsed(
    member(place, 'unit'),
    parseMoney,
    'the smallest amount printed, like "0.01"',
    fen,
    'optional',
  )
  if (unit <= 0n) complain(member(place, 'unit'), 'must be above zero')
  return {
    mode: readChoice(member(place, 'mode'), roundingModes, 'half-up'),
    unit: unit <= 0n ? fen : unit,
    per: readChoice(member(place, 'per'), ['line', 'total'], 'line'),
  }
}

const readEnergy = (place: Place): EnergyPrices => {
  isObject(place, ['kind', 'price', 'prices', 'calendar'])
  const kind = readChoice(member(place, 'kind'), ['flat', 'rates', 'clock', 'tiers'])
  const unused = {
    flat: ['prices', 'calendar'],
    rates: ['price', 'calendar'],
    clock: ['price'],
    tiers: ['price', 'calendar'],
  }
  for (const key of unused[kind])
    if (isGiven(member(place, key))) complain(member(place, key), `does not belong to energy of kind "${kind}"`)
  const pricesPlace = member(place, 'prices')
  if (kind === 'flat') return { kind, price: readPrice(member(place, 'price')) }
  if (kind === 'clock') {
    isObject(pricesPlace, clockPeriods)
    const prices = clockPeriods.flatMap((period) => {
      const found = member(pricesPlace, period)
      return isGiven(found) ? [{ period, price: readPrice(found) }] : []
    })
    if (prices.length === 0) complain(pricesPlace, 'must price at least one period, like { "flat": "0.55" }')
    const names = prices.map(({ period }) => period)
    return { kind, prices, calendar: readCalendar(member(place, 'calendar'), names) }
  }
  const prices = itemsOf(pricesPlace).map(readPrice)
  const most = kind === 'rates' ? 4 : 10
  if (prices.length === 0 || prices.length > most)
    complain(pricesPlace, `must be a list of 1 to ${String(most)} prices`)
  return { kind, prices }
}

const readLadder = (place: Place, energy: EnergyPrices): Ladder | null => {
  if (!isGiven(place)) {
    if (energy.kind === 'tiers') complain(place, 'is missing: energy of kind "tiers" needs the limits of its tiers')
    return null
  }
  isObject(place, ['scope', 'yearStart', 'limits', 'adders', 'households'])
  const limits = readLimits(member(place, 'limits'))
  const addersPlace = member(place, 'adders')
  const adders = itemsOf(addersPlace).map(readAdder)
  if (energy.kind === 'tiers') {
    if (isGiven(addersPlace)) complain(addersPlace, 'must be left out: the prices of the tiers are in energy.prices')
    if (limits.length !== energy.prices.length - 1)
      complain(member(place, 'limits'), `must be one fewer than energy.prices (${String(energy.prices.length)})`)
  } else if (adders.length !== limits.length)
    complain(addersPlace, `must be one for each limit (${String(limits.length)}): what the tier above it costs more`)
  const households = itemsOf(member(place, 'households')).map((item) => {
    isObject(item, ['fromPersons', 'limits'])
    const extra = itemsOf(member(item, 'limits')).map((found) => readKwh(found))
    if (extra.length !== limits.length)
      complain(member(item, 'limits'), `must be one for each limit of the ladder (${String(limits.length)})`)
    return { fromPersons: readWhole(member(item, 'fromPersons'), 1), limits: extra }
  })
  for (const [index, { fromPersons }] of households.entries())
    if (index > 0 && fromPersons <= (households[index - 1]?.fromPersons ?? 0))
      complain(member(place, 'households'), 'must be in the order of fromPersons')
  return {
    scope: readChoice(member(place, 'scope'), ['month', 'year']),
    yearStart: readDayOfYear(member(place, 'yearStart'), 101, 'optional'),
    limits,
    adders,
    households,
  }
}

const readLimits = (place: Place) => {
  const items = itemsOf(place)
  if (items.length === 0)
    complain(place, 'must be a list of the upper limits of all tiers but the last, like ["2760", "4800"]')
  const limits = items.map((found) => readKwh(found))
  for (const [index, limit] of limits.entries())
    if (limit <= (limits[index - 1] ?? 0n)) {
      const where = items[index] ?? place
      complain(where, index === 0 ? 'must be above zero' : 'must be above the limit before it')
    }
  return limits
}

const readBasic = (place: Place): BasicCharge => {
  const kind = readChoice(member(place, 'kind'), ['capacity', 'demand'])
  const keys = ['kind', 'price', 'days', 'inPowerFactorBase']
  isObject(place, kind === 'capacity' ? keys : [...keys, 'rule', 'discount'])
  const common = {
    price: readPrice(member(place, 'price')),
    days: readChoice(member(place, 'days'), ['thirty', 'calendar'], 'thirty'),
    inPowerFactorBase: readYesNo(member(place, 'inPowerFactorBase'), true),
  }
  if (kind === 'capacity') return { kind, ...common }
  const discountPlace = member(place, 'discount')
  if (isGiven(discountPlace)) isObject(discountPlace, ['percent', 'fromKwhPerKva'])
  return {
    kind,
    ...common,
    rule: readChoice(member(place, 'rule'), demandRules),
    discount: isGiven(discountPlace)
      ? {
          off: readPercent(member(discountPlace, 'percent')),
          fromWhPerKva: readKwh(member(discountPlace, 'fromKwhPerKva')),
        }
      : null,
  }
}

export const readStandard = (place: Place): PowerFactorStandard => {
  const standards: Readonly<Record<string, PowerFactorStandard>> = { '0.90': 90, '0.85': 85, '0.80': 80 }
  return readParsed(place, (text) => standards[text] ?? null, '"0.90", "0.85" or "0.80"', 90)
}

/** Reads a list whose members have a `code` of their own. */
const readAll = <T extends Readonly<{ code: string }>>(place: Place, read: (item: Place) => T): readonly T[] => {
  const seen = new Set<string>()
  return itemsOf(place).map((item) => {
    const value = read(item)
    if (seen.has(value.code)) complain(member(item, 'code'), `"${value.code}" is there twice`)
    seen.add(value.code)
    return value
  })
}

const readSurcharge = (place: Place): Surcharge => {
  isObject(place, ['code', 'name', 'price', 'how', 'inPowerFactorBase'])
  const code = readText(member(place, 'code'))
  return {
    code,
    name: readText(member(place, 'name'), code),
    price: readPrice(member(place, 'price')),
    how: readChoice(member(place, 'how'), ['added', 'included'], 'added'),
    inPowerFactorBase: readYesNo(member(place, 'inPowerFactorBase'), false),
  }
}

/** What is included in the energy prices must fit into each of them. */
const checkIncluded = (place: Place, surcharges: readonly Surcharge[], energy: EnergyPrices): void => {
  const included = surcharges.reduce((sum, { how, price }) => (how === 'included' ? sum + price : sum), 0n)
  const prices =
    energy.kind === 'flat'
      ? [energy.price]
      : energy.prices.map((entry) => (typeof entry === 'bigint' ? entry : entry.price))
  if (prices.some((price) => price < included))
    complain(place, 'contain more "included" parts than the smallest energy price')
}

const readFee = (place: Place): Fee => {
  isObject(place, ['code', 'name', 'amount', 'per', 'due'])
  const code = readText(member(place, 'code'))
  return {
    code,
    name: readText(member(place, 'name'), code),
    amount: readMoney(member(place, 'amount')),
    per: readChoice(member(place, 'per'), ['month', 'day']),
    due: readChoice(member(place, 'due'), ['daily', 'first-day'], 'daily'),
  }
}

const readQuota = (place: Place): FreeQuota => {
  isObject(place, ['kwhPerPerson', 'kwhPerAccount', 'unused'])
  const [perPerson, perAccount] = [member(place, 'kwhPerPerson'), member(place, 'kwhPerAccount')]
  if (!isGiven(perPerson) && !isGiven(perAccount)) complain(place, 'must have kwhPerPerson or kwhPerAccount')
  return {
    perPersonWh: readKwh(perPerson, 'optional'),
    perAccountWh: readKwh(perAccount, 'optional'),
    unused: readChoice(member(place, 'unused'), ['expires', 'carries-over'], 'expires'),
  }
}

const readLateFee = (place: Place): LateFeeRule => {
  isObject(place, ['percentPerDay', 'carriedOverPercentPerDay', 'minimum', 'dayCount'])
  const perDay = readPercent(member(place, 'percentPerDay'))
  const carriedOver = member(place, 'carriedOverPercentPerDay')
  const minimum = member(place, 'minimum')
  return {
    perDay,
    carriedOverPerDay: isGiven(carriedOver) ? readPercent(carriedOver, ratio(0n, 1n)) : perDay,
    minimum: isGiven(minimum) ? readMoney(minimum) : microYuan(0n),
    dayCount: readChoice(member(place, 'dayCount'), ['by-bill', 'strict'], 'by-bill'),
  }
}
