import { array, assert, asyncProperty, integer } from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { instantOf, packedInstant, packedRows } from './packed-rows.ts'
import { createTestDatabase, type TestDatabase } from './test-database.ts'

let at: TestDatabase
beforeAll(async () => {
  at = await createTestDatabase({ content: 'empty' })
})
afterAll(async () => at.drop())

test('values come as texts under their names, nothing as the empty text', async () => {
  const read = packedRows(
    { n: 'u.n', none: 'null::int', yes: 'u.n > 1', list: 'array[u.n, 7]', json: `jsonb_build_object('a', E'\\x1f')` },
    'from unnest($1::int[]) as u(n)',
  )
  const rows = await read(at.database, [[1, 2]])
  expect(rows.toSorted((a, b) => Number(a.n) - Number(b.n))).toEqual([
    { n: '1', none: '', yes: 'f', list: '{1,7}', json: String.raw`{"a": "\u001f"}` },
    { n: '2', none: '', yes: 't', list: '{2,7}', json: String.raw`{"a": "\u001f"}` },
  ])
  expect(await read(at.database, [[]])).toEqual([])
})

test('a value that holds a separator is a fault, not a wrong row', async () => {
  const read = packedRows({ a: `E'x\\x1fy'`, b: '1' }, 'from unnest($1::int[]) as u(n)')
  await expect(read(at.database, [[1]])).rejects.toThrow('not as wide')
})

test('instants keep their millisecond', async () => {
  const read = packedRows(
    { id: 'u.id', at: packedInstant('u.at') },
    'from unnest($1::int[], $2::timestamptz[]) as u(id, at)',
  )
  const instants = integer({ min: 0, max: Date.UTC(2100, 0, 1) })
  await assert(
    asyncProperty(array(instants, { minLength: 2, maxLength: 50 }), async (list) => {
      const rows = await read(at.database, [list.map((_, id) => id), list.map((one) => new Date(one))])
      const back = rows.toSorted((a, b) => Number(a.id) - Number(b.id)).map((row) => instantOf(row.at))
      expect(back).toEqual(list)
    }),
    { numRuns: 30 },
  )
})
