import { uuidv7 } from 'uuidv7'
import type { Clock } from '../../domain/clock.ts'
import type { CreditTerms } from '../../domain/credit-policy.ts'
import type { EnrolledAccount } from '../../domain/enrolment.ts'
import type { Registers } from '../../domain/price-plan.ts'
import { parsePrice, wattHours, type MicroYuan } from '../../domain/quantity.ts'
import { yuan } from '../../domain/testing/yuan.ts'
import type { Database } from '../../store/database.ts'
import { enrol } from '../enrol.ts'
import type { FieldReading } from '../settle.ts'

/** A small site that can be put into any migrated database: accounts, meters on a flat plan, one cashier. */
export type Site = Readonly<{
  ids: Readonly<{ uuid(): string }>
  /** In the order in which they were enrolled. */
  accountIds: readonly number[]
  /** Of the first meter of each account. */
  meterIds: readonly number[]
  cashierId: number
}>

export type SiteOptions = Readonly<{ accounts: number; metersEach: number; opening: MicroYuan | null }>

export { yuan }

export const terms: Omit<CreditTerms, 'timeZone'> = {
  thresholds: { alarm1: yuan(10), alarm2: yuan(5), cutOff: yuan(0), restore: yuan(1) },
  noticeLeadMs: 30 * 60_000,
  reconnect: 'direct-close',
  tripWindow: { fromMinute: 0, toMinute: 1440, weekdays: [0, 1, 2, 3, 4, 5, 6] },
}

export const planName = 'flat 0.50'

const accountOf = (index: number, metersEach: number, opening: MicroYuan | null): EnrolledAccount => ({
  number: `A${String(index + 1).padStart(4, '0')}`,
  customer: {
    name: `customer ${String(index + 1)}`,
    phone: `1000000${String(index).padStart(4, '0')}`,
    language: 'en',
  },
  protected: false,
  meters: Array.from({ length: metersEach }, (_, meter) => ({
    gateway: 'GW-1',
    address: String(index * 10 + meter + 1).padStart(12, '0'),
    place: `room ${String(index + 1)}-${String(meter + 1)}`,
    passwordLevel: 2,
    password: '000000',
    maximumWatts: 1_000_000,
  })),
  agreement: { ...terms, pricePlan: planName },
  openingPayment: opening,
})

export const furnish = async (
  database: Database,
  clock: Clock,
  { accounts, metersEach, opening }: SiteOptions,
): Promise<Site> => {
  const ids = { uuid: uuidv7 }
  const price = parsePrice('0.50')
  if (price === null) throw new Error('a price')
  await enrol(database, clock, ids, {
    site: {
      name: 'bench',
      timeZone: 'Asia/Shanghai',
      readingIntervalMinutes: 30,
      servicePhone: '1',
      signature: 'bench',
    },
    pricePlans: [{ name: planName, plan: { kind: 'flat', price } }],
    gateways: [
      {
        code: 'GW-1',
        link: { kind: 'dials-in', registration: 'GW-1', heartbeat: null },
        baudRate: 2400,
        parity: 'even',
      },
    ],
    accounts: Array.from({ length: accounts }, (_, index) => accountOf(index, metersEach, opening)),
  })
  const [operator] = await database.query<{ id: number }>(
    "insert into operator (login, name, role, password_hash) values ('cashier-1', 'cashier 1', 'cashier', '') returning id",
  )
  const rows = await database.query<{ account_id: number; meter_id: number }>(
    'select account_id, min(id) as meter_id from meter group by account_id order by account_id',
  )
  return {
    ids,
    accountIds: rows.map(({ account_id: id }) => id),
    meterIds: rows.map(({ meter_id: id }) => id),
    cashierId: operator?.id ?? 0,
  }
}

const registers = (totalWh: bigint): Registers => ({ totalWh: wattHours(totalWh), ratesWh: [] })

export const readingAt = (meterId: number, at: number, totalWh: bigint): FieldReading => ({
  meterId,
  at,
  registers: registers(totalWh),
  powerMilliwatts: null,
  obtained: 'scheduled',
  status: { relay: 'closed', relayCommand: 'closed', keepPower: false, alarm: false },
})
