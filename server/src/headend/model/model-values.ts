import type { DateAndWeekday, IdentifierName, TimeOfDay } from '@xianfu/protocols'
import type { Wiring } from '../../domain/wiring.ts'
import type { ItemSource, MeterModel, Ratio } from './meter-model.ts'
import { readRegister, type ReadSpan } from './model-registers.ts'
import { relayState, supplyStatus } from './model-relay.ts'

/** The registers that a value of the headend is made of; null when the model does not have it. */
export const registersFor = (model: MeterModel, item: IdentifierName): readonly string[] | null => {
  const source: ItemSource | undefined = model.items[item]
  if (source === undefined) return null
  const ratios = 'times' in source && model.ratios !== null ? Object.values(model.ratios) : []
  return [...ownRegisters(model, source), ...ratios]
}

const ownRegisters = (model: MeterModel, source: ItemSource): readonly string[] => {
  switch (source.kind) {
    case 'number':
    case 'digits':
      return [source.register]
    case 'phases':
      return [source.a, source.b, source.c].filter((name) => name !== null)
    case 'totalAndPhases':
      return [source.total, source.a, source.b, source.c].filter((name) => name !== null)
    case 'totalAndRates':
      return [source.total, ...source.rates]
    case 'dateAndWeekday':
    case 'timeOfDay':
      return [source.clock]
    case 'statusWord3':
      return model.relay === null ? [] : [model.relay.status]
  }
}

export type ItemValue = Readonly<{ ok: true; value: unknown } | { ok: false; detail: string }>

/** The value of one item, made from what was read. */
export const itemValue = (
  model: MeterModel,
  item: IdentifierName,
  spans: readonly ReadSpan[],
  wiring: Wiring,
): ItemValue => {
  const source: ItemSource | undefined = model.items[item]
  if (source === undefined) return refuse(`the model ${model.name} does not have it`)
  try {
    return { ok: true, value: valueOf(model, source, spans, wiring) }
  } catch (error) {
    if (error instanceof UnreadableValue) return refuse(error.message)
    throw error
  }
}

const refuse = (detail: string): ItemValue => ({ ok: false, detail })

/** Ends the making of a value from within; never leaves this file. */
class UnreadableValue extends Error {}

const valueOf = (model: MeterModel, source: ItemSource, spans: readonly ReadSpan[], wiring: Wiring): unknown => {
  const raw = (name: string): number | string | Uint8Array => {
    const decoded = readRegister(model, name, spans)
    if (!decoded.ok) throw new UnreadableValue(`${name}: ${decoded.detail}`)
    return decoded.value
  }
  const number = (name: string): number => Number(raw(name))
  const factor = 'times' in source && source.times !== undefined ? ratio(model, source.times, number) : 1
  const value = (name: string): number => {
    const multiplied = number(name) * factor
    if (!Number.isSafeInteger(multiplied)) throw new UnreadableValue(`${name}: ${multiplied} is beyond any meter`)
    return multiplied
  }
  const phase = (name: string | null): number | null => (name === null ? null : value(name))
  switch (source.kind) {
    case 'number':
      return value(source.register)
    case 'digits':
      return raw(source.register)
    case 'phases':
      return { a: value(source.a), b: phase(source.b), c: phase(source.c) }
    case 'totalAndPhases':
      return { total: value(source.total), a: value(source.a), b: phase(source.b), c: phase(source.c) }
    case 'totalAndRates':
      return { total: value(source.total), rates: source.rates.map(value) }
    case 'dateAndWeekday':
      return dateIn(raw(source.clock))
    case 'timeOfDay':
      return timeIn(raw(source.clock))
    case 'statusWord3':
      if (model.relay === null) throw new UnreadableValue('the model has no relay')
      return supplyStatus(relayState(model, model.relay, number(model.relay.status)), wiring)
  }
}

/** A ratio of 0 would make energy vanish, so it is no ratio. */
const ratio = (model: MeterModel, times: Ratio, number: (name: string) => number): number => {
  if (model.ratios === null) return 1
  const read = (name: string): number => {
    const value = number(name)
    if (value < 1) throw new UnreadableValue(`${name}: a transformer ratio of ${value}`)
    return value
  }
  const { voltage, current } = model.ratios
  if (times === 'voltage') return read(voltage)
  return times === 'current' ? read(current) : read(voltage) * read(current)
}

const firstYear = 2000

const dateIn = (bytes: number | string | Uint8Array): DateAndWeekday => {
  const [year = 0, month = 0, day = 0, weekday = 0] = bytes instanceof Uint8Array ? bytes : []
  const date = new Date(Date.UTC(firstYear + year, month - 1, day))
  const exists = date.getUTCMonth() === month - 1 && date.getUTCDate() === day && year <= 99 && weekday <= 6
  if (!exists) throw new UnreadableValue('there is no such date')
  return { year: firstYear + year, month, day, weekday }
}

const timeIn = (bytes: number | string | Uint8Array): TimeOfDay => {
  const [, , , , hour = 24, minute = 60, second = 60] = bytes instanceof Uint8Array ? bytes : []
  if (hour > 23 || minute > 59 || second > 59) throw new UnreadableValue('there is no such time of day')
  return { hour, minute, second }
}
