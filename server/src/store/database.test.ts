import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { connectionUrl, describeConnection } from './connection.ts'
import { openDatabase, transactionAttempts, type Database, type Sql } from './database.ts'
import { StoreError } from './store-error.ts'
import { createTestDatabase, type TestDatabase } from './test-database.ts'

let at: TestDatabase
let database: Database

beforeAll(async () => {
  at = await createTestDatabase({ content: 'empty' })
  database = at.database
  await database.query('create table account (id int primary key, balance bigint not null check (balance >= 0))')
})
afterAll(async () => at.drop())

const errorOf = async (work: Promise<unknown>): Promise<StoreError> => {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  expect(error).toBeInstanceOf(StoreError)
  return error as StoreError
}

const balances = async (rows: readonly [number, bigint][]): Promise<void> => {
  await database.query('truncate account')
  for (const [id, balance] of rows) await database.query('insert into account values ($1, $2)', [id, balance])
}

describe('types of columns', () => {
  test.each<[string, unknown]>([
    ['9223372036854775807::int8', 9_223_372_036_854_775_807n],
    ["'{1,null,-3}'::int8[]", [1n, null, -3n]],
    ["'{}'::int8[]", []],
    ['7::int4', 7],
    ['0.1234567890::numeric(12,10)', '0.1234567890'],
    ["'2026-03-01 08:00:00.125+08'::timestamptz", Date.UTC(2026, 2, 1, 0, 0, 0, 125)],
    ["array['2026-03-01 08:00:00+08'::timestamptz]", [Date.UTC(2026, 2, 1)]],
    ["'infinity'::timestamptz", Number.POSITIVE_INFINITY],
    ["'2026-02-28'::date", '2026-02-28'],
    ["array['2026-02-28'::date]", ['2026-02-28']],
    [`'{"a":[1,null]}'::jsonb`, { a: [1, null] }],
    ["array['a','b,c']", ['a', 'b,c']],
    ['null::int8', null],
    ["'2026-03-01 07:30:00+08'::timestamptz::date", '2026-02-28'],
  ])('%s', async (expression, expected) => {
    const rows = await database.query<{ value: unknown }>(`select ${expression} as value`)
    expect(rows).toEqual([{ value: expected }])
  })

  test.each<[string, unknown[]]>([
    ['text[]', ['plain', 'with "quotes"', String.raw`back\slash`, 'a,b', '{}', '', 'NULL', null, '电表']],
    ['timestamptz[]', [new Date(0), new Date(1_793_577_600_123), null]],
    ['bigint[]', [1n, -9_223_372_036_854_775_807n, null]],
    ['boolean[]', [true, false, null]],
    ['jsonb[]', ['{"a": "b\\"c"}', '[]']],
  ])('an array of %s comes back as it went in', async (type, values) => {
    const rows = await database.query<{ value: unknown }>(`select to_jsonb(u) as value from unnest($1::${type}) u`, [
      values,
    ])
    const expected = await Promise.all(
      values.map(async (value) =>
        database.query<{ value: unknown }>(`select to_jsonb($1::${type.slice(0, -2)}) as value`, [value]),
      ),
    )
    expect(rows.map(({ value }) => value)).toEqual(expected.map(([row]) => row?.value))
  })

  test('a bigint goes in as it comes out', async () => {
    const rows = await database.query<{ value: bigint }>('select $1::int8 as value', [-9_007_199_254_740_993n])
    expect(rows[0]?.value).toBe(-9_007_199_254_740_993n)
  })
})

