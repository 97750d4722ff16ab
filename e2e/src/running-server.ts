import { spawn, type ChildProcess } from 'node:child_process'
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { createClient, signIn, type Call } from '@xianfu/contract'

const program = fileURLToPath(new URL('../../server/bin/xianfu.js', import.meta.url))
const startWithinMs = 90_000
const password = 'only-for-this-rehearsal'

/** A village's meter as its control door shows it. */
export type FieldMeter = Readonly<{
  totalWh: string
  relay: Readonly<{ commanded: 'closed' | 'open'; actual: 'closed' | 'open' }>
  obeyed: readonly Readonly<{ action: string }>[]
}>

/** The whole program as a user starts it: server, embedded PostgreSQL and virtual village as processes of their own. */
export type RunningServer = Readonly<{
  url: string
  password: string
  data: string
  /** Port on which gateways dial in. */
  gatewayPort: number
  call: Call
  field(method: 'GET' | 'PATCH' | 'POST', path: string, body?: unknown): Promise<FieldMeter>
  /** Ctrl-C, and wait. */
  stop(): Promise<void>
  /** Kill -9 of the server; its database runs on. */
  kill(): Promise<void>
  /** Kill -9 of server and database. */
  crash(): Promise<void>
}>

export const makeDataFolder = async (): Promise<Readonly<{ path: string; remove(): Promise<void> }>> => {
  const path = await mkdtemp(join(tmpdir(), 'xianfu-e2e-'))
  // The database may run as another user than we do.
  await chmod(path, 0o755)
  return { path, remove: async () => rm(path, { recursive: true, force: true }) }
}

/** A demonstration at some speed, or a real field, which has no village. */
export type ServerOptions = Readonly<
  { speed: number } | { mode: 'field'; /** Any free one when absent. */ gatewayPort?: number }
>

export const startServer = async (data: string, options: ServerOptions): Promise<RunningServer> => {
  const isField = 'mode' in options
  const words = ['start', '--data', data, '--port', '0', '--log-level', 'debug']
  if (isField)
    words.push('--mode', 'field', '--gateway-host', '127.0.0.1', '--gateway-port', String(options.gatewayPort ?? 0))
  else words.push('--speed', String(options.speed))
  const child = spawn(process.execPath, [program, ...words], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, DATABASE_URL: '', XIANFU_ADMIN_PASSWORD: password },
  })
  const said: string[] = []
  const { url, controlPort, gatewayPort } = await waitUntilReady(child, said, isField)
  return {
    url,
    password,
    data,
    gatewayPort,
    call: await signedIn(url),
    field: async (method, path, body) => {
      const answer = await fetch(`http://127.0.0.1:${String(controlPort)}${path}`, {
        method,
        ...(body !== undefined && { body: JSON.stringify(body) }),
      })
      if (!answer.ok) throw new Error(`${method} ${path}: ${await answer.text()}`)
      return (await answer.json()) as FieldMeter
    },
    stop: async () => end(child, 'SIGINT'),
    kill: async () => end(child, 'SIGKILL'),
    crash: async () => {
      const postmaster = await readFile(join(data, 'cluster', 'postmaster.pid'), 'utf8')
      await end(child, 'SIGKILL')
      process.kill(Number(postmaster.split('\n')[0]), 'SIGKILL')
    },
  }
}

type Ready = Readonly<{ url: string; controlPort: number; gatewayPort: number }>

const waitUntilReady = async (child: ChildProcess, said: string[], isField: boolean): Promise<Ready> =>
  new Promise((resolve, reject) => {
    let url: string | null = null
    let controlPort = 0
    let gatewayPort = 0
    const fail = (why: string): void => {
      child.kill('SIGKILL')
      reject(new Error(`the server ${why}:\n${said.slice(-20).join('\n')}`))
    }
    const timer = setTimeout(() => fail('was not ready in time'), startWithinMs)
    const onLine = (line: string): void => {
      said.push(line)
      if (said.length > 2_000) said.shift()
      url = /is ready:\s+(\S+)/u.exec(line)?.[1] ?? url
      controlPort = Number(/"controlPort":(\d+)/u.exec(line)?.[1] ?? controlPort)
      gatewayPort = Number(/gateways (?:dial in on|on) +port (\d+)/u.exec(line)?.[1] ?? gatewayPort)
      if (url === null || gatewayPort === 0 || (controlPort === 0 && !isField)) return
      clearTimeout(timer)
      resolve({ url, controlPort, gatewayPort })
    }
    if (child.stdout !== null) createInterface(child.stdout).on('line', onLine)
    if (child.stderr !== null) createInterface(child.stderr).on('line', onLine)
    child.once('exit', (code) => fail(`ended with code ${String(code)}`))
  })

const end = async (child: ChildProcess, signal: 'SIGINT' | 'SIGKILL'): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = new Promise((resolve) => child.once('close', resolve))
  child.removeAllListeners('exit')
  child.kill(signal)
  await ended
}

const signedIn = async (url: string): Promise<Call> => {
  let cookie = ''
  const headers = (): Record<string, string> => (cookie === '' ? {} : { cookie })
  const open = createClient(url, async (address, init) => {
    const answer = await fetch(address, init)
    cookie = answer.headers.getSetCookie()[0]?.split(';')[0] ?? ''
    return answer
  })
  await open(signIn, { body: { login: 'admin', password } })
  return createClient(url, async (address, init) =>
    fetch(address, { ...init, headers: { ...init.headers, ...headers() } }),
  )
}

/** Asks until the answer is there; the last answer is told when time is over. */
export const until = async <T>(
  what: string,
  ask: () => Promise<T | null | undefined | false>,
  withinMs: number,
): Promise<T> => {
  const deadline = Date.now() + withinMs
  for (;;) {
    const answer = await ask()
    if (answer !== null && answer !== undefined && answer !== false) return answer
    if (Date.now() > deadline) throw new Error(`${what}: not within ${String(withinMs)} ms`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}
