import { revive, type Plain } from '../domain/operation.ts'
import { formatMoney, microYuan } from '../domain/quantity.ts'
import {
  accountsWithoutAgreement,
  brokenBounds,
  chargesWithoutAgreement,
  crookedReversals,
  looseOperations,
  loosePurchases,
  moneyBetweenAccounts,
  operationsAfter,
  revenueBetween,
  strayRevenue,
  strayTransfers,
  wrongBalances,
  type AskedOperation,
} from '../store/audit-money.ts'
import type { Sql } from '../store/database.ts'
import { hashOfInput } from '../store/operations.ts'
import type { Check } from './audit.ts'
import { verifyLedger } from './verify-ledger.ts'

/** The invariants of docs/ledger.md, each proven from first entries. */
export const auditMoney = async (sql: Sql): Promise<readonly Check[]> => {
  const between = await moneyBetweenAccounts(sql)
  const components = await revenueBetween(sql)
  const { operations, changed } = await checkOperations(sql)
  const chain = await verifyLedger(sql)
  const all = (name: string, counted: string, wrong: readonly string[]): Check => ({ name, counted, wrong })
  return [
    all('no bound account is overdrawn, no closed one has money', 'all ledger accounts', await brokenBounds(sql)),
    all('each transfer moves as a template says', 'all transfers', await strayTransfers(sql)),
    all('each reversal mirrors what it reverses, once', 'all reversals', await crookedReversals(sql)),
    all('each line leaves the balance that its lines add up to', 'all lines', await wrongBalances(sql)),
    all(
      'no money is between two accounts',
      'all buckets',
      between === 0n ? [] : [`${formatMoney(microYuan(between))} yuan are`],
    ),
    all('revenue stands with the components that the statements say', 'all components', [
      ...(components === 0n ? [] : [`${formatMoney(microYuan(components))} yuan are between two components`]),
      ...(await strayRevenue(sql)),
    ]),
    all('each operation has moved what it was asked for', 'all operations', await looseOperations(sql)),
    all('what each operation was asked is what its key was given for', `${String(operations)} operations`, changed),
    all(
      'each charge names an agreement of its account, signed before',
      'all charges',
      await chargesWithoutAgreement(sql),
    ),
    all('each account in prepayment has one agreement in force', 'all accounts', await accountsWithoutAgreement(sql)),
    all('pending purchases are those on their way to a meter', 'all meters', await loosePurchases(sql)),
    all(
      'no sealed transfer was changed',
      `${String(chain.transfers)} in ${String(chain.blocks)} blocks, ${String(chain.unsealed)} not sealed yet`,
      chain.wrong,
    ),
  ]
}

const operationsPerPage = 5_000

const checkOperations = async (sql: Sql): Promise<Readonly<{ operations: number; changed: readonly string[] }>> => {
  const changed: string[] = []
  let operations = 0
  for (let last: string | null = null; ;) {
    const page: readonly AskedOperation[] = await operationsAfter(sql, last, operationsPerPage)
    for (const { id, kind, input, inputHash } of page)
      if (hashOf(kind, revive(input)) !== inputHash) changed.push(`operation ${id}`)
    operations += page.length
    last = page.at(-1)?.id ?? null
    if (page.length < operationsPerPage) return { operations, changed }
  }
}

/** A payment's is readable, as it was in the first house; all others are digests. */
const hashOf = (kind: AskedOperation['kind'], input: Plain): string => {
  if (kind !== 'payment') return hashOfInput(kind, input)
  const { channel, amount } = input as { channel: string; amount: bigint }
  return `${channel}:${amount.toString()}`
}
