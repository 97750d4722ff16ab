import { z } from 'zod'
import { route } from './route.ts'
import { instant, nothing, permission, role } from './values.ts'

export const session = z.object({
  operator: z.object({ login: z.string(), name: z.string(), role, permissions: z.array(permission) }),
  system: z.object({
    name: z.string(),
    timeZone: z.string(),
    /** True when a virtual village is being read instead of a real field. */
    demonstration: z.boolean(),
    /** Server wall time when this was answered, and how many times faster than real it runs. */
    now: instant,
    clockRate: z.number(),
    readingIntervalMinutes: z.number().int(),
  }),
})
export type Session = z.infer<typeof session>

export const signIn = route({
  method: 'POST',
  path: '/api/session',
  summary: 'Sign in; the answer sets the session cookie.',
  params: nothing,
  query: nothing,
  body: z.object({ login: z.string().min(1).max(64), password: z.string().min(1).max(256) }),
  response: session,
})

export const readSession = route({
  method: 'GET',
  path: '/api/session',
  summary: 'Who is signed in, and on which system.',
  params: nothing,
  query: nothing,
  body: z.unknown(),
  response: session,
})

export const signOut = route({
  method: 'DELETE',
  path: '/api/session',
  summary: 'Sign out; the session can not be used again.',
  params: nothing,
  query: nothing,
  body: z.unknown(),
  response: nothing,
})
