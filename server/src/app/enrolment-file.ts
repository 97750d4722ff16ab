import { z } from 'zod'
import { isPace, type DataSet } from '../domain/collection/data-set.ts'
import type { EnrolledSchedules, Enrolment } from '../domain/enrolment.ts'
import { defaultStopTerms } from '../domain/stop-terms.ts'
import { stopSchema } from './stop-document.ts'
import { problemsOfBehind } from '../domain/meter-behind.ts'
import {
  microYuan,
  parseMoney,
  parsePercent,
  parsePrice,
  price,
  type MicroYuan,
  type Price,
} from '../domain/quantity.ts'

/**
 * A site as a person writes it down (docs/enrolment.md): names instead of numbers, yuan and clock times as text. What is
 * left out has the product's defaults: cautious thresholds, trips on working days in daylight, a day's notice.
 */
const money = z
  .string()
  .refine((text) => parseMoney(text) !== null, 'must be yuan as text with at most six decimals, such as "12.50"')
  .transform((text): MicroYuan => parseMoney(text) ?? microYuan(0n))
const unitPrice = z
  .string()
  .refine(
    (text) => (parsePrice(text) ?? -1n) >= 0n,
    'must be yuan per kWh as text with at most ten decimals, such as "0.5380"',
  )
  .transform((text): Price => parsePrice(text) ?? price(0n))
const clock = z
  .string()
  .regex(/^(?:[01]\d|2[0-3]):[0-5]\d$|^24:00$/u, 'must be HH:MM')
  .transform((text) => Number(text.slice(0, 2)) * 60 + Number(text.slice(3)))
const name = z.string().trim().min(1).max(80)
const timeZone = z.string().refine(isTimeZone, 'must be a time zone such as Asia/Shanghai')

function isTimeZone(text: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: text }).resolvedOptions().timeZone !== ''
  } catch {
    return false
  }
}

const pace = (dataSet: DataSet) =>
  z
    .int()
    .refine(
      (minutes) => isPace(dataSet, minutes),
      dataSet === 'energy' ? 'must be 1 to 1440 minutes' : 'must be 1 to 1440 minutes, or whole days up to 31',
    )
    .nullable()
    .optional()
const schedules = z
  .strictObject({
    energy: pace('energy').refine((minutes) => minutes !== null, 'is what is charged for, and always collected'),
    instantaneous: pace('instantaneous'),
    states: pace('states'),
    events: pace('events'),
    demand: pace('demand'),
    freeze: pace('freeze'),
    parameters: pace('parameters'),
  })
  .optional()

const line = {
  schedules,
  baudRate: z.int().min(300).max(115_200).default(2400),
  parity: z.enum(['none', 'even', 'odd']).default('even'),
}
const gateway = z.discriminatedUnion('link', [
  z.strictObject({
    code: name,
    link: z.literal('dials-in'),
    registration: z.string().min(1).max(256),
    identifiedBy: z.enum(['packet', 'meter', 'remote-ip']).default('packet'),
    heartbeat: z.string().min(1).nullable().default(null),
    ...line,
  }),
  z.strictObject({
    code: name,
    link: z.literal('dialled'),
    host: z.string().min(1),
    port: z.int().min(1).max(65_535),
    ...line,
  }),
  z.strictObject({ code: name, link: z.literal('serial'), path: z.string().min(1), ...line }),
])

const modbus = z.strictObject({
  kind: z.enum(['modbus-rtu', 'modbus-tcp']),
  unit: z.int().min(0).max(255),
  model: z.string().min(1),
  wiring: z.enum(['in-line', 'contactor', 'contactor-inverse', 'shunt-trip', 'external-breaker']).default('in-line'),
})
const meter = z.strictObject({
  gateway: name,
  address: z.string().regex(/^\d{12}$/u, 'must be the twelve digits of the meter'),
  place: name,
  protocol: modbus.optional(),
  /** What the relay of a DL/T 645 meter means for supply. */
  wiring: z.enum(['in-line', 'contactor', 'external-breaker']).optional(),
  energyStepWh: z.int().min(1).optional(),
  passwordLevel: z.int().min(0).max(9).default(2),
  password: z
    .string()
    .regex(/^\d{6}$/u, 'must be six digits')
    .default('000000'),
  maximumWatts: z.int().min(1).max(100_000_000),
  behind: z
    .string()
    .regex(/^\d{12}$/u, 'must be the twelve digits of the master meter')
    .optional(),
  lossRatio: z.int().min(1).max(1_000_000).optional(),
  lossLimitPercent: z
    .string()
    .refine((text) => millionthsOf(text) !== null, 'must be per cent from 0 to 100 as text, such as "7"')
    .transform((text) => millionthsOf(text) ?? 0)
    .optional(),
  schedules,
})

