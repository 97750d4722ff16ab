import type { PricePlan } from '../domain/price-plan.ts'
import type { Sql } from './database.ts'
import { planOf } from './settlement.ts'

/** Flat and four-rate plans among these rows; a tariff is none. */
export const pricePlansById = async (sql: Sql, ids: readonly number[]): Promise<ReadonlyMap<number, PricePlan>> => {
  const rows = await sql.query<{ id: number; kind: PricePlan['kind']; prices: bigint[] }>(
    "select id, kind, prices from price_plan where id = any($1::int[]) and kind <> 'tariff'",
    [ids],
  )
  return new Map(rows.map(({ id, kind, prices }) => [id, planOf(kind, prices)]))
}