describe('transaction', () => {
  test('commits together, or not at all', async () => {
    await balances([[1, 10n]])
    await database.transaction(async (sql) => sql.query('update account set balance = 20 where id = $1', [1]))
    const failure = database.transaction(async (sql) => {
      await sql.query('update account set balance = 30 where id = $1', [1])
      throw new RangeError('no')
    })
    await expect(failure).rejects.toThrow(RangeError)
    expect(await database.query('select balance from account')).toEqual([{ balance: 20n }])
  })

  test('what is asked for together is answered in its order, and one failure undoes it all', async () => {
    await balances([[1, 10n]])
    const seen = await database.transaction(async (sql) =>
      Promise.all([
        sql.query<{ balance: bigint }>('select balance from account where id = $1', [1]),
        sql.query('update account set balance = balance + 5 where id = $1', [1]),
        sql.query<{ balance: bigint }>('select balance from account where id = $1', [1]),
      ]),
    )
    expect([seen[0][0]?.balance, seen[2][0]?.balance]).toEqual([10n, 15n])
    const failed = await errorOf(
      database.transaction(async (sql) =>
        Promise.all([
          sql.query('update account set balance = balance + 1 where id = $1', [1]),
          sql.query('update account set balance = -1 where id = $1', [1]),
          sql.query('update account set balance = balance + 1 where id = $1', [1]),
        ]),
      ),
    )
    expect(failed.constraint).toBe('account_balance_check')
    expect(await database.query('select balance from account')).toEqual([{ balance: 15n }])
  })

  test('writes nothing when it could not begin, though what reads has left with BEGIN', async () => {
    await balances([[1, 10n]])
    const isolation = 'no such isolation' as 'read committed'
    const write = async (sql: Sql) => sql.query('update account set balance = 0 where id = $1', [1])
    const read = async (sql: Sql) => sql.query('select balance from account where id = $1', [1])
    await errorOf(database.transaction(write, { isolation }))
    await errorOf(database.transaction(async (sql) => Promise.all([read(sql), write(sql), read(sql)]), { isolation }))
    expect(await database.query('select balance from account')).toEqual([{ balance: 10n }])
  })

  test('is tried again when two have locked each other', async () => {
    await balances([
      [1, 0n],
      [2, 0n],
    ])
    let runs = 0
    const bothHold = meetingOf(2)
    const add = async (first: number, second: number): Promise<void> =>
      database.transaction(async (sql) => {
        runs += 1
        await increase(sql, first)
        await bothHold()
        await increase(sql, second)
      })
    await Promise.all([add(1, 2), add(2, 1)])
    expect(runs).toBe(3)
    expect(await database.query('select id, balance from account order by id')).toEqual([
      { id: 1, balance: 2n },
      { id: 2, balance: 2n },
    ])
  })

  test('is tried again when it could not be put in order with another', async () => {
    await balances([[1, 0n]])
    const bothRead = meetingOf(2)
    const addOne = async (): Promise<void> =>
      database.transaction(
        async (sql) => {
          const [row] = await sql.query<{ balance: bigint }>('select balance from account where id = 1')
          await bothRead()
          await sql.query('update account set balance = $1 where id = 1', [(row?.balance ?? 0n) + 1n])
        },
        { isolation: 'serializable' },
      )
    await Promise.all([addOne(), addOne()])
    expect(await database.query('select balance from account')).toEqual([{ balance: 2n }])
  })

  test('gives up after a bounded number of attempts', async () => {
    let runs = 0
    const error = await errorOf(
      database.transaction(async (sql) => {
        runs += 1
        await sql.query("do $$ begin raise exception 'lost' using errcode = '40001'; end $$")
      }),
    )
    expect([runs, error.code, error.sqlState]).toEqual([transactionAttempts, 'conflict', '40001'])
  })

  test('does not pretend to commit when a failure inside was swallowed', async () => {
    await balances([])
    const error = await errorOf(
      database.transaction(async (sql) => {
        await sql.query('insert into account values (1, 1)')
        await sql.query('insert into account values (1, 1)').catch(() => undefined)
      }),
    )
    expect(error.code).toBe('statement-failed')
    expect(await database.query('select from account')).toEqual([])
  })

  test('survives a change of the schema under its prepared statements', async () => {
    await database.query('create table changing (a int)')
    const one = openDatabase({ connection: at.connection, maxConnections: 1, onError: () => undefined })
    const look = async (): Promise<readonly unknown[]> =>
      one.transaction(async (sql) => sql.query('select * from changing where $1::int = 1', [1]))
    await look()
    await database.query('alter table changing add b int')
    await database.query('insert into changing values (1, 2)')
    expect(await look()).toEqual([{ a: 1, b: 2 }])
    await one.close()
  })
})

