import { hash } from '@node-rs/argon2'
import type { Role } from '../../domain/role.ts'
import { createDeeds } from '../../flow/deeds.ts'
import { createDoor } from '../../flow/sign-in.ts'
import { createScriptedHeadend } from '../../flow/testing/scripted-headend.ts'
import type { Town } from '../../flow/testing/town.ts'
import { insertOperator } from '../../store/operators.ts'
import { createApi } from '../create-api.ts'

type Answer = Awaited<ReturnType<Awaited<ReturnType<typeof createApi>>['inject']>>

/** The API over a town's database, and people of some roles who are signed in. */
export type SignedInApi = Readonly<{
  get(url: string, role: Role): Promise<Answer>
  post(url: string, body: unknown, role: Role): Promise<Answer>
  close(): Promise<void>
}>

const password = 'correct horse'
const json = { 'content-type': 'application/json' }

export const createSignedInApi = async (town: Town, roles: readonly Role[]): Promise<SignedInApi> => {
  const app = await createApi({
    database: town.database,
    clock: town.clock,
    door: await createDoor(town.database),
    pay: town.pay,
    ...createDeeds(town.context, createScriptedHeadend()),
    live: { subscribe: () => () => undefined },
    system: { name: 'test town', timeZone: 'Asia/Shanghai', demonstration: false, readingIntervalMinutes: 30 },
    webRoot: null,
    log: () => undefined,
  })
  const cookies = new Map<Role, string>()
  const passwordHash = await hash(password)
  for (const role of roles) {
    await insertOperator(town.database, { login: role, name: role, role, passwordHash })
    const body = JSON.stringify({ login: role, password })
    const answer = await app.inject({ method: 'POST', url: '/api/session', headers: json, body })
    cookies.set(role, `xianfu_session=${answer.cookies[0]?.value ?? ''}`)
  }
  const as = (role: Role) => ({ cookie: cookies.get(role) ?? '' })
  return {
    get: async (url, role) => app.inject({ method: 'GET', url, headers: as(role) }),
    post: async (url, body, role) =>
      app.inject({ method: 'POST', url, headers: { ...json, ...as(role) }, body: JSON.stringify(body) }),
    close: async () => app.close(),
  }
}
