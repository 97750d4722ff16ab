import type { Clock } from '../../domain/clock.ts'
import type { EnrolledAccount, Enrolment } from '../../domain/enrolment.ts'
import type { Ids } from '../../domain/ids.ts'
import { microYuan, price, wattHours, type MicroYuan } from '../../domain/quantity.ts'
import { defaultStopTerms, type StopTerms } from '../../domain/stop-terms.ts'
import { until } from '../../domain/testing/until.ts'
import { yuan } from '../../domain/testing/yuan.ts'
import type { Sql } from '../../store/database.ts'
import { createTestDatabase, type TestDatabase } from '../../store/test-database.ts'
import type { Pay } from '../abilities.ts'
import { enrol } from '../enrol.ts'
import { outboxNotifier } from '../../provider/outbox/outbox-notifier.ts'
import { sendQueued } from '../notify.ts'
import { createPay } from '../pay.ts'
import type { FlowContext, FlowEvent } from '../process.ts'
import { settleReadings, type FieldReading, type SettleSummary } from '../settle.ts'

/** A small town for tests of the walks: a real database, accounts on prepayment, and a clock that moves when told to. */
export type Town = Readonly<{
  database: TestDatabase['database']
  /** For a command that opens the database itself. */
  url: string
  context: FlowContext
  clock: HandClock
  pay: Pay
  /** Account and meter of a place, as the database numbers them. */
  place(name: string): Promise<Readonly<{ accountId: number; meterId: number }>>
  account(name: string): Promise<AccountState>
  /** Takes readings in; notices that come of it are delivered at once, unless the town was told otherwise. */
  settle(readings: readonly Partial<FieldReading>[]): Promise<SettleSummary>
  /** Waits for what the walks, which run beside the test, must bring about. */
  until(what: string, holds: () => Promise<boolean> | boolean): Promise<void>
  /** Delivers what waits in the outbox. */
  deliver(): Promise<void>
  /** A reading of a place: its total, all of it in rate 3; closed relay. */
  reading(name: string, totalWh: number, change?: Partial<FieldReading>): Promise<FieldReading>
  logged: readonly FlowEvent[]
  close(): Promise<void>
}>

export type HandClock = Clock & { set(instant: number): void; move(ms: number): void }

type AccountState = Readonly<{
  id: number
  stage: string
  balance: MicroYuan
  earliestStopAt: number | null
  reasons: readonly string[]
}>

/** Wall time as set; delays are over at once, because a test must not wait for virtual hours. */
export const handClock = (start: number): HandClock => {
  let wall = start
  return {
    now: () => wall,
    elapsedMs: () => performance.now(),
    rate: 1,
    delay: async (_, signal) => {
      signal?.throwIfAborted()
      await new Promise((resolve) => setImmediate(resolve))
    },
    after: (_, act) => {
      const soon = setImmediate(act)
      return () => clearImmediate(soon)
    },
    set: (instant) => {
      wall = instant
    },
    move: (ms) => {
      wall += ms
    },
  }
}

/** Identifiers in order, so that a failing test reads the same every time. */
const countingIds = (): Ids => {
  let next = 0
  return {
    uuid: () => {
      next += 1
      return `00000000-0000-7000-8000-${next.toString(16).padStart(12, '0')}`
    },
  }
}

export { yuan }

/** A Wednesday, 11:00 in Shanghai: trips are allowed. */
export const wednesday = Date.parse('2026-11-25T03:00:00Z')

/** One yuan per kWh, so that a test reads easily; four rates of 4, 3, 2, 1 yuan. */
const plans = {
  flat: { kind: 'flat', price: price(10_000_000_000n) },
  'four-rate': {
    kind: 'four-rate',
    prices: [price(40_000_000_000n), price(30_000_000_000n), price(20_000_000_000n), price(10_000_000_000n)],
  },
} as const

export type TownAccount = Readonly<{
  place: string
  opening?: number
  plan?: keyof typeof plans
  /** Instead of `plan`: a tariff by the document of docs/pricing.md, and what the supply contract adds. */
  tariff?: object
  supplyTerms?: object
  protected?: boolean
  agreement?: boolean
  reconnect?: 'direct-close' | 'permit-close'
  /** What differs from the default way to a stop. */
  stop?: Partial<StopTerms>
}>

