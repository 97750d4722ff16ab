import { problem, type Route } from '@xianfu/contract'
import * as fc from 'fast-check'
import { z } from 'zod'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { contentOf } from './testing/content-of.ts'
import { contractRoutes, doors, type Asked } from './testing/doors.table.ts'
import { anyName, anyText, anything } from './testing/nasty.ts'
import { createTwoBranches, type TwoBranches } from './testing/two-branches.ts'

/** Requests with something wrong or odd in one place; some milliseconds each. */
const requests = 800
const longestRefusal = 16_384

type Sent = Readonly<{ route: Route; url: string; body: string | undefined; isAsDeclared: boolean }>
type Reply = Readonly<{ status: number; type: string; text: string }>

const namesOf = (schema: z.ZodType): readonly string[] =>
  schema instanceof z.ZodObject ? Object.keys(schema.shape) : []

/** `value` with what stands at `path` replaced. Built so that no name, however odd, reaches a prototype. */
const replaced = (value: unknown, path: readonly string[], by: unknown): unknown => {
  const [name, ...rest] = path
  if (name === undefined) return by
  const known = typeof value === 'object' && value !== null ? Object.entries(value) : []
  const inner = known.find(([one]) => one === name)?.[1]
  return Object.fromEntries([...known.filter(([one]) => one !== name), [name, replaced(inner, rest, by)]])
}

/** Half a character can not be written in an address. */
const encoded = (text: string): string => encodeURIComponent(text.replaceAll(/\p{Surrogate}/gu, '?'))

/** The places in a body: itself, its fields, and theirs. */
const placesIn = (value: unknown, names: readonly string[]): readonly (readonly string[])[] => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [[]]
  const entries = Object.entries(value)
  const inner = entries.flatMap(([name, one]) => placesIn(one, []).map((path) => [name, ...path]))
  const absent = names.filter((name) => !entries.some(([known]) => known === name)).map((name) => [name])
  return [[], ...inner, ...absent]
}

