import type { Sql } from '../database.ts'

export type DemandView = Readonly<{
  /** `YYYY-MM-DD`, local. */
  name: string
  at: number
  greatest_mw: bigint | null
  greatest_at: number | null
  present_mw: bigint | null
  present_mvar: bigint | null
  reverse_wh: bigint | null
}>

/** Greatest demands of a meter, a row a day, both ends included, oldest first. */
export const viewDemand = async (
  sql: Sql,
  meterId: number,
  first: string,
  last: string,
): Promise<readonly DemandView[]> =>
  sql.query<DemandView>(
    `select to_char(day, 'YYYY-MM-DD') as name, at, greatest_dw * 100::bigint as greatest_mw, greatest_at,
            present_dw * 100::bigint as present_mw, present_dvar * 100::bigint as present_mvar, reverse_wh
     from meter_demand where meter_id = $1 and day >= $2 and day <= $3 order by day`,
    [meterId, first, last],
  )

export type FreezeView = Readonly<{
  name: string
  at: number
  frozen_at: number | null
  total_wh: bigint | null
  rates_wh: readonly bigint[] | null
  this_month_wh: bigint | null
  last_month_wh: bigint | null
}>

/** Daily freezes of a meter, a row a day, both ends included, oldest first. */
export const viewFreezes = async (
  sql: Sql,
  meterId: number,
  first: string,
  last: string,
): Promise<readonly FreezeView[]> =>
  sql.query<FreezeView>(
    `select to_char(day, 'YYYY-MM-DD') as name, at, frozen_at, total_wh, rates_wh, this_month_wh, last_month_wh
     from meter_freeze where meter_id = $1 and day >= $2 and day <= $3 order by day`,
    [meterId, first, last],
  )
