import type { Reach } from '../domain/reach.ts'
import type { Sql } from '../store/database.ts'
import { viewWithin } from '../store/view/subject-sites.ts'

const numbered = /^(meter|account|command):(\d{1,9})$/u

/**
 * Of what has changed, what may be told within a reach: topics that name a meter or an account of another branch are left
 * out. Topics without a number say only that something of the kind is new somewhere, and stay.
 */
export const topicsWithin = async (sql: Sql, topics: readonly string[], reach: Reach): Promise<readonly string[]> => {
  if (reach === null) return topics
  const named = topics.map((topic) => numbered.exec(topic))
  /** A command's topic is numbered by its meter. */
  const idsOf = (isAccount: boolean): readonly number[] =>
    named.flatMap((match) => (match !== null && (match[1] === 'account') === isAccount ? [Number(match[2])] : []))
  const meterIds = idsOf(false)
  const accountIds = idsOf(true)
  const none: ReadonlySet<number> = new Set()
  const meters = meterIds.length === 0 ? none : await viewWithin(sql, 'meter', meterIds, reach)
  const accounts = accountIds.length === 0 ? none : await viewWithin(sql, 'account', accountIds, reach)
  return topics.filter((_, index) => {
    const match = named[index]
    if (match === undefined || match === null) return true
    return (match[1] === 'account' ? accounts : meters).has(Number(match[2]))
  })
}
