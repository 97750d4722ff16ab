import { readSession, signIn, signOut, type Session } from '@xianfu/contract'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { permissionsOf } from '../domain/role.ts'
import { sessionHours, type SignedIn } from '../flow/sign-in.ts'
import type { ApiAbilities } from './abilities.ts'
import { createGuessLimit } from './guess-limit.ts'
import { ApiProblem } from './problem.ts'
import { createRegister, permitted, type WhoIs } from './register.ts'

const cookieName = 'xianfu_session'
const triesPerMinute = 10

export const tokenOf = (request: FastifyRequest): string | null => request.cookies[cookieName] ?? null

/** Looks the caller up once per request. */
export const createWhoIs = ({ door }: Pick<ApiAbilities, 'door'>): WhoIs => {
  const known = new WeakMap<FastifyRequest, Promise<SignedIn | null>>()
  return async (request) => {
    const token = tokenOf(request)
    if (token === null) return null
    const before = known.get(request)
    if (before !== undefined) return before
    const found = door.whoHolds(token)
    known.set(request, found)
    return found
  }
}

export const sessionRoutes = (app: FastifyInstance, abilities: ApiAbilities, whoIs: WhoIs): void => {
  const { door } = abilities
  const guesses = createGuessLimit(abilities.clock)
  const register = createRegister(app, whoIs, abilities.database)

  register.open(
    signIn,
    async ({ body: { login, password } }, { request, reply }) => {
      if (!guesses.mayTry(request.ip, login)) throw new ApiProblem('too-many-requests')
      const entered = await door.signIn(login, password).catch((error: unknown) => {
        guesses.ended(request.ip, login, true)
        throw error
      })
      guesses.ended(request.ip, login, entered !== null)
      if (entered === null) throw new ApiProblem('wrong-sign-in')
      reply.setCookie(cookieName, entered.token, {
        httpOnly: true,
        sameSite: 'strict',
        // Behind TLS it never travels without; a plain address inside a local network works as it is.
        secure: request.protocol === 'https',
        path: '/',
        maxAge: sessionHours * 3600,
      })
      return sessionOf(entered.operator, abilities)
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
    const token = tokenOf(request)
    if (token !== null) await door.signOut(token)
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
