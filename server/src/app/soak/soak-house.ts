import { spawn, type ChildProcess } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { createClient, listMeters, readMeter, refund, RequestError, signIn, topUp, type Call } from '@xianfu/contract'
import {
  addAmounts,
  costOf,
  exactAmount,
  microYuan,
  noAmount,
  parsePrice,
  roundAmount,
  type MicroYuan,
  type Price,
  type WattHours,
} from '../../domain/quantity.ts'
import { findCluster } from '../embedded-postgres/places.ts'
import { yuanText, type Deed } from './soak-counter.ts'

const program = fileURLToPath(new URL('../../../bin/xianfu.js', import.meta.url))
const startWithinMs = 120_000
const answerWithinMs = 30_000
const password = 'only-for-this-soak'
/** A statement that fails because the database is away is asked again by the next round, not at once. */
const linesKept = 200

export type DeedAnswer =
  | Readonly<{ kind: 'done'; id: string; fresh: boolean; why: string }>
  /** A refusal by rule: nothing was done. */
  | Readonly<{ kind: 'refused'; why: string }>
  /** An answer that tells nothing: the database was away. It may have been done. */
  | Readonly<{ kind: 'unsure'; why: string }>
  /** No answer: the server is gone. */
  | Readonly<{ kind: 'gone'; why: string }>

/** The real server as a user starts it, with its database and its village, as processes that can be killed. */
export type HouseProcess = Readonly<{
  startedInMs: number
  /** Accounts that can be paid to, with their price per kWh where there is one. */
  accounts: readonly Readonly<{ accountId: number; price: Price | null }>[]
  priceOf(price: Price, energy: WattHours): MicroYuan
  ask(deed: Deed): Promise<DeedAnswer>
  /** Kill -9 of the server; its database ends by itself when it notices. */
  kill(): Promise<void>
  /** Kill -9 of the database's first process. */
  killDatabase(): Promise<void>
  /** Ctrl-C, and wait. */
  stop(): Promise<void>
}>

export const startHouseProcess = async (data: string, speed: number): Promise<HouseProcess> => {
  const begun = performance.now()
  const words = ['start', '--data', data, '--port', '0', '--speed', String(speed), '--log-level', 'error']
  const child = spawn(process.execPath, [program, ...words], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, DATABASE_URL: '', XIANFU_ADMIN_PASSWORD: password },
  })
  const url = await untilReady(child)
  const call = await signedIn(url)
  const startedInMs = performance.now() - begun
  return {
    startedInMs,
    accounts: await payableAccounts(call),
    priceOf,
    ask: async (deed) => answerTo(call, deed),
    kill: async () => ended(child, 'SIGKILL'),
    killDatabase: async () => killPostmaster(data),
    stop: async () => ended(child, 'SIGINT'),
  }
}

const fen = microYuan(10_000n)

/** As the server quotes it: the house's plans have prices and nothing else. */
const priceOf = (price: Price, energy: WattHours): MicroYuan =>
  roundAmount(addAmounts(exactAmount(costOf(energy, price)), noAmount), 'up', fen)

const payableAccounts = async (call: Call): Promise<HouseProcess['accounts']> => {
  const { meters } = await call(listMeters)
  const byAccount = new Map<number, Price | null>()
  for (const { id, account } of meters) {
    if (account === null || byAccount.has(account.id)) continue
    const { agreement } = await call(readMeter, { params: { id } })
    const [price, ...others] = agreement?.prices ?? []
    byAccount.set(account.id, price === undefined || others.length > 0 ? null : parsePrice(price))
  }
  return [...byAccount].map(([accountId, price]) => ({ accountId, price }))
}

const answerTo = async (call: Call, deed: Deed): Promise<DeedAnswer> => {
  const { kind, accountId, key, kwh } = deed
  const amount = yuanText(deed.amount)
  const params = { id: accountId }
  try {
    if (kind === 'refund') {
      const given = await call(refund, { params, body: { key, amount, reason: 'soak' } })
      return { kind: 'done', id: given.operationId, fresh: given.fresh, why: '' }
    }
    const wish = kwh === null ? {} : { wish: { kind: 'energy', kwh } as const }
    const paid = await call(topUp, { params, body: { key, amount, ...wish } })
    return { kind: 'done', id: paid.paymentId, fresh: paid.fresh, why: '' }
  } catch (error) {
    if (!(error instanceof RequestError)) throw error
    const why = error.problem?.code ?? `status ${String(error.status)}`
    if (error.status === 0 || error.problem === null) return { kind: 'gone', why }
    return error.status >= 500 ? { kind: 'unsure', why } : { kind: 'refused', why }
  }
}

const signedIn = async (url: string): Promise<Call> => {
  const answer = await fetch(`${url}${signIn.path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ login: 'admin', password }),
  })
  if (!answer.ok) throw new Error(`nobody could sign in: ${String(answer.status)}`)
  const cookie = answer.headers.getSetCookie()[0]?.split(';')[0] ?? ''
  return createClient(url, async (address, init) =>
    fetch(address, {
      ...init,
      headers: { ...init.headers, cookie },
      signal: AbortSignal.timeout(answerWithinMs),
    }),
  )
}

const untilReady = async (child: ChildProcess): Promise<string> =>
  new Promise((resolve, reject) => {
    const said: string[] = []
    const fail = (why: string): void => {
      clearTimeout(timer)
      child.kill('SIGKILL')
      reject(new Error(`the server ${why}:\n${said.slice(-20).join('\n')}`))
    }
    const timer = setTimeout(() => fail('was not ready in time'), startWithinMs)
    const onLine = (line: string): void => {
      said.push(line)
      if (said.length > linesKept) said.shift()
      const url = /is ready:\s+(\S+)/u.exec(line)?.[1]
      if (url === undefined) return
      clearTimeout(timer)
      child.removeAllListeners('exit')
      resolve(url)
    }
    if (child.stdout !== null) createInterface(child.stdout).on('line', onLine)
    if (child.stderr !== null) createInterface(child.stderr).on('line', onLine)
    child.once('exit', (code) => fail(`ended with code ${String(code)}`))
  })

const killPostmaster = async (data: string): Promise<void> => {
  const cluster = await findCluster(data)
  if (cluster === undefined) throw new Error('there is no database to kill')
  const pid = Number((await readFile(join(cluster, 'postmaster.pid'), 'utf8')).split('\n')[0])
  process.kill(pid, 'SIGKILL')
}

const ended = async (child: ChildProcess, signal: 'SIGINT' | 'SIGKILL'): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return
  const over = new Promise((resolve) => child.once('close', resolve))
  child.kill(signal)
  await over
}
