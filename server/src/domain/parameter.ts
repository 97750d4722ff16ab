import { parseMoney, parsePrice } from './quantity.ts'

/** What of a meter may be written remotely (DL/T 645-2007, class 04): thresholds of its own purse, spare prices, their hour. */
export const parameterNames = [
  'money-alarm-1',
  'money-alarm-2',
  'money-overdraft-limit',
  'money-hoarding-limit',
  'money-to-close',
  'spare-rate-price-1',
  'spare-rate-price-2',
  'spare-rate-price-3',
  'spare-rate-price-4',
  'rate-price-switch-time',
] as const
export type ParameterName = (typeof parameterNames)[number]

export type Parameter = Readonly<{ item: ParameterName; value: string }>

/** In the meter's own unit: fen, 1/10 000 yuan per kWh, or a local minute. */
export type ParameterValue = Readonly<
  | { kind: 'money'; fen: number }
  | { kind: 'price'; tenThousandths: number }
  | { kind: 'minute'; year: number; month: number; day: number; hour: number; minute: number }
>

/** A list that is longer is several batches; a meter that refuses one item keeps the rest as they are. */
const mostParameters = 10
/** Six digits before the point, and two after it. */
const mostFen = 99_999_999
/** Four digits before the point, and four after it. */
const mostTenThousandths = 99_999_999

const microPerFen = 10_000n
const unitsPerTenThousandth = 1_000_000n

/** The value as the meter keeps it, or null when it is no value of this parameter. */
export const parameterValue = ({ item, value }: Parameter): ParameterValue | null => {
  if (item === 'rate-price-switch-time') return minuteFrom(value)
  if (item.startsWith('money-')) {
    const amount = parseMoney(value)
    if (amount === null || amount < 0n || amount % microPerFen !== 0n || amount / microPerFen > mostFen) return null
    return { kind: 'money', fen: Number(amount / microPerFen) }
  }
  const price = parsePrice(value)
  if (price === null || price < 0n || price % unitsPerTenThousandth !== 0n) return null
  const tenThousandths = price / unitsPerTenThousandth
  return tenThousandths > mostTenThousandths ? null : { kind: 'price', tenThousandths: Number(tenThousandths) }
}

const minutePattern = /^(20\d{2})-(\d{2})-(\d{2})T(\d{2}):(\d{2})$/u

const minuteFrom = (text: string): ParameterValue | null => {
  const found = minutePattern.exec(text)
  if (found === null) return null
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0] = found.slice(1).map(Number)
  const made = new Date(Date.UTC(year, month - 1, day, hour, minute))
  // What the calendar moves on is no day of it.
  const exists = made.toISOString().startsWith(text)
  return exists ? { kind: 'minute', year, month, day, hour, minute } : null
}

export type ParametersProblem = 'no-parameters' | 'too-many-parameters' | 'parameter-twice' | 'bad-parameter'

/** What speaks against a list; the switch-over has to come last, so that it never switches to half a set of prices. */
export const problemOfParameters = (parameters: readonly Parameter[]): ParametersProblem | null => {
  if (parameters.length === 0) return 'no-parameters'
  if (parameters.length > mostParameters) return 'too-many-parameters'
  if (new Set(parameters.map(({ item }) => item)).size < parameters.length) return 'parameter-twice'
  return parameters.some((parameter) => parameterValue(parameter) === null) ? 'bad-parameter' : null
}

/** In the order in which they are written: spare prices before the hour at which they count. */
export const inWritingOrder = (parameters: readonly Parameter[]): readonly Parameter[] =>
  parameters.toSorted((a, b) => parameterNames.indexOf(a.item) - parameterNames.indexOf(b.item))
