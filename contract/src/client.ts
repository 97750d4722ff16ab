import { problem, type Problem } from './problem.ts'
import type { InputOf, ResponseOf, Route } from './route.ts'

/** A refused or failed request. `problem` is null when the answer was not one of ours (proxy, network). */
export class RequestError extends Error {
  readonly status: number
  readonly problem: Problem | null

  constructor(status: number, said: Problem | null, options?: ErrorOptions) {
    super(said?.message.en ?? `The server could not be reached (status ${String(status)}).`, options)
    this.name = 'RequestError'
    this.status = status
    this.problem = said
  }
}

export type Call = <R extends Route>(route: R, input?: Partial<InputOf<R>>) => Promise<ResponseOf<R>>

type Answer = { readonly ok: boolean; readonly status: number; json(): Promise<unknown> }
/** What the client needs of `fetch`. */
export type Fetch = (
  url: string,
  init: { method: string; headers: Record<string, string>; body?: string; credentials: 'include' },
) => Promise<Answer>

const pathOf = (route: Route, params: Record<string, unknown>): string =>
  route.path.replaceAll(/:(\w+)/gu, (_, name: string) => encodeURIComponent(String(params[name])))

const queryOf = (query: Record<string, unknown>): string => {
  const pairs = Object.entries(query).filter(([, value]) => value !== undefined)
  const text = pairs.map(([name, value]) => `${name}=${encodeURIComponent(String(value))}`).join('&')
  return text === '' ? '' : `?${text}`
}

/**
 * A typed caller of the API: `const call = createClient('', fetch); await call(readMeter, { params: { id: 1 } })`.
 * The response is parsed by the route's schema, so a wrong server fails here and not somewhere on the page.
 */
export const createClient =
  (baseUrl: string, fetch: Fetch, headers: Record<string, string> = {}): Call =>
  async <R extends Route>(route: R, input: Partial<InputOf<R>> = {}): Promise<ResponseOf<R>> => {
    const { params = {}, query = {}, body } = input as { params?: object; query?: object; body?: unknown }
    const url = baseUrl + pathOf(route, { ...params }) + queryOf({ ...query })
    const sent = route.method === 'POST' ? { body: JSON.stringify(body ?? {}) } : {}
    const json: Record<string, string> = route.method === 'POST' ? { 'content-type': 'application/json' } : {}
    let answer: Answer
    try {
      answer = await fetch(url, {
        method: route.method,
        headers: { ...headers, ...json },
        credentials: 'include',
        ...sent,
      })
    } catch (cause) {
      throw new RequestError(0, null, { cause })
    }
    const text: unknown = await answer.json().catch(() => null)
    if (!answer.ok) {
      const said = problem.safeParse(text)
      throw new RequestError(answer.status, said.success ? said.data : null)
    }
    return route.response.parse(text) as ResponseOf<R>
  }
