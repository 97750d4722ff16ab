import type { MicroYuan } from '../domain/quantity.ts'
import {
  customerExists,
  findAccountByNumber,
  insertCustomer,
  insertOpenAccount,
  lockOpenings,
  siteExists,
  type NewCustomer,
} from '../store/accounts.ts'
import type { Sql } from '../store/database.ts'
import { bindMeters, lockBoundMeters } from '../store/meter-binding.ts'
import { ensurePartitions } from '../store/partitions.ts'
import { operateInside, type Asked, type MoneyContext, type Operated } from './operate.ts'

export type OpenAccountInput = Asked &
  Readonly<{
    number: string
    siteId: number
    /** A customer who is known, by id (one customer, many accounts), or a new one. */
    customer: number | NewCustomer
    protected: boolean
    /** Meters that have no account yet. */
    meterIds: readonly number[]
    /** Brought in from an older system: what was prepaid, and old debt that is kept apart. */
    oldBalance: MicroYuan
    oldDebt: MicroYuan
  }>
export type OpenRefusal = 'number-taken' | 'unknown-site' | 'unknown-customer' | 'meter-not-free' | 'amount-below-zero'
type Opened = Readonly<{ accountId: number; balance: MicroYuan; debt: MicroYuan }>

/** Opens an account (开户). It is charged nothing and cut never until its agreement is signed. */
export const createOpenAccount =
  (context: MoneyContext) =>
  async (input: OpenAccountInput): Promise<Operated<Opened, OpenRefusal>> => {
    const now = context.clock.now()
    await ensurePartitions(context.database, now, now)
    return context.database.transaction(async (sql) => {
      await lockOpenings(sql)
      const taken = await findAccountByNumber(sql, input.number)
      const refusal = taken === null ? await objectionTo(sql, input) : null
      if (refusal !== null) return { ok: false, code: refusal }
      const accountId = taken ?? (await insertNew(sql, input, now))
      return openInside(sql, context, input, { accountId, fresh: taken === null, now })
    })
  }

const objectionTo = async (sql: Sql, input: OpenAccountInput): Promise<OpenRefusal | null> => {
  if (input.oldBalance < 0n || input.oldDebt < 0n) return 'amount-below-zero'
  if (!(await siteExists(sql, input.siteId))) return 'unknown-site'
  if (typeof input.customer === 'number' && !(await customerExists(sql, input.customer))) return 'unknown-customer'
  const meters = await lockBoundMeters(sql, input.meterIds)
  const free = meters.filter(({ accountId }) => accountId === null)
  return free.length === new Set(input.meterIds).size ? null : 'meter-not-free'
}

const insertNew = async (sql: Sql, { number, siteId, customer, ...rest }: OpenAccountInput, now: number) => {
  const customerId = typeof customer === 'number' ? customer : await insertCustomer(sql, customer)
  return insertOpenAccount(sql, { number, siteId, customerId, protected: rest.protected, openedAt: now })
}

/** A number that exists is fine for the very key that made it, and taken for every other. */
const openInside = async (
  sql: Sql,
  context: MoneyContext,
  input: OpenAccountInput,
  { accountId, fresh, now: at }: Readonly<{ accountId: number; fresh: boolean; now: number }>,
): Promise<Operated<Opened, OpenRefusal>> => {
  const { key, reason, operatorId, oldBalance, oldDebt, meterIds, customer, ...plain } = input
  const named = typeof customer === 'number' ? customer : { ...customer }
  const said = { ...plain, oldBalance, oldDebt, meterIds: [...meterIds], customer: named }
  const request = { key, reason, operatorId, kind: 'open-account', accountIds: [accountId], input: said } as const
  return operateInside<Opened, OpenRefusal>(sql, context, request, at, async ({ post }) => {
    if (!fresh) return { ok: false, code: 'number-taken' }
    await bindMeters(sql, meterIds, accountId)
    await post([
      ...(oldBalance > 0n ? [{ template: 'opening-balance', accountId, amount: oldBalance, at } as const] : []),
      ...(oldDebt > 0n ? [{ template: 'opening-debt', accountId, amount: oldDebt, at } as const] : []),
    ])
    return { ok: true, result: { accountId, balance: oldBalance, debt: oldDebt } }
  })
}
