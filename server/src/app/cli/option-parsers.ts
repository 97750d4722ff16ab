import { InvalidArgumentError } from 'commander'

/** What people type behind options, as values; a mistake says how it is written. */

export const parsePort = (text: string): number => {
  const port = Number(text)
  if (!/^\d+$/u.test(text) || port > 65_535) throw new InvalidArgumentError('A port is a number up to 65535.')
  return port
}

export const parseTarget = (text: string): Readonly<{ host: string; port: number }> => {
  const colon = text.lastIndexOf(':')
  const host = text.slice(0, colon).replace(/^\[(.*)\]$/u, '$1')
  if (colon < 1 || host === '') throw new InvalidArgumentError('Write it as HOST:PORT, for example 192.0.2.7:8001.')
  return { host, port: parsePort(text.slice(colon + 1)) }
}

export const parsePositive = (text: string): number => {
  const value = Number(text)
  if (!Number.isInteger(value) || value <= 0) throw new InvalidArgumentError('It must be a whole number above 0.')
  return value
}

/** A unit of Modbus. */
export const parseUnit = (text: string): number => {
  const unit = Number(text)
  if (!Number.isInteger(unit) || unit < 1 || unit > 247) throw new InvalidArgumentError('A unit is from 1 to 247.')
  return unit
}

/** Several may be given, by commas or by saying the option again. */
export const parseAddresses = (text: string, before: readonly string[] = []): readonly string[] => [
  ...before,
  ...text.split(',').map(parseAddress),
]

export const parseAddress = (text: string): string => {
  const digits = text.trim()
  if (!/^\d{1,12}$/u.test(digits)) throw new InvalidArgumentError('An address has up to 12 digits.')
  const address = digits.padStart(12, '0')
  if (address === '999999999999') throw new InvalidArgumentError('That is the broadcast address, which nobody answers.')
  return address
}

export const parseRates = (text: string): readonly number[] => text.split(',').map((rate) => parsePositive(rate.trim()))

export const parseLevel = (text: string): number => {
  const level = Number(text)
  if (!/^\d{1,2}$/u.test(text)) throw new InvalidArgumentError('A password level is a number from 0 to 9.')
  if (level > 9)
    throw new InvalidArgumentError(
      'Levels 98 and 99 need codes from the utility’s security module, which this program does not have.',
    )
  return level
}

export const parsePassword = (text: string): string => {
  if (!/^\d{6}$/u.test(text)) throw new InvalidArgumentError('A password has 6 digits.')
  return text
}

export const parseOperator = (text: string): string => {
  if (!/^[0-9A-Fa-f]{1,8}$/u.test(text)) throw new InvalidArgumentError('An operator code has up to 8 digits.')
  return text.padStart(8, '0').toUpperCase()
}

export const parseTimeZone = (text: string): string => {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: text }).resolvedOptions().timeZone
  } catch {
    throw new InvalidArgumentError('There is no such time zone; write it like Asia/Shanghai.')
  }
}
