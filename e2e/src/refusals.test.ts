import { spawn } from 'node:child_process'
import { createServer, type AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { makeDataFolder } from './running-server.ts'

const program = fileURLToPath(new URL('../../server/bin/xianfu.js', import.meta.url))

/** What a person sees who has mistyped something: one line that says what to do, and an exit code that is not zero. */
describe('the program refuses in one line', () => {
  let folder: Awaited<ReturnType<typeof makeDataFolder>>
  beforeAll(async () => {
    folder = await makeDataFolder()
  })
  afterAll(async () => folder.remove())

  const run = async (
    words: readonly string[],
    environment: Record<string, string> = {},
  ): Promise<Readonly<{ code: number | null; out: string; complaint: string }>> =>
    new Promise((done, fail) => {
      const child = spawn(process.execPath, [program, ...words], {
        env: { ...process.env, DATABASE_URL: '', ...environment },
        stdio: ['ignore', 'pipe', 'pipe'],
      })
      let out = ''
      let complaint = ''
      child.stdout.on('data', (piece: Buffer) => {
        out += piece.toString()
      })
      child.stderr.on('data', (piece: Buffer) => {
        complaint += piece.toString()
      })
      child.on('error', fail)
      child.on('close', (code) => done({ code, out, complaint: complaint.trim() }))
    })
  const start = async (words: readonly string[], environment?: Record<string, string>) =>
    run(['start', '--data', folder.path, '--port', '0', ...words], environment)

  test('a port that is in use', { timeout: 60_000 }, async () => {
    const taken = createServer().listen(0, '127.0.0.1')
    await new Promise((resolve) => taken.once('listening', resolve))
    const port = String((taken.address() as AddressInfo).port)
    const { code, complaint } = await start(['--port', port])
    taken.close()
    expect(code).toBe(1)
    expect(complaint).toContain(
      `xianfu: port ${port} is in use; stop the program that has it, or choose another with --port`,
    )
  })

  test('a database that cannot be reached, without its password', async () => {
    const { code, complaint } = await start([], { DATABASE_URL: 'postgresql://me:geheim@127.0.0.1:1/x' })
    expect(code).toBe(1)
    expect(complaint).toMatch(/^xianfu: cannot reach PostgreSQL at 127\.0\.0\.1:1\/x .*DATABASE_URL right\?$/u)
    expect(complaint).not.toContain('geheim')
  })

  test('an address that is no address', async () => {
    const { code, complaint } = await start([], { DATABASE_URL: 'mysql://127.0.0.1/x' })
    expect([code, complaint]).toEqual([
      1,
      'xianfu: DATABASE_URL must look like postgresql://user:password@host:5432/database',
    ])
  })

  test('an option that does not exist', async () => {
    const { code, complaint } = await start(['--prot', '1'])
    expect(code).toBe(2)
    expect(complaint).toMatch(/unknown option '--prot'/u)
    expect(complaint).toMatch(/Did you mean --port\?/u)
  })

  test('several wrong values: all of them at once', async () => {
    const { code, complaint } = await start(['--speed', 'fast', '--mode', 'real'])
    expect(code).toBe(1)
    expect(complaint).toMatch(/--speed must be a number from 1 to 1000.*--mode|--mode.*--speed/u)
    expect(complaint.split('\n')).toHaveLength(1)
  })

  test('--help lists every option', async () => {
    const { code, out } = await start(['--help'])
    expect(code).toBe(0)
    for (const option of [
      '--data',
      '--database-url',
      '--mode',
      '--host',
      '--gateway-port',
      '--reading-interval',
      '--speed',
    ])
      expect(out).toContain(option)
  })
})
