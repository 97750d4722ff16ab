import { createHash, randomBytes } from 'node:crypto'
import { hash, verify } from '@node-rs/argon2'
import type { Database, Sql } from '../store/database.ts'
import { deleteSession, findOperator, findSession, insertSession, type SignedIn } from '../store/sessions.ts'

export type { SignedIn } from '../store/sessions.ts'

/** A session lives so long, in real time. */
export const sessionHours = 12
const tokenBytes = 32

/** Who may work here, and for how long. Only the hash of a token is ever kept. */
export type Door = Readonly<{
  /** Null when login or password is wrong; both refusals take the same time. */
  signIn(login: string, password: string): Promise<Readonly<{ operator: SignedIn; token: string }> | null>
  whoHolds(token: string): Promise<SignedIn | null>
  signOut(token: string): Promise<void>
}>

const hashOf = (token: string): Uint8Array => createHash('sha256').update(token).digest()

export const createDoor = async (database: Database): Promise<Door> => {
  // Verified against when the login is unknown, so that a stranger does not learn which logins exist.
  const nobodysHash = await hash(randomBytes(tokenBytes))
  return {
    async signIn(login, password) {
      const found = await findOperator(database, login)
      const right = await verify(found?.passwordHash ?? nobodysHash, password)
      if (found === null || !right) return null
      const { passwordHash: _, ...operator } = found
      const token = randomBytes(tokenBytes).toString('base64url')
      await insertSession(database, hashOf(token), operator.id, sessionHours)
      return { operator, token }
    },
    whoHolds: async (token) => findSession(database, hashOf(token)),
    signOut: async (token) => deleteSession(database, hashOf(token)),
  }
}

/** Whether whoever is signed in is still the one sitting there: asked again before dangerous deeds. */
export const isPassword = async (sql: Sql, login: string, password: string): Promise<boolean> => {
  const found = await findOperator(sql, login)
  return found !== null && (await verify(found.passwordHash, password))
}
