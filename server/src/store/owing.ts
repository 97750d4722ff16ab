import type { Sql } from './database.ts'

export type ListedSite = Readonly<{ siteId: number; timeZone: string; listedOn: string | null }>

/** Sites with the day on which the list was last laid before the manager. */
export const sitesToList = async (sql: Sql): Promise<readonly ListedSite[]> =>
  (
    await sql.query<{ id: number; time_zone: string; listed_on: string | null }>(
      'select id, time_zone, owing_listed_on::text as listed_on from site order by id',
    )
  ).map((row) => ({ siteId: row.id, timeZone: row.time_zone, listedOn: row.listed_on }))

/** Numbers named in the item; the whole list is in the console. */
const numbersNamed = 50

/** Who has used up the money and is not stopped. */
export const owingOfSite = async (
  sql: Sql,
  siteId: number,
): Promise<Readonly<{ count: number; numbers: readonly string[] }>> => {
  const [row] = await sql.query<{ count: bigint; numbers: string[] | null }>(
    `select count(*) as count, (array_agg(number order by number))[1:${String(numbersNamed)}] as numbers
     from account where site_id = $1 and stage = 'suspended' and closed_at is null`,
    [siteId],
  )
  return { count: Number(row?.count ?? 0n), numbers: row?.numbers ?? [] }
}

/** False when another process was first. */
export const markListed = async (sql: Sql, siteId: number, day: string): Promise<boolean> =>
  (
    await sql.query(
      `update site set owing_listed_on = $2::date where id = $1 and owing_listed_on is distinct from $2::date returning id`,
      [siteId, day],
    )
  ).length > 0

/** The site that it was written for, or null. */
export const writeAuthorityContact = async (sql: Sql, site: string, contact: string): Promise<number | null> => {
  const [row] = await sql.query<{ id: number }>('update site set authority_contact = $2 where name = $1 returning id', [
    site,
    contact,
  ])
  return row?.id ?? null
}