describe('errors', () => {
  test('a broken constraint is named', async () => {
    const error = await errorOf(database.query('insert into account values ($1, $2)', [9, -1n]))
    expect([error.code, error.sqlState, error.constraint]).toEqual([
      'statement-failed',
      '23514',
      'account_balance_check',
    ])
  })

  test('a statement that takes too long is cancelled', async () => {
    const error = await errorOf(
      database.transaction(async (sql) => sql.query('select pg_sleep(20)'), { statementTimeoutMs: 50 }),
    )
    expect(error.code).toBe('time-out')
    await database.ping()
  })

  test.each([
    ['postgresql://anna:hush@127.0.0.1:1/power', 'unreachable', '127.0.0.1:1/power'],
    ['postgresql://anna:hush@%2Fno%2Fwhere/power', 'unreachable', '/no/where/power'],
    ['postgresql://anna:hush@/power?host=/no/where', 'unreachable', '/no/where/power'],
  ])('an unreachable server is told in one line without password: %s', async (connectionString, code, place) => {
    const away = openDatabase({ connection: { connectionString }, onError: () => undefined })
    const error = await errorOf(away.ping())
    await away.close()
    expect(error.code).toBe(code)
    expect(error.message).toContain(place)
    expect(error.message).toContain('DATABASE_URL')
    expect(error.message).not.toMatch(/hush|\n/)
  })

  test.each(['mysql://anna:hush@here/power', 'postgresql://anna:hush@here:port/power', ''])(
    'an address that cannot be read is refused at once: %s',
    (connectionString) => {
      const open = (): Database => openDatabase({ connection: { connectionString }, onError: () => undefined })
      expect(open).toThrow(StoreError)
      expect(open).not.toThrow('hush')
    },
  )

  test('a closed database says so', async () => {
    const short = openDatabase({ connection: at.connection, onError: () => undefined })
    await short.ping()
    await short.close()
    await short.close()
    expect((await errorOf(short.ping())).code).toBe('closed')
  })

  test('a connection that the server ends does not end the pool', async () => {
    const troubles: unknown[] = []
    const other = openDatabase({
      connection: at.connection,
      maxConnections: 1,
      onError: (error) => troubles.push(error),
    })
    const error = await errorOf(other.query('select pg_terminate_backend(pg_backend_pid())'))
    expect(error.code).toBe('unreachable')
    await other.ping()
    await other.close()
  })
})

test('an address survives being written as a URL', async () => {
  const connection = { host: '/tmp/数 据/a.socket', port: 5432, user: 'xian fu', database: 'power', password: 'a@b/c' }
  const url = connectionUrl(connection)
  expect(url).toBe('postgresql://xian%20fu:a%40b%2Fc@%2Ftmp%2F%E6%95%B0%20%E6%8D%AE%2Fa.socket:5432/power')
  expect(describeConnection({ connectionString: url })).toBe('/tmp/数 据/a.socket:5432/power')
})

const increase = async (sql: Sql, id: number): Promise<void> => {
  await sql.query('update account set balance = balance + 1 where id = $1', [id])
}

/** Lets the first `size` callers go on together, and everybody later at once. */
const meetingOf = (size: number): (() => Promise<void>) => {
  let arrived = 0
  let open: () => void = () => undefined
  const all = new Promise<void>((resolve) => {
    open = resolve
  })
  return async () => {
    arrived += 1
    if (arrived === size) open()
    return all
  }
}
