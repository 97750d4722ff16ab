import type { Sql } from '../../store/database.ts'

/** One text for everything that stands in a database but who is signed in: equal before and after, nothing was written. */
export const contentOf = async (sql: Sql): Promise<string> => {
  const tables = await sql.query<{ name: string }>(
    `select format('%I', c.relname) as name from pg_class c
     where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace and c.relname not in ('session', 'migration')
     order by c.relname`,
  )
  const parts = tables.map(
    ({ name }) =>
      `select '${name}' as name, count(*) as rows, coalesce(sum(hashtextextended(t::text, 0)), 0)::text as sum from ${name} t`,
  )
  const rows = await sql.query<{ name: string; rows: bigint; sum: string }>(parts.join(' union all '))
  return rows.map(({ name, rows: count, sum }) => `${name} ${String(count)} ${sum}`).join('\n')
}
