import { addressMatches, wildcardAddress, type Request } from '@xianfu/protocols'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { searchAddresses, type SearchOptions, type SearchResult } from './address-search.ts'
import type { Heard } from './line-probe.ts'

/** A line on which answers that meet are garbled beyond reading, or swallowed by the gateway. */
const lineOf =
  (addresses: readonly string[], swallows = false) =>
  async (request: Request): Promise<Heard> => {
    const pattern = 'address' in request ? request.address : wildcardAddress
    const meant = addresses.filter((address) => addressMatches(pattern, address))
    const [one, ...others] = meant
    if (one === undefined) return { kind: 'silence' }
    if (others.length === 0) return { kind: 'one', address: one, answerMs: 50 }
    return swallows ? { kind: 'silence' } : { kind: 'collision', addresses: [] }
  }

type Search = SearchResult & Readonly<{ found: readonly string[] }>

const search = async (ask: SearchOptions['ask'], change: Partial<SearchOptions> = {}): Promise<Search> => {
  const found = new Set<string>()
  const result = await searchAddresses({
    ask,
    suffix: '',
    deep: false,
    mostQuestions: 3_000,
    signal: new AbortController().signal,
    onFound: (address) => found.add(address),
    onProgress: () => undefined,
    ...change,
  })
  return { ...result, found: [...found].toSorted() }
}

describe('what is found, and how much is asked', () => {
  test.each([
    ['nobody', [], 2],
    ['one meter', ['000000000161'], 1],
    ['two that differ in the last digits', ['202611010101', '202611010102'], 1 + 100],
    ['two that differ in the first digits alone', ['112611010101', '122611010101'], 1 + 600],
    ['three, two of them alike at the end', ['202611010101', '202611020101', '202611010102'], 1 + 300],
  ])('%s', async (_, addresses, asked) => {
    expect(await search(lineOf(addresses))).toMatchObject({
      found: addresses.toSorted(),
      asked,
      isComplete: true,
      because: 'done',
      shared: [],
    })
  })
})

test('whoever is on the line is found', async () => {
  const address = fc.integer({ min: 0, max: 999_999_999_998 }).map((number) => String(number).padStart(12, '0'))
  const alike = fc.integer({ min: 0, max: 30 }).map((number) => `2026110101${String(number).padStart(2, '0')}`)
  await fc.assert(
    fc.asyncProperty(fc.uniqueArray(fc.oneof(address, alike), { maxLength: 8 }), async (addresses) => {
      const { found, isComplete } = await search(lineOf(addresses), { mostQuestions: 100_000 })
      expect(found).toEqual(addresses.toSorted())
      expect(isComplete).toBe(true)
    }),
    { numRuns: 30 },
  )
})

test('a gateway that swallows collisions hides all meters, unless one looks deeper', async () => {
  const addresses = ['202611010101', '202611010102']
  expect((await search(lineOf(addresses, true))).found).toEqual([])
  expect((await search(lineOf(addresses, true), { deep: true })).found).toEqual(addresses)
})

test('a suffix narrows it', async () => {
  const addresses = ['202611010101', '202611020101', '202611010102']
  const { found, asked } = await search(lineOf(addresses), { suffix: '0101' })
  expect([found, asked]).toEqual([['202611010101', '202611020101'], 1 + 100])
})

test('an answer that could be read out of a collision is kept', async () => {
  const addresses = ['202611010101', '202611010102']
  const line = lineOf(addresses)
  const { found } = await search(async (request) => {
    const heard = await line(request)
    return heard.kind === 'collision' ? { kind: 'collision', addresses: ['202611010101'] } : heard
  })
  expect(found).toEqual(addresses)
})

test('two meters of one address are told, and cost no more than the digits', async () => {
  const line = lineOf(['202611010101', '202611010101'])
  const { found, shared, asked } = await search(line)
  expect([found, shared, asked]).toEqual([[], ['202611010101'], 1 + 600])
})

test('it stops after so many questions, and says so', async () => {
  const result = await search(lineOf(['112611010101', '122611010101']), { mostQuestions: 150 })
  expect(result).toMatchObject({ asked: 150, isComplete: false, because: 'too-many-questions' })
})

test('it stops when interrupted, and keeps what was found', async () => {
  const interrupting = new AbortController()
  const line = lineOf(['202611010101', '202611010102'])
  const result = await search(
    async (request) => {
      const heard = await line(request)
      if (heard.kind === 'one') interrupting.abort()
      return heard
    },
    { signal: interrupting.signal },
  )
  expect(result).toMatchObject({ found: ['202611010101'], isComplete: false, because: 'interrupted' })
})
