import type { Clock } from '../../domain/clock.ts'
import { microYuan, type MicroYuan } from '../../domain/quantity.ts'
import { machineClock } from '../../domain/testing/machine-clock.ts'
import type { Database } from '../../store/database.ts'
import { createTestDatabase } from '../../store/test-database.ts'
import { audit } from '../audit.ts'
import { settleReadings } from '../settle.ts'
import { furnish, readingAt, type Site, type SiteOptions } from './site.ts'

export { planName, readingAt, terms, yuan } from './site.ts'

/** A small site in a database of its own, on a clock that a test moves by hand. */
export type MoneyBench = Site &
  Readonly<{
    database: Database
    url: string
    clock: HandClock
    context: Readonly<{ database: Database; clock: HandClock; ids: Site['ids'] }>
    /** Brings a reading of a meter (flat plan, 0.50 yuan per kWh) at this moment. */
    read(meterId: number, totalWh: bigint): Promise<void>
    prepayment(accountId: number): Promise<MicroYuan>
    /** Debits − credits of every ledger account of a code, whoever owns it. */
    standing(code: string): Promise<bigint>
    /** What is wrong with the books, in words; empty when nothing is. */
    wrong(): Promise<readonly string[]>
    drop(): Promise<void>
  }>

export type HandClock = Clock & Readonly<{ pass(ms: number): void }>

const start = Date.UTC(2026, 4, 11, 2, 0)

const handClock = (): HandClock => {
  let now = start
  return {
    ...machineClock(() => now),
    pass: (ms) => {
      now += ms
    },
  }
}

export const createMoneyBench = async (options: Partial<SiteOptions> = {}): Promise<MoneyBench> => {
  const { database, url, drop } = await createTestDatabase()
  const clock = handClock()
  const site = await furnish(database, clock, { accounts: 3, metersEach: 1, opening: null, ...options })
  return {
    ...site,
    database,
    url,
    drop,
    clock,
    context: { database, clock, ids: site.ids },
    async read(meterId, totalWh) {
      const summary = await settleReadings(database, site.ids, [readingAt(meterId, clock.now(), totalWh)], clock.now())
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
