import type { Route } from '@xianfu/contract'
import type { FastifyInstance, FastifyReply, FastifyRequest, RouteShorthandOptions } from 'fastify'
import type { z } from 'zod'
import { reaches } from '../domain/reach.ts'
import { permissionsOf, type Permission } from '../domain/role.ts'
import type { Sql } from '../store/database.ts'
import { StoreError } from '../store/store-error.ts'
import type { SignedIn } from '../flow/sign-in.ts'
import { viewSubjectSites } from '../store/view/subject-sites.ts'
import { hasUnusableText } from './input-text.ts'
import { ApiProblem, type ProblemField } from './problem.ts'
import { routeLimit } from './route-limits.table.ts'
import { issueWords } from './issue-words.table.ts'
import { reachRuleOf, type ReachRule } from './reach.table.ts'

type Input<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType> = Readonly<{
  params: z.output<P>
  query: z.output<Q>
  body: z.output<B>
}>
export type Exchange = Readonly<{ request: FastifyRequest; reply: FastifyReply }>
export type WhoIs = (request: FastifyRequest) => Promise<SignedIn | null>

/**
 * Puts a route of the contract on the server: who asks, may they, is the input as declared, and is what we answer as
 * declared.
 */
export const createRegister = (app: FastifyInstance, whoIs: WhoIs, database: Sql) => ({
  open<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType, R extends z.ZodType>(
    route: Route<P, Q, B, R>,
    handler: (input: Input<P, Q, B>, exchange: Exchange) => Promise<z.input<R>>,
    options: RouteShorthandOptions = {},
  ): void {
    app.route({
      ...routeLimit(route),
      ...options,
      method: route.method,
      url: route.path,
      handler: async (request, reply) =>
        route.response.parse(await handler(inputOf(route, request), { request, reply })),
    })
  },
  guarded<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType, R extends z.ZodType>(
    route: Route<P, Q, B, R>,
    permission: Permission,
    handler: (input: Input<P, Q, B>, caller: SignedIn, exchange: Exchange) => Promise<z.input<R>>,
    options: RouteShorthandOptions = {},
  ): void {
    const rule = reachRuleOf(route)
    this.open(
      route,
      async (input, exchange) => {
        const caller = await permitted(whoIs, exchange.request, permission)
        await mustReach(database, caller, rule, input)
        return handler(input, caller, exchange)
      },
      {
        ...options,
        // The caller is judged before the input, so that strangers learn nothing of what exists.
        preValidation: async (request) => {
          await permitted(whoIs, request, permission)
        },
      },
    )
  },
})

export const permitted = async (whoIs: WhoIs, request: FastifyRequest, permission: Permission): Promise<SignedIn> => {
  const caller = await whoIs(request)
  if (caller === null) throw new ApiProblem('not-signed-in')
  if (!permissionsOf[caller.role].includes(permission)) throw new ApiProblem('not-permitted')
  return caller
}

/** What is not theirs is refused as what does not exist is: nobody learns what other branches have. */
export const mustReach = async (sql: Sql, { sites }: SignedIn, rule: ReachRule, input: unknown): Promise<void> => {
  if (sites === null || typeof rule === 'string') return
  const about = rule(input)
  if (about === 'all-sites') throw new ApiProblem('not-permitted')
  for (const { kind, id, unknown } of 'kind' in about ? [about] : about)
    if (!reaches(sites, await viewSubjectSites(sql, kind, id))) throw new ApiProblem(unknown)
}

const inputOf = <P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType>(
  route: Route<P, Q, B>,
  request: FastifyRequest,
): Input<P, Q, B> => {
  if (hasUnusableText([request.params, request.query, request.body])) throw new ApiProblem('bad-input', [unusableText])
  const params = route.params.safeParse(request.params)
  const query = route.query.safeParse(request.query)
  const body = route.body.safeParse(request.body ?? {})
  if (params.success && query.success && body.success)
    return { params: params.data, query: query.data, body: body.data }
  throw new ApiProblem(
    'bad-input',
    [params, query, body].flatMap(({ error }) => (error === undefined ? [] : fieldsOf(error))),
  )
}

/** Fields that are named in one answer; who gets more wrong has no use for the rest. */
const mostFields = 20
const longestPath = 200

const fieldsOf = (error: z.ZodError): ProblemField[] =>
  error.issues.slice(0, mostFields).map(({ path, message, code }) => {
    const name = path.map(String).join('.').slice(0, longestPath)
    return { path: name, message: fieldWords[name] ?? issueWords(code, message) }
  })

const unusableText: ProblemField = {
  path: '',
  message: '文字中含有控制字符或残缺字符 / a text has control characters, or half a character',
}

/** Words for fields that people fill in by hand. */
const fieldWords: Readonly<Record<string, string>> = Object.freeze({
  amount:
    '金额须大于 0、小于 100 万元，至多两位小数 / an amount above 0 and below 1 000 000 yuan with at most two decimals, e.g. 50 or 12.30',
  kwh: '电量须大于 0，至多三位小数 / kilowatt-hours above 0 with at most three decimals, e.g. 100',
  days: '天数须为 1 至 3660 的整数 / whole days from 1 to 3660',
  reason: '请填写原因（1 至 200 字） / say why, in 1 to 200 characters',
  login: '请输入用户名 / enter the login',
  password: '请输入密码 / enter the password',
  placePrefix: '请填写地点开头，例如 3- / the beginning of places, e.g. 3-',
  selection: '请至少给出一个选择条件 / say at least one thing about the meters',
  id: '编号须为正整数 / a whole number above 0',
})

/** Turns whatever was thrown into an answer; what is unexpected is logged and says nothing about itself. */
export const handleErrors = (app: FastifyInstance, log: (error: unknown) => void): void => {
  app.setErrorHandler(async (error, request, reply) => {
    const problem = problemOf(error)
    if (problem.code === 'internal' || problem.code === 'unavailable')
      log(new Error(`${request.method} ${request.url}`, { cause: error }))
    return reply.code(problem.statusCode).send(problem.body)
  })
}

export const answerProblem = async (reply: FastifyReply, error: unknown): Promise<void> => {
  const { statusCode, body } = problemOf(error)
  await reply.code(statusCode).send(body)
}

/** What was refused before any route saw it. */
const refusedByServer = (error: unknown): ProblemField => {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE')
    return { path: 'body', message: '请求过大（至多 64 KiB） / larger than 64 KiB' }
  if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE')
    return { path: 'body', message: '请以 application/json 发送 / send it as application/json' }
  if (code === 'FST_ERR_BAD_URL') return { path: 'url', message: '地址编码有误 / the address is not encoded properly' }
  return { path: 'body', message: '不是正确的 JSON / this is no proper JSON' }
}

const problemOf = (error: unknown): ApiProblem => {
  if (error instanceof ApiProblem) return error
  if (error instanceof StoreError) {
    const away =
      error.code === 'unreachable' ||
      error.code === 'time-out' ||
      error.code === 'closed' ||
      error.code === 'refused-login'
    return new ApiProblem(away ? 'unavailable' : 'internal')
  }
  const status = error instanceof Error && 'statusCode' in error ? error.statusCode : undefined
  if (status === 429) return new ApiProblem('too-many-requests')
  if (typeof status === 'number' && status >= 400 && status < 500)
    return new ApiProblem('bad-input', [refusedByServer(error)])
  return new ApiProblem('internal')
}
