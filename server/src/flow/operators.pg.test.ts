import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../store/test-database.ts'
import { addOperator, resetPassword } from './operators.ts'
import { createDoor, type Door } from './sign-in.ts'

let town: TestDatabase
let door: Door
const now = Date.parse('2026-11-25T03:00:00Z')
const cashier = { login: 'counter-2', name: 'Counter 2', role: 'cashier', password: 'first password' } as const

beforeAll(async () => {
  town = await createTestDatabase()
  door = await createDoor(town.database)
})
afterAll(async () => town.drop())

test('who was added may sign in, and a login exists once', async () => {
  expect(await addOperator(town.database, now, cashier)).toEqual({ ok: true })
  expect(await addOperator(town.database, now, cashier)).toEqual({ ok: false, code: 'login-taken' })
  expect((await door.signIn('counter-2', 'first password'))?.operator).toMatchObject({ role: 'cashier' })
  expect(await door.signIn('counter-2', 'another password')).toBeNull()
})

test('a new password signs out whoever came in with the old one', async () => {
  const before = await door.signIn('counter-2', 'first password')
  expect(await door.whoHolds(before?.token ?? '')).not.toBeNull()
  expect(await resetPassword(town.database, now, 'counter-2', 'second password')).toEqual({ ok: true })
  expect(await door.whoHolds(before?.token ?? '')).toBeNull()
  expect(await door.signIn('counter-2', 'first password')).toBeNull()
  expect(await door.signIn('counter-2', 'second password')).not.toBeNull()
  expect(await resetPassword(town.database, now, 'nobody', 'x')).toEqual({ ok: false, code: 'unknown-login' })
})

test('both are in the audit log, without a password', async () => {
  const rows = await town.database.query<{ action: string; detail: unknown }>(
    'select action, detail from audit_log order by id',
  )
  expect(rows.map(({ action }) => action)).toEqual(['operator:add', 'operator:password'])
  expect(JSON.stringify(rows)).not.toMatch(/(?:first|second) password/u)
})
