import type { PricePlan } from '../domain/price-plan.ts'
import { homeOf, type Sql } from './database.ts'
import { planOf } from './settlement.ts'

/** How many plans are remembered of one database; then all are forgotten at once. */
const maximumRemembered = 10_000

export type Plans = ReadonlyMap<number, PricePlan | 'tariff'>

const memories = new WeakMap<object, Plans>()

/** Flat and four-rate plans by the ids of their rows. A row never changes (a trigger sees to it), so it is read once. */
export const loadPlans = async (sql: Sql, ids: ReadonlySet<number>): Promise<Plans> => {
  const home = homeOf(sql)
  const known: Plans = memories.get(home) ?? new Map()
  const missing = [...ids].filter((id) => !known.has(id))
  if (missing.length === 0) return known
  const rows = await sql.query<{ id: number; kind: PricePlan['kind'] | 'tariff'; prices: bigint[] }>(
    'select id, kind, prices from price_plan where id = any($1::int[])',
    [missing],
  )
  // A new map, never one emptied: another transaction may be reading the old one.
  const next = new Map<number, PricePlan | 'tariff'>(known.size + missing.length > maximumRemembered ? [] : known)
  for (const id of ids) {
    const plan = known.get(id)
    if (plan !== undefined) next.set(id, plan)
  }
  for (const { id, kind, prices } of rows) next.set(id, kind === 'tariff' ? kind : planOf(kind, prices))
  memories.set(home, next)
  return next
}