function millionthsOf(text: string): number | null {
  const percent = parsePercent(text)
  if (percent === null || percent.numerator < 0n || percent.numerator > percent.denominator) return null
  return Number((percent.numerator * 1_000_000n) / percent.denominator)
}

const agreementSchema = z
  .strictObject({
    pricePlan: name,
    alarm1: money.default(microYuan(50_000_000n)),
    alarm2: money.default(microYuan(20_000_000n)),
    cutOff: money.default(microYuan(0n)),
    restore: money.default(microYuan(5_000_000n)),
    noticeLeadMinutes: z.int().min(0).max(43_200).default(1_440),
    reconnect: z.enum(['direct-close', 'permit-close']).default('permit-close'),
    tripFrom: clock.default(9 * 60),
    tripTo: clock.default(16 * 60),
    tripWeekdays: z.array(z.int().min(0).max(6)).min(1).max(7).default([1, 2, 3, 4, 5]),
    stop: stopSchema.default(defaultStopTerms),
  })
  .refine(
    ({ alarm1, alarm2, cutOff }) => alarm1 >= alarm2 && alarm2 >= cutOff,
    'alarm1, alarm2 and cutOff must not rise',
  )
  .refine(({ restore, cutOff }) => restore >= cutOff, 'restore must not be below cutOff')
  .refine(({ tripFrom, tripTo }) => tripFrom < tripTo, 'tripFrom must come before tripTo')

const account = z.strictObject({
  number: z.string().regex(/^[A-Za-z0-9-]{1,32}$/u, 'must be 1 to 32 letters, digits or dashes'),
  customer: z.strictObject({ name, phone: z.string().min(3).max(32), language: z.enum(['zh', 'en']).default('zh') }),
  protected: z.boolean().default(false),
  meters: z.array(meter).min(1).max(200),
  agreement: agreementSchema.nullable().default(null),
  openingPayment: money.nullable().default(null),
  supplyTerms: z.unknown().optional(),
})

const plan = z.discriminatedUnion('kind', [
  z.strictObject({ name, kind: z.literal('flat'), price: unitPrice }),
  z.strictObject({ name, kind: z.literal('four-rate'), prices: z.tuple([unitPrice, unitPrice, unitPrice, unitPrice]) }),
  z.strictObject({ name, kind: z.literal('tariff'), document: z.unknown() }),
])

const fileSchema = z.strictObject({
  site: z.strictObject({
    name,
    timeZone,
    readingIntervalMinutes: z.int().min(1).max(1_440).default(30),
    servicePhone: z.string().min(3).max(32),
    signature: z.string().trim().min(1).max(20),
    schedules,
  }),
  pricePlans: z.array(plan).min(1),
  gateways: z.array(gateway).min(1),
  accounts: z.array(account).min(1),
})

export type EnrolmentFile = Readonly<{ ok: true; value: Enrolment } | { ok: false; problems: readonly string[] }>

/** Every problem at once, each with its place in the file. */
export const readEnrolment = (json: unknown): EnrolmentFile => {
  const parsed = fileSchema.safeParse(json)
  if (!parsed.success)
    return { ok: false, problems: parsed.error.issues.map(({ path, message }) => `${placeOf(path)}: ${message}`) }
  const { site, pricePlans, gateways, accounts } = parsed.data
  const problems = [
    ...unknownNames(parsed.data),
    ...repeated(
      'gateways',
      gateways.map(({ code }) => code),
    ),
    ...repeated(
      'pricePlans',
      pricePlans.map((one) => one.name),
    ),
    ...repeated(
      'accounts',
      accounts.map(({ number }) => number),
    ),
    ...repeated(
      'meters',
      accounts.flatMap(({ meters }) => meters.map((one) => `${one.gateway} ${one.address}`)),
    ),
    ...problemsOfBehind(accounts.flatMap(({ meters }) => meters.map(namedOf))).map(
      ({ address, words }) => `meters: ${address} behind: ${words}`,
    ),
  ]
  if (problems.length > 0) return { ok: false, problems }
  return {
    ok: true,
    value: {
      site: siteOf(site),
      pricePlans: pricePlans.map(planOf),
      gateways: gateways.map(gatewayOf),
      accounts: accounts.map(accountOf),
    },
  }
}

type File = z.output<typeof fileSchema>

const namedOf = ({ address, behind }: File['accounts'][number]['meters'][number]) => ({
  address,
  ...(behind !== undefined && { behind }),
})

