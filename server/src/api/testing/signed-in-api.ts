import type { Role } from '../../domain/role.ts'
import type { Town } from '../../flow/testing/town.ts'
import { createApiBench, type ApiBench } from './api-bench.ts'

type Answer = Awaited<ReturnType<ApiBench['app']['inject']>>

/** The API over a town's database, and people of some roles who are signed in; answers as they come, to be looked into. */
export type SignedInApi = Readonly<{
  get(url: string, role: Role): Promise<Answer>
  post(url: string, body: unknown, role: Role): Promise<Answer>
  close(): Promise<void>
}>

const json = { 'content-type': 'application/json' }

export const createSignedInApi = async (town: Town, roles: readonly Role[]): Promise<SignedInApi> => {
  const { app, cookieOf } = await createApiBench(town, Object.fromEntries(roles.map((role) => [role, role])))
  const as = (role: Role) => ({ cookie: cookieOf(role) })
  return {
    get: async (url, role) => app.inject({ method: 'GET', url, headers: as(role) }),
    post: async (url, body, role) =>
      app.inject({ method: 'POST', url, headers: { ...json, ...as(role) }, body: JSON.stringify(body) }),
    close: async () => app.close(),
  }
}
