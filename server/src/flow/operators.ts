import { hash } from '@node-rs/argon2'
import type { Role } from '../domain/role.ts'
import { writeAudit } from '../store/audit.ts'
import type { Database } from '../store/database.ts'
import { changePassword, insertOperator, listOperators } from '../store/operators.ts'

export type NewOperator = Readonly<{ login: string; name: string; role: Role; password: string }>
export type OperatorResult = Readonly<{ ok: true } | { ok: false; code: 'login-taken' | 'unknown-login' }>

/** Lets somebody in; written into the audit log, because who may do what is itself a deed. */
export const addOperator = async (database: Database, now: number, operator: NewOperator): Promise<OperatorResult> => {
  const { login, name, role, password } = operator
  const passwordHash = await hash(password)
  return database.transaction(async (sql) => {
    if ((await listOperators(sql)).some((known) => known.login === login)) return { ok: false, code: 'login-taken' }
    await insertOperator(sql, { login, name, role, passwordHash })
    await writeAudit(sql, {
      at: now,
      operatorId: null,
      action: 'operator:add',
      subject: `operator:${login}`,
      detail: { role },
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
