import { execFileSync, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { Client } from 'pg'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { findRunningPostgres, type EmbeddedConnection } from './running.ts'
import { startEmbeddedPostgres, type EmbeddedPostgres } from './start-embedded-postgres.ts'

const serverFolder = fileURLToPath(new URL('../../..', import.meta.url))
const isRoot = process.getuid?.() === 0

let folder: string
let dataDirectory: string
let said: string[]
const running: EmbeddedPostgres[] = []

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), '先付 data, '))
  await chmod(folder, 0o755)
  dataDirectory = join(folder, 'postgres')
  said = []
})
afterEach(async () => {
  for (const server of running.splice(0)) await server.stop()
  await rm(folder, { recursive: true, force: true })
})

const start = async (directory = dataDirectory): Promise<EmbeddedPostgres> => {
  const server = await startEmbeddedPostgres({ dataDirectory: directory, onProgress: (message) => said.push(message) })
  running.push(server)
  return server
}

const ask = async (connection: EmbeddedConnection, text: string): Promise<unknown[]> => {
  const client = new Client(connection)
  // A test kills the server on purpose.
  client.on('error', () => undefined)
  await client.connect()
  try {
    return (await client.query<unknown[]>({ text, rowMode: 'array' })).rows.flat()
  } finally {
    await client.end()
  }
}

describe('in one process', () => {
  test('makes a database, keeps it over a stop, and is found while it runs', async () => {
    expect(await findRunningPostgres(dataDirectory)).toBeUndefined()
    const first = await start()
    expect(first.owned).toBe(true)
    expect(await findRunningPostgres(dataDirectory)).toEqual(first.connection)
    await ask(first.connection, 'create table payment as select 7 as amount')
    await first.stop()
    expect(await findRunningPostgres(dataDirectory)).toBeUndefined()
    const second = await start()
    expect(await ask(second.connection, 'select amount from payment')).toEqual([7])
    expect(said).toEqual([expect.stringContaining('making a new database')])
  })

  test('is durable, private and independent of the machine', async () => {
    const { connection } = await start()
    const settings = ['fsync', 'listen_addresses', 'data_checksums', 'server_encoding', 'lc_collate', 'TimeZone', 'jit']
    const shown: unknown[] = []
    for (const name of settings.filter((setting) => setting !== 'lc_collate'))
      shown.push(...(await ask(connection, `show ${name}`)))
    expect(shown).toEqual(['on', '', 'on', 'UTF8', 'UTC', 'off'])
    expect(await ask(connection, 'select datcollate from pg_database where datname = current_database()')).toEqual([
      'C',
    ])
    expect(((await stat(connection.host)).mode & 0o777).toString(8)).toBe('700')
  })

  test('a second start adopts the running server and does not stop it', async () => {
    const first = await start()
    const second = await start()
    expect([second.owned, second.connection]).toEqual([false, first.connection])
    await second.stop()
    expect(await ask(first.connection, 'select 1')).toEqual([1])
  })

  test('starts at the same moment share one server', async () => {
    const servers = await Promise.all([start(), start(), start()])
    expect(servers.filter(({ owned }) => owned)).toHaveLength(1)
    for (const { connection } of servers) expect(await ask(connection, 'select 1')).toEqual([1])
  })

  test('a path too long for a socket is got round', async () => {
    const server = await start(join(dataDirectory, 'very-long-name'.repeat(8)))
    expect(server.connection.host.length).toBeLessThan(100)
    expect(await ask(server.connection, 'select 1')).toEqual([1])
  })

  test('a process number that now belongs to another program does not keep it from starting', async () => {
    await (await start()).stop()
    const lines = [process.pid, join(dataDirectory, 'cluster'), 0, 5432, '/nowhere', '', '', 'ready']
    await writeFile(join(dataDirectory, 'cluster', 'postmaster.pid'), lines.join('\n'))
    expect(await findRunningPostgres(dataDirectory)).toBeUndefined()
    expect((await start()).owned).toBe(true)
  })

  test('what PostgreSQL complains of is in the error', async () => {
    const refused = startEmbeddedPostgres({
      dataDirectory,
      onProgress: () => undefined,
      settings: { shared_buffers: 'much' },
    })
    await expect(refused).rejects.toThrow(/PostgreSQL did not start: .*shared_buffers/)
  })

  test.runIf(isRoot)('as root, data behind a closed folder goes outside and is found again', async () => {
    const closed = join(folder, 'closed')
    await mkdir(closed, { mode: 0o700 })
    const first = await start(join(closed, 'postgres'))
    const outside = dirname(first.connection.host)
    try {
      expect(outside.startsWith(folder)).toBe(false)
      expect(said.at(-2)).toContain(outside)
      expect(await findRunningPostgres(join(closed, 'postgres'))).toEqual(first.connection)
      await ask(first.connection, 'create table payment as select 7 as amount')
      await first.stop()
      const second = await start(join(closed, 'postgres'))
      expect(await ask(second.connection, 'select amount from payment')).toEqual([7])
      await second.stop()
    } finally {
      await rm(outside, { recursive: true, force: true })
    }
  })
})

