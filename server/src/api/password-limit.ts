import type { FastifyRequest, RouteShorthandOptions } from 'fastify'

/** Passwords that may be tried in a minute where somebody signed in has to say theirs again: as many as at the door. */
const triesPerMinute = 10

/** By session, so that one person does not lock a colleague out who sits behind the same address. */
export const bySession = (request: FastifyRequest): string => `${request.ip} ${request.cookies['xianfu_session'] ?? ''}`

export const passwordLimit: RouteShorthandOptions = {
  config: {
    rateLimit: {
      max: triesPerMinute,
      timeWindow: 60_000,
      keyGenerator: bySession,
    },
  },
}
