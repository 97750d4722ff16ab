import { identifiers, toHex, type IdentifierName, type StatusWord3 } from '@xianfu/protocols'

/**
 * Values of a meter in words: exact decimals with their unit, a dash where the meter has no value. `value` comes from
 * the table's decoder, so its shape follows from the name.
 */
export const valueText = (name: IdentifierName | null, value: unknown, data: Uint8Array): string => {
  if (name === null) return toHex(data)
  if (name === 'statusWord3') return statusText(value as StatusWord3)
  if (name === 'dateAndWeekday' || name === 'time') return clockText(value as Readonly<Record<string, number>>)
  const scale = scaleOf(name)
  if (scale === null) return plainText(value)
  if (typeof value === 'number' || value === null) return quantity(value, scale)
  return Object.entries(value as Readonly<Record<string, unknown>>)
    .flatMap(([part, each]) =>
      Array.isArray(each)
        ? each.map((rate: number | null, index) => `rate ${String(index + 1)} ${quantity(rate, scale)}`)
        : [`${part} ${quantity(each as number | null, scale)}`],
    )
    .join(', ')
}

type Scale = Readonly<{
  unit: string
  decimals: number
  /** Base units in one step of the last decimal. */ step: number
}>

/** What people say for the base units of the identifier table, and how many base units it is. */
const units: Readonly<Record<string, readonly [unit: string, baseUnits: number]>> = {
  Wh: ['kWh', 1_000],
  mV: ['V', 1_000],
  mA: ['A', 1_000],
  mW: ['kW', 1_000_000],
  mvar: ['kvar', 1_000_000],
  mVA: ['kVA', 1_000_000],
  mHz: ['Hz', 1_000],
  '1/1000': ['', 1_000],
}

/** As many decimals as the meter's own register has. */
const scaleOf = (name: IdentifierName): Scale | null => {
  const { unit: baseUnit, scale: step } = identifiers[name]
  const spoken = units[baseUnit]
  if (spoken === undefined) return null
  const [unit, baseUnits] = spoken
  return { unit, decimals: String(baseUnits / step).length - 1, step }
}

const quantity = (value: number | null, { unit, decimals, step }: Scale): string => {
  if (value === null) return '–'
  const steps = String(Math.round(Math.abs(value) / step)).padStart(decimals + 1, '0')
  const digits = `${steps.slice(0, -decimals)}.${steps.slice(-decimals)}`
  return `${value < 0 ? '-' : ''}${digits}${unit === '' ? '' : ` ${unit}`}`
}

const statusText = (status: StatusWord3): string =>
  [
    `relay ${status.relay}`,
    `relay command ${status.relayCommand}`,
    `keep power ${status.keepPower ? 'on' : 'off'}`,
    `alarm ${status.preTripAlarm ? 'on' : 'off'}`,
    `prepaid by ${status.meterType === 'none' ? 'the master' : status.meterType}`,
    `supply ${status.supply}`,
    `(${status.raw.toString(16).toUpperCase().padStart(4, '0')}H)`,
  ].join(', ')

const weekdays = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday']

const clockText = (value: Readonly<Record<string, number>>): string => {
  const two = (key: string): string => String(value[key] ?? 0).padStart(2, '0')
  return 'hour' in value
    ? `${two('hour')}:${two('minute')}:${two('second')}`
    : `${two('year')}-${two('month')}-${two('day')} ${weekdays[value['weekday'] ?? -1] ?? ''}`.trimEnd()
}

const plainText = (value: unknown): string =>
  value === null ? '–' : typeof value === 'string' || typeof value === 'number' ? String(value) : JSON.stringify(value)
