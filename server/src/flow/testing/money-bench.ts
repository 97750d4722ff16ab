import { uuidv7 } from 'uuidv7'
import type { CreditTerms } from '../../domain/credit-policy.ts'
import type { EnrolledAccount } from '../../domain/enrolment.ts'
import type { Registers } from '../../domain/price-plan.ts'
import { microYuan, parsePrice, wattHours, type MicroYuan } from '../../domain/quantity.ts'
import type { Database } from '../../store/database.ts'
import { createTestDatabase } from '../../store/test-database.ts'
import { audit } from '../audit.ts'
import { enrol } from '../enrol.ts'
import { settleReadings, type FieldReading } from '../settle.ts'

/** A small site in a database of its own, on a clock that a test moves by hand. */
export type MoneyBench = Readonly<{
  database: Database
  url: string
  clock: HandClock
  ids: Readonly<{ uuid(): string }>
  context: Readonly<{ database: Database; clock: HandClock; ids: Readonly<{ uuid(): string }> }>
  /** Of the accounts, in the order in which they were enrolled. */
  accountIds: readonly number[]
  /** Of the first meter of each account. */
  meterIds: readonly number[]
  cashierId: number
  /** Brings a reading of a meter (flat plan, 0.50 yuan per kWh) at this moment. */
  read(meterId: number, totalWh: bigint): Promise<void>
  prepayment(accountId: number): Promise<MicroYuan>
  /** Debits − credits of every ledger account of a code, whoever owns it. */
  standing(code: string): Promise<bigint>
  /** What is wrong with the books, in words; empty when nothing is. */
  wrong(): Promise<readonly string[]>
  drop(): Promise<void>
}>

export type HandClock = Readonly<{
  rate: number
  now(): number
  elapsedMs(): number
  delay(elapsedMs: number, signal?: AbortSignal): Promise<void>
  pass(ms: number): void
}>

const start = Date.UTC(2026, 4, 11, 2, 0)

const handClock = (): HandClock => {
  let now = start
  return {
    rate: 1,
    now: () => now,
    elapsedMs: () => performance.now(),
    delay: async (ms) => {
      await new Promise((resolve) => {
        setTimeout(resolve, ms)
      })
    },
    pass: (ms) => {
      now += ms
    },
  }
}

export const yuan = (amount: number): MicroYuan => microYuan(BigInt(Math.round(amount * 1_000_000)))

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

export type BenchOptions = Readonly<{ accounts?: number; metersEach?: number; opening?: MicroYuan | null }>

export const createMoneyBench = async ({
  accounts = 3,
  metersEach = 1,
  opening = null,
}: BenchOptions = {}): Promise<MoneyBench> => {
  const { database, url, drop } = await createTestDatabase()
  return { ...(await furnish(database, { accounts, metersEach, opening })), url, drop }
}

/** Puts the site into any migrated database. */
export const furnish = async (
  database: Database,
  { accounts, metersEach, opening }: Required<BenchOptions>,
): Promise<Omit<MoneyBench, 'url' | 'drop'>> => {
  const clock = handClock()
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
    database,
    clock,
    ids,
    context: { database, clock, ids },
    accountIds: rows.map(({ account_id: id }) => id),
    meterIds: rows.map(({ meter_id: id }) => id),
    cashierId: operator?.id ?? 0,
    async read(meterId, totalWh) {
      const summary = await settleReadings(database, ids, [readingAt(meterId, clock.now(), totalWh)], clock.now())
      if (summary.good !== 1) throw new Error(`the reading was not good: ${JSON.stringify(summary)}`)
    },
    async prepayment(accountId) {
      const [row] = await database.query<{ balance: bigint }>(
        "select credits - debits as balance from ledger_account where code = 'customer-prepayment' and account_id = $1",
        [accountId],
      )
      return microYuan(row?.balance ?? 0n)
    },
    async standing(code) {
      const [row] = await database.query<{ balance: string }>(
        'select coalesce(sum(debits - credits), 0)::text as balance from ledger_account where code = $1',
        [code],
      )
      return BigInt(row?.balance ?? '0')
    },
    async wrong() {
      return (await audit(database)).flatMap(({ name, wrong }) => wrong.map((line) => `${name}: ${line}`))
    },
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
