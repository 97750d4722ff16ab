import { priceBetween } from '../domain/price-plan.ts'
import { addMoney, formatKwh, formatMoney, roundCost, zeroMoney, type MicroYuan } from '../domain/quantity.ts'
import {
  auditedPeriods,
  chargedByMeter,
  sumLedger,
  unpostedPayments,
  unprovenCommands,
  type AuditedPeriod,
} from '../store/audit-ledger.ts'
import type { Database, Sql } from '../store/database.ts'
import { auditMoney } from './audit-money.ts'
import { auditStatements } from './audit-statements.ts'
import { auditedTariffs, type AuditedTariff } from './audit-tariffs.ts'

export type Check = Readonly<{ name: string; counted: string; wrong: readonly string[] }>

/**
 * Proves the books from their first entries: nothing is taken from a running total that can be summed anew. One
 * repeatable-read view, so it may run while the system works.
 */
export const audit = async (database: Database): Promise<readonly Check[]> =>
  database.transaction(
    async (sql) => {
      await sql.query('set transaction read only')
      return auditInside(sql)
    },
    { isolation: 'serializable' },
  )

/** The same inside a transaction of the caller. */
export const auditInside = async (sql: Sql): Promise<readonly Check[]> => {
  const ledger = await sumLedger(sql)
  const tariffs = await auditedTariffs(sql)
  const periods = [...(await auditedPeriods(sql)).map(byRegisters), ...tariffs.periods]
  const charged = await chargedByMeter(sql)
  const mispriced = periods.filter(({ price, charged }) => price !== charged)
  const perMeter = new Map<number, MicroYuan>()
  for (const period of periods)
    perMeter.set(period.meterId, addMoney(perMeter.get(period.meterId) ?? zeroMoney, period.price))
  const meterIds = new Set([...perMeter.keys(), ...charged.keys()])
  const unequal = [...meterIds].filter((id) => (perMeter.get(id) ?? zeroMoney) !== (charged.get(id) ?? zeroMoney))
  const unposted = await unpostedPayments(sql)
  const unproven = await unprovenCommands(sql)
  return [
    {
      name: 'the sum of all transfers is zero',
      counted: `${String(ledger.transfers)} transfers`,
      wrong: ledger.sumOfTransfers === 0n ? [] : [`the sum is ${String(ledger.sumOfTransfers)} micro-yuan`],
    },
    {
      name: 'running debits and credits equal the sums of their transfers',
      counted: `${String(ledger.transfers)} transfers`,
      wrong: ledger.accountsOutOfStep.map((id) => `ledger account ${String(id)}`),
    },
    {
      name: 'each period has been charged the price of its energy',
      counted: `${String(periods.length)} periods`,
      wrong: mispriced.map(
        (period) =>
          `meter ${String(period.meterId)} from ${new Date(period.start).toISOString()}: charged ${formatMoney(period.charged)}, price ${formatMoney(period.price)}`,
      ),
    },
    {
      name: 'the charges of a meter in the ledger equal the price of its energy',
      counted: `${String(meterIds.size)} meters`,
      wrong: unequal.map(
        (id) =>
          `meter ${String(id)}: ledger ${formatMoney(charged.get(id) ?? zeroMoney)}, price ${formatMoney(perMeter.get(id) ?? zeroMoney)}`,
      ),
    },
    {
      name: 'every watt-hour that a register counted under a tariff is in one of its periods',
      counted: `${String(tariffs.periods.length)} periods`,
      wrong: tariffs.lost.map(
        ({ meterId, from, lost }) =>
          `meter ${String(meterId)} from ${new Date(from).toISOString()}: ${formatKwh(lost)} kWh`,
      ),
    },
    { name: 'each payment is posted exactly once', counted: 'all payments', wrong: unposted },
    { name: 'each verified command is proven by a status word', counted: 'all commands', wrong: unproven },
    ...(await auditMoney(sql)),
    ...(await auditStatements(sql)),
  ]
}

const byRegisters = ({ meterId, start, plan, opening, latest, charged }: AuditedPeriod): AuditedTariff => ({
  meterId,
  start,
  price: roundCost(priceBetween(plan, opening, latest)),
  charged,
})
