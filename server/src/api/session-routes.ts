import { createHash, randomBytes } from 'node:crypto'
import { hash, verify } from '@node-rs/argon2'
import { readSession, signIn, signOut, type Session } from '@xianfu/contract'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { permissionsOf } from '../domain/role.ts'
import { deleteSession, findOperator, findSession, insertSession, type SignedIn } from '../store/sessions.ts'
import type { ApiAbilities } from './abilities.ts'
import { ApiProblem } from './problem.ts'
import { createRegister, permitted, type WhoIs } from './register.ts'

const cookieName = 'xianfu_session'
const sessionHours = 12
const tokenBytes = 32
const triesPerMinute = 10

const tokenHashOf = (request: FastifyRequest): Uint8Array | null => {
  const token = request.cookies[cookieName]
  return token === undefined ? null : createHash('sha256').update(token).digest()
}

/** Looks the caller up once per request. */
export const createWhoIs = ({ database }: Pick<ApiAbilities, 'database'>): WhoIs => {
  const known = new WeakMap<FastifyRequest, Promise<SignedIn | null>>()
  return async (request) => {
    const tokenHash = tokenHashOf(request)
    if (tokenHash === null) return null
    const before = known.get(request)
    if (before !== undefined) return before
    const found = findSession(database, tokenHash)
    known.set(request, found)
    return found
  }
}

export const sessionRoutes = async (app: FastifyInstance, abilities: ApiAbilities, whoIs: WhoIs): Promise<void> => {
  const { database } = abilities
  const register = createRegister(app, whoIs)
  // Verified against when the login is unknown, so that both refusals take the same time.
  const nobodysHash = await hash(randomBytes(tokenBytes))

  register.open(
    signIn,
    async ({ body: { login, password } }, { reply }) => {
      const operator = await findOperator(database, login)
      const right = await verify(operator?.passwordHash ?? nobodysHash, password)
      if (operator === null || !right) throw new ApiProblem('wrong-sign-in')
      const token = randomBytes(tokenBytes).toString('base64url')
      await insertSession(database, createHash('sha256').update(token).digest(), operator.id, sessionHours)
      reply.setCookie(cookieName, token, { httpOnly: true, sameSite: 'strict', path: '/', maxAge: sessionHours * 3600 })
      return sessionOf(operator, abilities)
    },
    {
      config: {
        rateLimit: {
          max: triesPerMinute,
          timeWindow: 60_000,
          hook: 'preHandler',
          keyGenerator: (request: FastifyRequest) => `${request.ip} ${loginOf(request.body)}`,
        },
      },
    },
  )
  register.guarded(readSession, 'view', async (_, caller) => sessionOf(caller, abilities))
  register.open(signOut, async (_, { request, reply }) => {
    await permitted(whoIs, request, 'view')
    const tokenHash = tokenHashOf(request)
    if (tokenHash !== null) await deleteSession(database, tokenHash)
    reply.clearCookie(cookieName, { path: '/' })
    return {}
  })
}

const loginOf = (body: unknown): string =>
  typeof body === 'object' && body !== null && 'login' in body && typeof body.login === 'string'
    ? body.login.slice(0, 64)
    : ''

const sessionOf = ({ login, name, role }: SignedIn, { clock, system }: ApiAbilities): Session => ({
  operator: { login, name, role, permissions: [...permissionsOf[role]] },
  system: { ...system, now: clock.now(), clockRate: clock.rate },
})