/** Another Node process that starts the server and then waits; it runs JavaScript, since old Nodes read nothing else. */
describe('when the parent is killed', () => {
  let compiled: string
  let parent: ChildProcess | undefined

  beforeAll(async () => {
    await mkdir(join(serverFolder, 'dist'), { recursive: true })
    compiled = await mkdtemp(join(serverFolder, 'dist', 'embedded-postgres-test-'))
    const tsc = fileURLToPath(
      new URL('../bin/tsc', import.meta.resolve('typescript/package.json').replace('/package.json', '/lib/x')),
    )
    const source = fileURLToPath(new URL('start-embedded-postgres.ts', import.meta.url))
    const words =
      '--ignoreConfig --noCheck --target es2023 --module nodenext --rewriteRelativeImportExtensions --types node'
    execFileSync(process.execPath, [tsc, source, ...words.split(' '), '--outDir', compiled])
    const program = `import { startEmbeddedPostgres } from './start-embedded-postgres.js'
      const { connection } = await startEmbeddedPostgres({ dataDirectory: process.argv[2], onProgress: () => {} })
      console.log(JSON.stringify(connection))
      setInterval(() => {}, 1000)`
    await writeFile(join(compiled, 'parent.js'), program)
  })
  afterAll(async () => rm(compiled, { recursive: true, force: true }))
  afterEach(async () => killParent())

  const startParent = async (): Promise<EmbeddedConnection> => {
    parent = spawn(process.execPath, [join(compiled, 'parent.js'), dataDirectory], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    if (parent.stdout === null) throw new Error('no output')
    const [line] = (await once(createInterface(parent.stdout), 'line')) as [string]
    return JSON.parse(line) as EmbeddedConnection
  }

  const killParent = async (): Promise<void> => {
    parent?.kill('SIGKILL')
    if (parent?.exitCode === null && parent.signalCode === null) await once(parent, 'exit')
  }

  const pidFile = async (): Promise<string | undefined> =>
    readFile(join(dataDirectory, 'cluster', 'postmaster.pid'), 'utf8').catch(() => undefined)

  test('its server is adopted while it lives', async () => {
    const connection = await startParent()
    const server = await start()
    expect([server.owned, server.connection]).toEqual([false, connection])
    await killParent()
    await expect.poll(pidFile, { timeout: 20_000 }).toBeUndefined()
  })

  test('the server shuts down cleanly, and a start meanwhile waits for that', async () => {
    const connection = await startParent()
    await ask(connection, 'create table payment as select 7 as amount')
    await killParent()
    const log = async (): Promise<string> => readFile(join(dataDirectory, 'postgres.log'), 'utf8')
    await expect.poll(log, { timeout: 20_000 }).toContain('database system is shut down')
    await expect.poll(pidFile, { timeout: 20_000 }).toBeUndefined()
    const server = await start()
    expect(await ask(server.connection, 'select amount from payment')).toEqual([7])
    expect(await log()).not.toContain('not properly shut down')
  })

  test('a start in the very moment gets a server of its own', async () => {
    await startParent()
    await killParent()
    const server = await startOwned()
    expect(await ask(server.connection, 'select 1')).toEqual([1])
  })

  /** The dying server may still answer at first, and is then adopted in good faith. */
  const startOwned = async (): Promise<EmbeddedPostgres> => {
    for (;;) {
      const server = await start()
      if (server.owned) return server
      await expect.poll(pidFile, { timeout: 20_000 }).toBeUndefined()
    }
  }

  test('what was committed survives even when PostgreSQL is killed in the same moment', async () => {
    const connection = await startParent()
    await ask(connection, 'create table payment (amount int)')
    await ask(connection, 'insert into payment values (7)')
    const pids = await ask(connection, 'select pid from pg_stat_activity')
    const postmaster = Number((await pidFile())?.split('\n')[0])
    process.kill(postmaster, 'SIGKILL')
    for (const pid of pids as number[]) killQuietly(pid)
    await killParent()
    const server = await start()
    expect(server.owned).toBe(true)
    expect(await ask(server.connection, 'select amount from payment')).toEqual([7])
    expect(said).toContainEqual(expect.stringContaining('not shut down cleanly'))
  })
})

const killQuietly = (pid: number): void => {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // Gone by itself.
  }
}
