import { drawTransaction, highestEntry, oldestTransaction } from '../chain.ts'
import type { Reach } from '../../domain/reach.ts'
import type { Sql } from '../database.ts'

export type HourSums = Readonly<{ at: number; used_wh: bigint; charged: bigint; paid: bigint }>

/** The transfers since an instant in hours that are counted from it, the earliest first. */
export type DaySums = (sql: Sql, from: number) => Promise<readonly HourSums[]>

/** A number of the journal, and a transaction id behind all writers of that number and of those before it. */
type Mark = Readonly<{ entry: bigint; transaction: bigint }>

type Row = HourSums & Readonly<{ closed: boolean }>

/**
 * Sums of a day that are asked for again and again. Transfers never change, so what has been summed up stays: each look
 * reads only what was written since. How far that is, is known as sealing knows it (flow/seal-ledger): a writer has its
 * transaction id before it draws a number, so once the oldest id at work is behind one drawn after a number was seen,
 * nothing at or below that number is still to come. What lies above is summed anew each time. A transfer that is about
 * an earlier hour counts there whenever it is written.
 */
export const createDaySums = (reach: Reach = null): DaySums => {
  let from = NaN
  /** Of all entries up to `summed`. */
  let sums = new Map<number, HourSums>()
  let summed = 0n
  let mark: Mark | null = null

  const look = async (sql: Sql): Promise<readonly HourSums[]> => {
    // Asked for before the sums: whoever had ended by then is in what they see.
    const oldest = await oldestTransaction(sql)
    const reached = mark !== null && mark.transaction < oldest ? mark.entry : summed
    const rows = await sql.query<Row>(newSince(from, summed, reached, reach))
    const seen = new Map(sums)
    for (const row of rows) {
      addTo(seen, row)
      if (row.closed) addTo(sums, row)
    }
    if (reached > summed) {
      summed = reached
      mark = null
    }
    if (mark === null) {
      const entry = await highestEntry(sql)
      mark = { entry, transaction: await drawTransaction(sql) }
    }
    return [...seen.values()].toSorted((a, b) => a.at - b.at)
  }

  let last: Promise<unknown> = Promise.resolve()
  return async (sql, day) => {
    const mine = last.then(async () => {
      if (day !== from) {
        from = day
        sums = new Map()
        summed = 0n
        mark = null
      }
      return look(sql)
    })
    // One look at a time; one that fails has added nothing that it would add again.
    last = mine.catch(() => undefined)
    return mine
  }
}

/**
 * Without parameters: a prepared statement soon gets one plan for all numbers, which reads the whole day, while with the
 * number in sight the block ranges of the journal lead to its end.
 */
const newSince = (from: number, summed: bigint, reached: bigint, reach: Reach): string => {
  const since = `'${new Date(from).toISOString()}'::timestamptz`
  const sites = reach === null ? '' : reach.map((site) => String(Math.trunc(site))).join(', ')
  const ofSites =
    reach === null ? '' : ` and account_id in (select id from account where site_id = any('{${sites}}'::int[]))`
  return `select date_bin('1 hour', at, ${since}) as at, entry <= ${String(reached)} as closed,
                 coalesce(sum(used_wh) filter (where kind = 'energy-charge'), 0)::bigint as used_wh,
                 coalesce(sum(amount) filter (where kind = 'energy-charge'), 0)::bigint as charged,
                 coalesce(sum(amount) filter (where kind = 'payment'), 0)::bigint as paid
          from transfer where at >= ${since} and entry > ${String(summed)}${ofSites} group by 1, 2`
}

const addTo = (sums: Map<number, HourSums>, { at, used_wh: usedWh, charged, paid }: HourSums): void => {
  const known = sums.get(at)
  sums.set(at, {
    at,
    used_wh: usedWh + (known?.used_wh ?? 0n),
    charged: charged + (known?.charged ?? 0n),
    paid: paid + (known?.paid ?? 0n),
  })
}
