import type { Reach } from '../domain/reach.ts'
import type { Role } from '../domain/role.ts'
import type { Sql } from './database.ts'

/** `sites`: those that they answer for; null: all. */
export type SignedIn = Readonly<{ id: number; login: string; name: string; role: Role; sites: Reach }>

/** The operator of a session that is not over; only the hash of the token is known here. Expiry is real time. */
export const findSession = async (sql: Sql, tokenHash: Uint8Array): Promise<SignedIn | null> => {
  const [row] = await sql.query<SignedIn>(
    `select o.id, o.login, o.name, o.role, o.site_ids as sites from session s join operator o on o.id = s.operator_id
     where s.token_hash = $1 and s.expires_at > now() and o.disabled_at is null`,
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

/** Null for a login that is unknown or disabled. */
export const findOperator = async (
  sql: Sql,
  login: string,
): Promise<(SignedIn & Readonly<{ passwordHash: string }>) | null> => {
  const [row] = await sql.query<SignedIn & { password_hash: string }>(
    'select id, login, name, role, site_ids as sites, password_hash from operator where login = $1 and disabled_at is null',
    [login],
  )
  if (row === undefined) return null
  const { password_hash: passwordHash, ...operator } = row
  return { ...operator, passwordHash }
}
