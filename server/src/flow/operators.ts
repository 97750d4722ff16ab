import { hash } from '@node-rs/argon2'
import type { Reach } from '../domain/reach.ts'
import type { Role } from '../domain/role.ts'
import { writeAudit } from '../store/audit.ts'
import type { Database, Sql } from '../store/database.ts'
import { sitesByName } from '../store/no-trip.ts'
import {
  changeOperatorSites,
  changePassword,
  countAdministrators,
  disableOperator,
  insertOperator,
  listOperators,
} from '../store/operators.ts'

/** `sites`: names of those that they answer for; null: all there are and will be. */
export type NewOperator = Readonly<{
  login: string
  name: string
  role: Role
  password: string
  sites?: readonly string[] | null
}>
export type OperatorRefusal = 'login-taken' | 'unknown-login' | 'unknown-site' | 'last-administrator'
export type OperatorResult = Readonly<{ ok: true } | { ok: false; code: OperatorRefusal }>

/** Lets somebody in; written into the audit log, because who may do what is itself a deed. */
export const addOperator = async (database: Database, now: number, operator: NewOperator): Promise<OperatorResult> => {
  const { login, name, role, password, sites: named = null } = operator
  const passwordHash = await hash(password)
  return database.transaction(async (sql) => {
    if ((await listOperators(sql)).some((known) => known.login === login)) return { ok: false, code: 'login-taken' }
    const sites = await sitesOf(sql, named)
    if (sites === undefined) return { ok: false, code: 'unknown-site' }
    await insertOperator(sql, { login, name, role, passwordHash, sites })
    await writeAudit(sql, {
      at: now,
      operatorId: null,
      action: 'operator:add',
      subject: `operator:${login}`,
      detail: { role, sites: named },
    })
    return { ok: true }
  })
}

export const resetPassword = async (
  database: Database,
  now: number,
  login: string,
  password: string,
): Promise<OperatorResult> => {
  const passwordHash = await hash(password)
  return database.transaction(async (sql) => {
    if (!(await changePassword(sql, login, passwordHash))) return { ok: false, code: 'unknown-login' }
    const subject = `operator:${login}`
    await writeAudit(sql, { at: now, operatorId: null, action: 'operator:password', subject, detail: {} })
    return { ok: true }
  })
}

/** Undefined when one of the names is no site's, or none is given. */
const sitesOf = async (sql: Sql, names: readonly string[] | null): Promise<Reach | undefined> => {
  if (names === null) return null
  const ids = new Set<number>()
  for (const name of names) {
    const found = await sitesByName(sql, name)
    if (found.length === 0) return undefined
    for (const { id } of found) ids.add(id)
  }
  return ids.size === 0 ? undefined : [...ids]
}

/** Says which sites somebody answers for; holds from their next request on. */
export const moveOperator = async (
  database: Database,
  now: number,
  login: string,
  names: readonly string[] | null,
): Promise<OperatorResult> =>
  changeOperator(database, now, login, { action: 'operator:sites', detail: { sites: names } }, async (sql) => {
    const sites = await sitesOf(sql, names)
    return sites === undefined ? 'unknown-site' : changeOperatorSites(sql, login, sites)
  })

/** Shuts somebody out at once, wherever they are signed in, or lets them in again. Deeds keep their name. */
export const shutOut = async (
  database: Database,
  now: number,
  login: string,
  isOut: boolean,
): Promise<OperatorResult> =>
  changeOperator(database, now, login, { action: isOut ? 'operator:disable' : 'operator:enable', detail: {} }, (sql) =>
    disableOperator(sql, login, isOut ? now : null),
  )

class Undone extends Error {
  readonly code: OperatorRefusal

  constructor(code: OperatorRefusal) {
    super(code)
    this.name = 'Undone'
    this.code = code
  }
}

/** Somebody must be left who reaches everything: nobody else could let the others in again from the console. */
const changeOperator = async (
  database: Database,
  at: number,
  login: string,
  { action, detail }: Readonly<{ action: string; detail: Readonly<Record<string, unknown>> }>,
  change: (sql: Sql) => Promise<boolean | OperatorRefusal>,
): Promise<OperatorResult> => {
  try {
    return await database.transaction(async (sql) => {
      const before = await countAdministrators(sql)
      const done = await change(sql)
      if (done === false) throw new Undone('unknown-login')
      if (typeof done === 'string') throw new Undone(done)
      if (before > 0 && (await countAdministrators(sql)) === 0) throw new Undone('last-administrator')
      await writeAudit(sql, { at, operatorId: null, action, subject: `operator:${login}`, detail })
      return { ok: true }
    })
  } catch (error) {
    if (error instanceof Undone) return { ok: false, code: error.code }
    throw error
  }
}