const placeOf = (path: readonly PropertyKey[]): string =>
  path.reduce<string>(
    (place, part) =>
      typeof part === 'number' ? `${place}[${String(part)}]` : `${place}${place === '' ? '' : '.'}${String(part)}`,
    '',
  ) || 'file'

const unknownNames = ({ pricePlans, gateways, accounts }: File): string[] => {
  const plans = new Set(pricePlans.map((one) => one.name))
  const codes = new Set(gateways.map(({ code }) => code))
  return accounts.flatMap((one, index) => [
    ...(one.agreement === null || plans.has(one.agreement.pricePlan)
      ? []
      : [`accounts[${String(index)}].agreement.pricePlan: there is no plan ${one.agreement.pricePlan} in this file`]),
    ...(one.agreement === null && one.openingPayment !== null
      ? [`accounts[${String(index)}].openingPayment: an account without an agreement takes no money`]
      : []),
    ...one.meters.flatMap(({ gateway: code }, at) =>
      codes.has(code)
        ? []
        : [`accounts[${String(index)}].meters[${String(at)}].gateway: there is no gateway ${code} in this file`],
    ),
  ])
}

const repeated = (what: string, names: readonly string[]): string[] =>
  names.filter((one, index) => names.indexOf(one) !== index).map((one) => `${what}: ${one} stands there twice`)

const planOf = (one: File['pricePlans'][number]): Enrolment['pricePlans'][number] => {
  const { name: planName } = one
  if (one.kind === 'flat') return { name: planName, plan: { kind: 'flat', price: one.price } }
  if (one.kind === 'four-rate') return { name: planName, plan: { kind: 'four-rate', prices: one.prices } }
  return { name: planName, plan: { kind: 'tariff', document: one.document } }
}

const siteOf = ({ schedules: written, ...site }: File['site']): Enrolment['site'] => ({
  ...site,
  ...schedulesOf({ schedules: written }),
})

type WrittenSchedules = Readonly<{ [S in DataSet]?: number | null | undefined }>

/** Without what was not said: a set that is absent follows the wider rule. */
const schedulesOf = ({ schedules: written }: { schedules?: WrittenSchedules | undefined }) => {
  const said = Object.entries(written ?? {}).filter(([, minutes]) => minutes !== undefined)
  return said.length === 0 ? {} : { schedules: Object.fromEntries(said) as EnrolledSchedules }
}

const gatewayOf = (one: File['gateways'][number]): Enrolment['gateways'][number] => {
  const { code, baudRate, parity } = one
  const said = schedulesOf(one)
  if (one.link === 'dialled')
    return { code, link: { kind: 'dialled', host: one.host, port: one.port }, baudRate, parity, ...said }
  if (one.link === 'serial') return { code, link: { kind: 'serial', path: one.path }, baudRate, parity, ...said }
  const { registration, heartbeat, identifiedBy } = one
  return { code, link: { kind: 'dials-in', registration, heartbeat, identifiedBy }, baudRate, parity, ...said }
}

const accountOf = (one: File['accounts'][number]): Enrolment['accounts'][number] => ({
  number: one.number,
  customer: one.customer,
  protected: one.protected,
  meters: one.meters.map(
    ({ protocol, energyStepWh, wiring, behind, lossRatio, lossLimitPercent, schedules: written, ...rest }) => ({
      ...rest,
      ...schedulesOf({ schedules: written }),
      ...(protocol !== undefined && { protocol }),
      ...(energyStepWh !== undefined && { energyStepWh }),
      ...(wiring !== undefined && { wiring }),
      ...(behind !== undefined && { behind }),
      ...(lossRatio !== undefined && { lossRatio }),
      ...(lossLimitPercent !== undefined && { lossLimit: lossLimitPercent }),
    }),
  ),
  agreement: one.agreement === null ? null : termsOf(one.agreement),
  openingPayment: one.openingPayment,
  ...(one.supplyTerms !== undefined && { supplyTerms: one.supplyTerms }),
})

/** An agreement as the file has it, as terms. */
export const termsOf = (one: z.output<typeof agreementSchema>) => ({
  pricePlan: one.pricePlan,
  thresholds: { alarm1: one.alarm1, alarm2: one.alarm2, cutOff: one.cutOff, restore: one.restore },
  noticeLeadMs: one.noticeLeadMinutes * 60_000,
  reconnect: one.reconnect,
  tripWindow: { fromMinute: one.tripFrom, toMinute: one.tripTo, weekdays: one.tripWeekdays },
  stop: one.stop,
})