describe('whatever is sent', () => {
  let at: TwoBranches
  let sent: readonly Sent[] = []

  const send = async ({ route, url, body }: Sent, headers: Record<string, string> = {}): Promise<Reply> => {
    const answer = await at.api.app.inject({
      method: route.method,
      url,
      headers: { cookie: at.api.cookieOf('boss'), 'content-type': 'application/json', ...headers },
      ...(body !== undefined && { body }),
    })
    return { status: answer.statusCode, type: String(answer.headers['content-type']), text: answer.body }
  }

  /** What is not as a refusal should be: in words of both languages, by a known code, with nothing of the program in it. */
  const faultsOf = ({ status, type, text }: Reply, codes?: readonly string[]): readonly string[] => {
    const said = type.startsWith('application/json') ? problem.strict().safeParse(JSON.parse(text)).data : undefined
    if (said === undefined) return [`no problem: ${text.slice(0, 300)}`]
    const { code, message, fields = [] } = said
    const isBoth = (words: string): boolean => /\p{Script=Han}/u.test(words) && words.includes('/')
    const checks: readonly (readonly [string, boolean])[] = [
      ['is foreseen', code !== 'internal'],
      ['is one of those that fit', codes === undefined || codes.includes(code)],
      ['is in Chinese', /\p{Script=Han}/u.test(message.zh)],
      ['is in English', /[a-z]/u.test(message.en)],
      ['tells of fields in both', fields.every((field) => isBoth(field.message))],
      ['is short', text.length < longestRefusal],
      ['tells nothing of the program', !/node_modules|\.ts:\d|\bat .+:\d+:\d+|select .+ from|polluted/iu.test(text)],
      ['is no fault of ours', status < 500 || status === 502 || status === 503],
    ]
    return checks
      .filter(([, holds]) => !holds)
      .map(([what]) => `not so: ${what}: ${String(status)} ${text.slice(0, 300)}`)
  }
  const wordsOf = ({ route, url, body = '' }: Sent): string =>
    `${route.method} ${url.slice(0, 300)} ${body.slice(0, 300)}`

  const urlOf = ({ path }: Route, params: object, query: readonly (readonly [string, string])[]): string => {
    const known = Object.entries(params)
    const filled = path.replaceAll(/:(\w+)/gu, (_, name: string) =>
      encoded(String(known.find(([one]) => one === name)?.[1])),
    )
    const search = query.map((pair) => pair.map(encoded).join('=')).join('&')
    return search === '' ? filled : `${filled}?${search}`
  }

  const textsOf = (query: object): readonly (readonly [string, string])[] =>
    Object.entries(query).map(([name, value]) => [name, String(value)])

  /** A request as it should be, but for one thing. */
  const oddRequest = (route: Route, asked: Asked): fc.Arbitrary<Sent> => {
    const { params = {}, query = {}, body = {} } = asked
    const plain = { route, url: urlOf(route, params, textsOf(query)), body: JSON.stringify(body) }
    const parts: fc.Arbitrary<Sent>[] = []
    if (route.method === 'POST') {
      const places = placesIn(body, namesOf(route.body))
      const put = (path: readonly string[], value: unknown): Sent => {
        const odd = JSON.stringify(replaced(body, path, value)) ?? ''
        const isAsDeclared = odd !== '' && route.body.safeParse(JSON.parse(odd) ?? {}).success
        return { ...plain, body: odd, isAsDeclared }
      }
      parts.push(
        fc.tuple(fc.constantFrom(...places), anything).map(([path, value]) => put(path, value)),
        fc.tuple(anyName, anything).map(([name, value]) => put([name], value)),
      )
    }
    const paramNames = Object.keys(params)
    if (paramNames.length > 0)
      parts.push(
        fc.tuple(fc.constantFrom(...paramNames), anyText).map(([name, text]) => {
          const odd = { ...params, [name]: text }
          return { ...plain, url: urlOf(route, odd, textsOf(query)), isAsDeclared: route.params.safeParse(odd).success }
        }),
      )
    const queryNames = namesOf(route.query)
    const name = queryNames.length > 0 ? fc.oneof(fc.constantFrom(...queryNames), anyName) : anyName
    parts.push(
      fc.tuple(name, anyText, fc.boolean()).map(([one, text, twice]) => {
        const kept = textsOf(query).filter(([known]) => known !== one || twice)
        const pairs = twice ? [...kept, [one, text] as const, [one, text] as const] : [[one, text] as const, ...kept]
        const single = Object.fromEntries(pairs)
        return {
          ...plain,
          url: urlOf(route, params, pairs),
          // Said twice is never as declared where it is looked at.
          isAsDeclared: (!twice || !queryNames.includes(one)) && route.query.safeParse(single).success,
        }
      }),
    )
    return fc.oneof(...parts)
  }

  beforeAll(async () => {
    at = await createTwoBranches()
    const odd = fc.constantFrom(...doors).chain(({ route, ask }) => oddRequest(route, ask(at.east)))
    sent = fc.sample(odd, { numRuns: requests, seed: 20_261_125 })
  })
  afterAll(async () => {
    await at.api.app.close()
    await at.town.close()
  })

  test('what is not as declared is refused as such, and nothing is written', async () => {
    const before = await contentOf(at.town.database)
    const wrong = sent.filter(({ isAsDeclared }) => !isAsDeclared)
    expect(wrong.length).toBeGreaterThan(requests / 3)
    const faults: string[] = []
    for (const one of wrong)
      // A path that is too long or has an empty part leads nowhere; papers and passwords have limits of their own.
      for (const fault of faultsOf(await send(one), ['bad-input', 'not-found', 'too-many-requests']))
        faults.push(`${wordsOf(one)}: ${fault}`)
    expect(faults).toEqual([])
    expect(await contentOf(at.town.database)).toBe(before)
  })

  test('what is as declared, however odd, is answered by a rule', async () => {
    const odd = sent.filter(({ isAsDeclared }) => isAsDeclared)
    expect(odd.length).toBeGreaterThan(requests / 10)
    const faults: string[] = []
    for (const one of odd) {
      const answer = await send(one)
      if (answer.status !== 200) for (const fault of faultsOf(answer)) faults.push(`${wordsOf(one)}: ${fault}`)
    }
    expect(faults).toEqual([])
  })

  const posts = contractRoutes.filter(({ method }) => method === 'POST')
  const bodyOf = (route: Route): Sent => {
    const door = doors.find((one) => one.route === route)
    const { params = {}, query = {}, body = {} } = door?.ask(at.east) ?? {}
    return { route, url: urlOf(route, params, textsOf(query)), body: JSON.stringify(body), isAsDeclared: false }
  }

  test.each<readonly [string, Record<string, string>, (body: string) => string | undefined]>([
    ['broken JSON', {}, (body) => body.slice(0, -1)],
    ['no JSON at all', {}, () => 'login=a&password=b'],
    ['more than one document', {}, (body) => `${body}${body}`],
    ['a prototype', {}, () => '{"__proto__":{"polluted":true}}'],
    ['a constructor', {}, () => '{"constructor":{"prototype":{"polluted":true}}}'],
    ['bytes that are no text', {}, () => '\u0000\u0001'],
    ['a form', { 'content-type': 'application/x-www-form-urlencoded' }, (body) => body],
    ['plain text', { 'content-type': 'text/plain' }, (body) => body],
    ['XML', { 'content-type': 'application/xml' }, () => '<a/>'],
    ['a type that is none', { 'content-type': 'application/json/json' }, (body) => body],
    ['64 KiB and a byte', {}, () => JSON.stringify('x'.repeat(64 * 1024 - 1))],
    ['as deep as it is long', {}, () => '['.repeat(30_000) + ']'.repeat(30_000)],
    ['an array', {}, () => '[]'],
    ['a number', {}, () => '1e999'],
    ['text', {}, () => '"x"'],
  ])('every POST with %s', async (_, headers, bodyFrom) => {
    const before = await contentOf(at.town.database)
    const faults: string[] = []
    for (const route of posts) {
      const plain = bodyOf(route)
      const body = bodyFrom(plain.body ?? '')
      const answer = await send({ ...plain, body }, headers)
      // A route that needs nothing of its body takes none amiss that is JSON.
      const isTaken = answer.status === 200 && route.body.safeParse(JSON.parse(body ?? '')).success
      if (!isTaken)
        faults.push(...faultsOf(answer, ['bad-input', 'too-many-requests']).map((fault) => `${route.path}: ${fault}`))
    }
    expect(faults).toEqual([])
    expect(await contentOf(at.town.database)).toBe(before)
  })

  test.each([
    '/api/%',
    '/api/meters/%ff',
    '/api/meters/%00',
    '/api/meters/1%2f..%2f2',
    '//api//meters',
    '/api/' + 'x/'.repeat(2_000),
  ])('an address that is none: %#', async (url) => {
    const route = contractRoutes.find(({ path }) => path === '/api/meters')
    if (route === undefined) throw new Error('there is no list of meters')
    expect(faultsOf(await send({ route, url, body: undefined, isAsDeclared: false }))).toEqual([])
  })

  test('a method that a path does not have', async () => {
    for (const method of ['PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const) {
      const answer = await at.api.app.inject({
        method,
        url: '/api/meters',
        headers: { cookie: at.api.cookieOf('boss') },
      })
      expect([method, answer.statusCode, problem.parse(answer.json()).code]).toEqual([method, 404, 'not-found'])
    }
  })

  test('nothing of a prototype was touched', () => {
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
  })
})
