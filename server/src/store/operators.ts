import type { Role } from '../domain/role.ts'
import type { Sql } from './database.ts'

export const countOperators = async (sql: Sql): Promise<number> => {
  const [row] = await sql.query<{ count: bigint }>('select count(*) as count from operator')
  return Number(row?.count ?? 0n)
}

export const insertOperator = async (
  sql: Sql,
  operator: Readonly<{ login: string; name: string; role: Role; passwordHash: string }>,
): Promise<void> => {
  await sql.query('insert into operator (login, name, role, password_hash) values ($1, $2, $3, $4)', [
    operator.login,
    operator.name,
    operator.role,
    operator.passwordHash,
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

export type OperatorRow = Readonly<{ login: string; name: string; role: Role }>

export const listOperators = async (sql: Sql): Promise<readonly OperatorRow[]> =>
  sql.query<OperatorRow>('select login, name, role from operator order by login')
