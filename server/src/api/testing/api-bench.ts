import { hash } from '@node-rs/argon2'
import type { FastifyInstance } from 'fastify'
import type { Role } from '../../domain/role.ts'
import { createDeeds } from '../../flow/deeds.ts'
import { createDoor } from '../../flow/sign-in.ts'
import { createScriptedHeadend } from '../../flow/testing/scripted-headend.ts'
import type { Town } from '../../flow/testing/town.ts'
import { insertOperator } from '../../store/operators.ts'
import { createApi } from '../create-api.ts'

export const benchPassword = 'correct horse'

type Answer = Readonly<{ status: number; body: unknown }>

/** The API over a town, with people signed in by their logins. */
export type ApiBench = Readonly<{
  app: FastifyInstance
  /** Of somebody who is signed in. */
  cookieOf(login: string): string
  get(url: string, login: string): Promise<Answer>
  send(url: string, body: unknown, login: string): Promise<Answer>
}>

export const createApiBench = async (
  town: Town,
  people: Readonly<Record<string, Role>>,
  /** Instead of the town's, where a test lets it fail. */
  database = town.database,
): Promise<ApiBench> => {
  const { context, clock, pay } = town
  const door = await createDoor(town.database)
  const app = await createApi({
    database,
    clock,
    door,
    pay,
    ...createDeeds(context, createScriptedHeadend()),
    live: { subscribe: () => () => undefined },
    system: { name: 'test town', timeZone: 'Asia/Shanghai', demonstration: false, readingIntervalMinutes: 30 },
    webRoot: null,
    log: () => undefined,
  })
  const passwordHash = await hash(benchPassword)
  const cookies = new Map<string, string>()
  for (const [login, role] of Object.entries(people)) {
    await insertOperator(town.database, { login, name: login, role, passwordHash })
    const entered = await door.signIn(login, benchPassword)
    cookies.set(login, `xianfu_session=${entered?.token ?? ''}`)
  }
  const cookieOf = (login: string): string => cookies.get(login) ?? ''
  return {
    app,
    cookieOf,
    get: async (url, login) => {
      const answer = await app.inject({ method: 'GET', url, headers: { cookie: cookieOf(login) } })
      return { status: answer.statusCode, body: answer.json() }
    },
    send: async (url, body, login) => {
      const headers = { 'content-type': 'application/json', cookie: cookieOf(login) }
      const answer = await app.inject({ method: 'POST', url, headers, body: JSON.stringify(body) })
      return { status: answer.statusCode, body: answer.json() }
    },
  }
}
