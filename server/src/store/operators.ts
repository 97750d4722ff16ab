import type { Reach } from '../domain/reach.ts'
import type { Role } from '../domain/role.ts'
import type { Sql } from './database.ts'

export const countOperators = async (sql: Sql): Promise<number> => {
  const [row] = await sql.query<{ count: bigint }>('select count(*) as count from operator')
  return Number(row?.count ?? 0n)
}

export const insertOperator = async (
  sql: Sql,
  operator: Readonly<{ login: string; name: string; role: Role; passwordHash: string; sites?: Reach }>,
): Promise<void> => {
  await sql.query('insert into operator (login, name, role, password_hash, site_ids) values ($1, $2, $3, $4, $5)', [
    operator.login,
    operator.name,
    operator.role,
    operator.passwordHash,
    operator.sites ?? null,
  ])
}

/** False when there is no such login. Whoever is signed in with it is signed out: the old password may be known. */
export const changePassword = async (sql: Sql, login: string, passwordHash: string): Promise<boolean> => {
  const rows = await sql.query<{ id: number }>('update operator set password_hash = $2 where login = $1 returning id', [
    login,
    passwordHash,
  ])
  const [row] = rows
  if (row === undefined) return false
  await sql.query('delete from session where operator_id = $1', [row.id])
  return true
}

/** From the next request on: sessions are judged by what stands here. False when there is no such login. */
export const changeOperatorSites = async (sql: Sql, login: string, sites: Reach): Promise<boolean> =>
  (await sql.query('update operator set site_ids = $2 where login = $1 returning id', [login, sites])).length > 0

/** Shuts somebody out and ends their sessions, or lets them sign in again. False when there is no such login. */
export const disableOperator = async (sql: Sql, login: string, now: number | null): Promise<boolean> => {
  const rows = await sql.query<{ id: number }>('update operator set disabled_at = $2 where login = $1 returning id', [
    login,
    now === null ? null : new Date(now),
  ])
  const [row] = rows
  if (row === undefined) return false
  await sql.query('delete from session where operator_id = $1', [row.id])
  return true
}

/** Administrators of all sites who may sign in. */
export const countAdministrators = async (sql: Sql): Promise<number> => {
  const [row] = await sql.query<{ count: bigint }>(
    `select count(*) as count from operator
     where role = 'administrator' and site_ids is null and disabled_at is null`,
  )
  return Number(row?.count ?? 0n)
}

export type OperatorRow = Readonly<{
  login: string
  name: string
  role: Role
  /** Names of the sites that they answer for; null: all. */
  sites: readonly string[] | null
  disabledAt: number | null
}>

export const listOperators = async (sql: Sql): Promise<readonly OperatorRow[]> =>
  sql.query<OperatorRow>(
    `select o.login, o.name, o.role, o.disabled_at as "disabledAt",
            case when o.site_ids is not null
              then array(select s.name from site s where s.id = any(o.site_ids) order by s.name) end as sites
     from operator o order by o.login`,
  )
