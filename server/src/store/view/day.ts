import type { Reach } from '../../domain/reach.ts'
import type { Sql } from '../database.ts'
import { accountWithin } from '../reach.ts'

export type DayHourView = Readonly<{ at: number; used_wh: bigint; charged: bigint; paid: bigint }>

/** The transfers since an instant in hours that are counted from it. */
export const viewDay = async (sql: Sql, from: number, reach: Reach = null): Promise<readonly DayHourView[]> =>
  sql.query<DayHourView>(
    `select date_bin('1 hour', at, $1::timestamptz) as at,
            coalesce(sum(used_wh) filter (where kind = 'energy-charge'), 0)::bigint as used_wh,
            coalesce(sum(amount) filter (where kind = 'energy-charge'), 0)::bigint as charged,
            coalesce(sum(amount) filter (where kind = 'payment'), 0)::bigint as paid
     from transfer where at >= $1 and ${accountWithin('account_id', 2)} group by 1 order by 1`,
    [new Date(from), reach],
  )
