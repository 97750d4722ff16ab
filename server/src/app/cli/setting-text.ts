import {
  installationNumbers,
  siteNumbers,
  siteTexts,
  type Compensation,
  type NumberRange,
  type SettingProblem,
} from '../../domain/site-settings.ts'
import { formatMoney, parseMoney } from '../../domain/quantity.ts'
import type { FriendlyHours } from '../../domain/stop-terms.ts'
import { StartRefused } from '../one-server.ts'

/** Settings as a person types and reads them: `trips-per-hour=30`, `friendly-hours=22:00-06:00@0,6`, `compensation=none`. */

export const keyOf = (name: string): string => name.replaceAll(/[A-Z]/gu, (letter) => `-${letter.toLowerCase()}`)

const clockOf = (minute: number): string =>
  `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`

export const textOfSetting = (value: unknown): string => {
  if (value === null) return 'none'
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.map(textOfSpan).join(';')
  if (typeof value === 'object') return textOfCompensation(value as Compensation)
  return typeof value === 'string' ? value : JSON.stringify(value)
}

const textOfSpan = ({ fromMinute, toMinute, weekdays }: FriendlyHours): string =>
  `${clockOf(fromMinute)}-${clockOf(toMinute)}@${weekdays.join(',')}`

const textOfCompensation = (compensation: Compensation): string => {
  if (compensation.kind !== 'own') return compensation.kind
  const { afterSeconds, amount, perHour, most } = compensation.rule
  return `${String(afterSeconds)}s,${formatMoney(amount)},${formatMoney(perHour)},${formatMoney(most)}`
}

const spanPattern = /^([01]\d|2[0-3]):([0-5]\d)-(?:([01]\d|2[0-3]):([0-5]\d)|24:00)@([0-6](?:,[0-6])*)$/u

const spanOf = (text: string): FriendlyHours => {
  const found = spanPattern.exec(text.trim())
  if (found === null)
    throw new StartRefused(`${text} are no hours; write 22:00-06:00@0,6 (0 is Sunday), several by ";"`)
  const [, hour = '', minute = '', toHour = '24', toMinute = '0', days = ''] = found
  return {
    fromMinute: Number(hour) * 60 + Number(minute),
    toMinute: Number(toHour) * 60 + Number(toMinute),
    weekdays: days.split(',').map(Number),
  }
}

const compensationPattern = /^(\d{1,6})s,([\d.]+),([\d.]+),([\d.]+)$/u

const compensationOf = (text: string): Compensation => {
  if (text === 'none' || text === 'installation') return { kind: text }
  const [, seconds, ...amounts] = compensationPattern.exec(text) ?? []
  const [amount, perHour, most] = amounts.map((one) => parseMoney(one))
  if (seconds === undefined || amount == null || perHour == null || most == null)
    throw new StartRefused(
      `${text} is no compensation; write none, installation, or 60s,2.00,1.00,20.00: later than, once, for each further hour, at most`,
    )
  return { kind: 'own', rule: { afterSeconds: Number(seconds), amount, perHour, most } }
}

const numbers: Readonly<Record<string, NumberRange>> = { ...siteNumbers, ...installationNumbers }

/** `name=value` by the names that may be set; what is mistyped is refused with what there is. */
export const changesFrom = (words: readonly string[], names: readonly string[]): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    words.map((word) => {
      const [key = '', ...rest] = word.split('=')
      const name = names.find((one) => keyOf(one) === key)
      if (name === undefined || rest.length === 0)
        throw new StartRefused(`${word} sets nothing; write NAME=VALUE with one of ${names.map(keyOf).join(', ')}`)
      return [name, valueOf(name, rest.join('=').trim())] as const
    }),
  )

const valueOf = (name: string, text: string): unknown => {
  if (name === 'compensation') return compensationOf(text)
  if (name === 'friendlyHours') return text === 'none' ? [] : text.split(';').map(spanOf)
  if (name in siteTexts) return text
  if (text === 'none' && numbers[name]?.optional === true) return null
  if (!/^\d{1,9}$/u.test(text)) throw new StartRefused(`${keyOf(name)} is a whole number, not ${text}`)
  return Number(text)
}

export const problemWords = (problems: readonly SettingProblem[]): string =>
  problems
    .map(({ name, code, least, most }) => {
      if (code === 'not-plausible') return `${keyOf(name)} can not be so`
      const what = code === 'out-of-range' ? 'is from' : 'has'
      return `${keyOf(name)} ${what} ${String(least)} to ${String(most)}${code === 'wrong-length' ? ' characters' : ''}`
    })
    .join('; ')