const enrolled = (account: TownAccount, index: number): EnrolledAccount => ({
  number: String(70_001 + index),
  customer: { name: account.place, phone: '10000000000', language: 'zh' },
  protected: account.protected ?? false,
  meters: [
    {
      gateway: 'GW-T',
      address: `20261101${String(index + 1).padStart(4, '0')}`,
      place: account.place,
      passwordLevel: 2,
      password: '000000',
      maximumWatts: 20_000,
    },
  ],
  agreement:
    account.agreement === false
      ? null
      : {
          thresholds: { alarm1: yuan(10), alarm2: yuan(5), cutOff: yuan(0), restore: yuan(1) },
          noticeLeadMs: 30 * 60_000,
          reconnect: account.reconnect ?? 'direct-close',
          tripWindow: { fromMinute: 9 * 60, toMinute: 16 * 60, weekdays: [1, 2, 3, 4, 5] },
          pricePlan: account.tariff === undefined ? (account.plan ?? 'flat') : tariffName(account),
          stop: { ...defaultStopTerms, ...account.stop },
        },
  openingPayment: account.agreement === false || account.opening === undefined ? null : yuan(account.opening),
  ...(account.supplyTerms === undefined ? {} : { supplyTerms: account.supplyTerms }),
})

/** Each place has a plan of its own. */
export const tariffName = ({ place }: Pick<TownAccount, 'place'>): string => `tariff ${place}`

const townOf = (accounts: readonly TownAccount[]): Enrolment => ({
  site: {
    name: 'test town',
    timeZone: 'Asia/Shanghai',
    readingIntervalMinutes: 30,
    servicePhone: '10000',
    signature: '测试供电所',
  },
  pricePlans: [
    ...Object.entries(plans).map(([name, plan]) => ({ name, plan })),
    ...accounts.flatMap((account) =>
      account.tariff === undefined
        ? []
        : [{ name: tariffName(account), plan: { kind: 'tariff' as const, document: account.tariff } }],
    ),
  ],
  gateways: [
    {
      code: 'GW-T',
      link: { kind: 'dials-in', registration: 'GW-T', heartbeat: null },
      baudRate: 2400,
      parity: 'even',
    },
  ],
  accounts: accounts.map(enrolled),
})

const outbox = new Map([[outboxNotifier.channel, outboxNotifier]])

export type TownOptions = Readonly<{
  /** `slow`: nothing is delivered until the test says so. */
  post?: 'at-once' | 'slow'
}>

export const createTown = async (
  accounts: readonly TownAccount[],
  start = wednesday,
  { post = 'at-once' }: TownOptions = {},
): Promise<Town> => {
  const test = await createTestDatabase()
  const { database } = test
  const clock = handClock(start)
  const ids = countingIds()
  const logged: FlowEvent[] = []
  const context: FlowContext = { database, clock, ids, log: (event) => void logged.push(event) }
  const made = await enrol(database, clock, ids, townOf(accounts))
  if (!made.ok) {
    await test.drop()
    throw new Error(`the town was not enrolled: ${JSON.stringify(made)}`)
  }
  const place = async (name: string) => placeOf(database, name)
  return {
    database,
    url: test.url,
    context,
    clock,
    pay: createPay(database, clock, ids),
    place,
    account: async (name) => stateOf(database, (await place(name)).accountId),
    settle: async (readings) => {
      const summary = await settleReadings(database, ids, readings as readonly FieldReading[], clock.now())
      if (post === 'at-once') await sendQueued(context, outbox)
      return summary
    },
    until: async (what, holds) => until(what, holds, { everyMs: 10, known: () => logged }),
    deliver: async () => void (await sendQueued(context, outbox)),
    reading: async (name, totalWh, change = {}) => ({
      meterId: (await place(name)).meterId,
      at: clock.now(),
      registers: {
        totalWh: wattHours(BigInt(totalWh)),
        ratesWh: [0n, 0n, BigInt(totalWh), 0n].map(wattHours),
      },
      powerMilliwatts: 1_000_000,
      obtained: 'scheduled',
      status: { relay: 'closed', relayCommand: 'closed', keepPower: false, alarm: false },
      ...change,
    }),
    logged,
    close: async () => test.drop(),
  }
}

const placeOf = async (sql: Sql, name: string): Promise<Readonly<{ accountId: number; meterId: number }>> => {
  const [row] = await sql.query<{ id: number; account_id: number }>(
    'select id, account_id from meter where place = $1',
    [name],
  )
  if (row === undefined) throw new Error(`there is no place ${name}`)
  return { accountId: row.account_id, meterId: row.id }
}

const stateOf = async (sql: Sql, accountId: number): Promise<AccountState> => {
  const [row] = await sql.query<{
    stage: string
    balance: bigint
    earliest_stop_at: number | null
    decision: { reasons: string[] } | null
  }>(
    `select a.stage, l.credits - l.debits as balance, a.earliest_stop_at, a.decision from account a
     join ledger_account l on l.account_id = a.id and l.code = 'customer-prepayment' where a.id = $1`,
    [accountId],
  )
  if (row === undefined) throw new Error(`there is no account ${String(accountId)}`)
  return {
    id: accountId,
    stage: row.stage,
    balance: microYuan(row.balance),
    earliestStopAt: row.earliest_stop_at,
    reasons: row.decision?.reasons ?? [],
  }
}
