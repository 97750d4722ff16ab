import type { Role } from '../domain/role.ts'
import type { Sql } from './database.ts'

export type SignedIn = Readonly<{ id: number; login: string; name: string; role: Role }>

/** The operator of a session that is not over; only the hash of the token is known here. Expiry is real time. */
export const findSession = async (sql: Sql, tokenHash: Uint8Array): Promise<SignedIn | null> => {
  const [row] = await sql.query<SignedIn>(
    `select o.id, o.login, o.name, o.role from session s join operator o on o.id = s.operator_id
     where s.token_hash = $1 and s.expires_at > now()`,
    [tokenHash],
  )
  return row ?? null
}

/** Adds a session and forgets those that are over. */
export const insertSession = async (
  sql: Sql,
  tokenHash: Uint8Array,
  operatorId: number,
  hours: number,
): Promise<void> => {
  await sql.query('delete from session where expires_at < now()')
  await sql.query(
    'insert into session (token_hash, operator_id, expires_at) values ($1, $2, now() + make_interval(hours => $3))',
    [tokenHash, operatorId, hours],
  )
}

export const deleteSession = async (sql: Sql, tokenHash: Uint8Array): Promise<void> => {
  await sql.query('delete from session where token_hash = $1', [tokenHash])
}

export const findOperator = async (
  sql: Sql,
  login: string,
): Promise<(SignedIn & Readonly<{ passwordHash: string }>) | null> => {
  const [row] = await sql.query<SignedIn & { password_hash: string }>(
    'select id, login, name, role, password_hash from operator where login = $1',
    [login],
  )
  if (row === undefined) return null
  const { password_hash: passwordHash, ...operator } = row
  return { ...operator, passwordHash }
}
