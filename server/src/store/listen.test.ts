import { afterAll, beforeAll, expect, test } from 'vitest'
import { openDatabase } from './database.ts'
import { createTestDatabase, type TestDatabase } from './test-database.ts'

let at: TestDatabase

beforeAll(async () => {
  at = await createTestDatabase({ content: 'empty' })
})
afterAll(async () => at.drop())

const listener = (): { heard: string[]; hear: (payload: string) => void; until: (count: number) => Promise<void> } => {
  const heard: string[] = []
  let check = (): void => undefined
  return {
    heard,
    hear: (payload) => {
      heard.push(payload)
      check()
    },
    until: async (count) =>
      new Promise((resolve) => {
        check = () => {
          if (heard.length >= count) resolve()
        }
        check()
      }),
  }
}

test('a notice is heard when its transaction has committed, and not when it was rolled back', async () => {
  const { heard, hear, until } = listener()
  const over = new AbortController()
  await at.database.listen('relay', hear, over.signal)
  await at.database
    .transaction(async (sql) => {
      await sql.query("select pg_notify('relay', 'never')")
      throw new Error('no')
    })
    .catch(() => undefined)
  await at.database.transaction(async (sql) => sql.query("select pg_notify('relay', $1)", ['trip 7']))
  await until(1)
  over.abort()
  expect(heard).toEqual(['trip 7'])
})

test('after its connection was lost a listener connects again and is told to look again', async () => {
  const { heard, hear, until } = listener()
  const troubles: unknown[] = []
  const over = new AbortController()
  const database = openDatabase({ connection: at.connection, onError: (error) => troubles.push(error) })
  await database.listen('meter', hear, over.signal)
  await at.database.query("select pg_terminate_backend(pid) from pg_stat_activity where query = 'listen meter'")
  await until(1)
  await at.database.query("select pg_notify('meter', 'again')")
  await until(2)
  await database.close()
  over.abort()
  expect(heard).toEqual(['', 'again'])
  expect(troubles).toHaveLength(1)
})

test('when aborted or closed the connection goes', async () => {
  const database = openDatabase({ connection: at.connection, onError: () => undefined })
  const over = new AbortController()
  const count = async (): Promise<unknown> => {
    const [row] = await at.database.query<{ n: number }>(
      "select count(*)::int as n from pg_stat_activity where query in ('listen one', 'listen two')",
    )
    return row?.n
  }
  await database.listen('one', () => undefined, over.signal)
  await database.listen('two', () => undefined, new AbortController().signal)
  expect(await count()).toBe(2)
  over.abort()
  await expect.poll(count).toBe(1)
  await database.close()
  await expect.poll(count).toBe(0)
})

test('a name that is no channel is refused', async () => {
  await expect(at.database.listen('x; drop table y', () => undefined, AbortSignal.abort())).rejects.toThrow('channel')
})
