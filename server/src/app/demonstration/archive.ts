import type { CreditTerms } from '../../domain/credit-policy.ts'
import { defaultStopTerms } from '../../domain/stop-terms.ts'
import type { EnrolledAccount, Enrolment } from '../../domain/enrolment.ts'
import { microYuan, price } from '../../domain/quantity.ts'
import {
  accountNumberOf,
  addressOf,
  demonstrationGateways,
  demonstrationTimeZone,
  households,
  meterPassword,
  meterPasswordLevel,
  type Household,
} from './households.ts'

const yuan = (amount: number) => microYuan(BigInt(amount) * 1_000_000n)
const perKwh = (tenThousandths: number) => price(BigInt(tenThousandths) * 1_000_000n)
/** Three phases of 60 A. */
const maximumWatts = 40_000

const planNames = { flat: '演示 单一制', 'four-rate': '演示 四费率' } as const

/** Short leads and long windows, so that a viewer sees in two minutes what takes days in the field. */
const terms: Omit<CreditTerms, 'timeZone'> = {
  thresholds: { alarm1: yuan(10), alarm2: yuan(5), cutOff: yuan(0), restore: yuan(1) },
  noticeLeadMs: 30 * 60_000,
  reconnect: 'direct-close',
  tripWindow: { fromMinute: 6 * 60, toMinute: 22 * 60, weekdays: [0, 1, 2, 3, 4, 5, 6] },
  stop: { ...defaultStopTerms, sendWindow: { fromMinute: 6 * 60, toMinute: 22 * 60 }, holidays: 'none' },
}

const accountOf = (household: Household, index: number): EnrolledAccount => ({
  number: accountNumberOf(index),
  customer: {
    name: household.customer,
    phone: `1000000${accountNumberOf(index).slice(1)}`,
    language: household.language,
  },
  protected: household.protected,
  meters: [
    {
      gateway: household.gateway,
      address: addressOf(index),
      place: household.place,
      passwordLevel: meterPasswordLevel,
      password: meterPassword,
      maximumWatts,
    },
  ],
  agreement: household.opening === null ? null : { ...terms, pricePlan: planNames[household.plan] },
  openingPayment: household.opening === null ? null : yuan(household.opening),
})

const quickBaudRate = 9_600

/** The demonstration's site as an archive. Its prices are round figures of no real tariff. */
export const demonstrationArchive = (readingIntervalMinutes: number): Enrolment => ({
  site: {
    name: '演示小区',
    timeZone: demonstrationTimeZone,
    readingIntervalMinutes,
    servicePhone: '10000',
    signature: '演示供电所',
    // A demonstration lives hundreds of times faster than its lines talk: they have time for the registers only.
    schedules: { instantaneous: null, states: 240, events: 1_440, demand: null, freeze: null, parameters: null },
  },
  pricePlans: [
    { name: planNames.flat, plan: { kind: 'flat', price: perKwh(6_000) } },
    {
      name: planNames['four-rate'],
      plan: { kind: 'four-rate', prices: [perKwh(12_000), perKwh(9_800), perKwh(6_500), perKwh(3_200)] },
    },
  ],
  gateways: demonstrationGateways.map(({ code, registration, heartbeat, baudRate }) => ({
    code,
    link: { kind: 'dials-in', registration, heartbeat },
    baudRate,
    parity: 'even',
    // The quick line has: its meters show what a history of voltages and currents looks like.
    ...(baudRate >= quickBaudRate ? { schedules: { instantaneous: 60 } } : {}),
  })),
  accounts: households.map(accountOf),
})
