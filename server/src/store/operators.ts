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
