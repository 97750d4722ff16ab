import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { Command, Option } from 'commander'
import { audit } from '../../flow/audit.ts'
import { sealLedger } from '../../flow/seal-ledger.ts'
import { verifyLedger } from '../../flow/verify-ledger.ts'
import { seeded, type Answer } from '../../flow/testing/ledger-workload.ts'
import { furnish, yuan } from '../../flow/testing/site.ts'
import type { Connection } from '../../store/connection.ts'
import { openDatabase, type Database } from '../../store/database.ts'
import { migrate } from '../../store/migrate.ts'
import { deadlocks, expectedBalances, missingOperations, otherConnections } from '../../store/soak.ts'
import { startEmbeddedPostgres } from '../embedded-postgres/start-embedded-postgres.ts'
import { anchoredClock } from '../system-clock.ts'
import type { WriterOrder } from './soak-writer.ts'

/** Ten minutes of the books pass in a second. */
const clockRate = 600
/** A round lasts so long at most before the writers are killed. */
const longestRoundMs = 4_000
const shortestRoundMs = 300

type Options = Readonly<{ minutes: number; writers: number; accounts: number; seed: number }>

const say = (text: string): void => {
  process.stdout.write(`${text}\n`)
}

const number = (text: string): number => Number(text)

/** `npm run soak:ledger`: writers, killed again and again in the middle of their work; after each death the books are proven. */
export const main = async (argv: readonly string[]): Promise<number> => {
  const program = new Command('soak:ledger')
    .description('kill -9 the writers of a busy ledger again and again, and prove the books each time')
    .addOption(new Option('--minutes <n>', 'how long').argParser(number).default(1))
    .addOption(new Option('--writers <n>', 'at once, in one process').argParser(number).default(16))
    .addOption(new Option('--accounts <n>', 'that all of them write to').argParser(number).default(4))
    .addOption(new Option('--seed <n>', 'of chance').argParser(number).default(Date.now() % 1_000_000))
    .parse([...argv])
  const folder = await mkdtemp(join(tmpdir(), 'xianfu-soak-'))
  const postgres = await startEmbeddedPostgres({ dataDirectory: folder, onProgress: () => undefined })
  const database = openDatabase({ connection: postgres.connection, onError: () => undefined, maxConnections: 1 })
  try {
    await migrate(database)
    return await soak(database, postgres.connection, program.opts<Options>())
  } finally {
    await database.close()
    await postgres.stop()
    await rm(folder, { recursive: true, force: true })
  }
}

const soak = async (database: Database, connection: Connection, options: Options): Promise<number> => {
  const { minutes, writers, accounts, seed } = options
  const anchor = { virtualMs: Date.UTC(2026, 0, 5), realMs: Date.now(), rate: clockRate }
  const clock = anchoredClock(anchor)
  const site = await furnish(database, clock, { accounts, metersEach: 1, opening: yuan(50) })
  const random = seeded(seed)
  const acknowledged: Answer[] = []
  const started = performance.now()
  let [rounds, writingMs] = [0, 0]
  say(`seed ${String(seed)}: ${String(writers)} writers on ${String(accounts)} accounts, durable commits`)
  while (performance.now() - started < minutes * 60_000) {
    rounds += 1
    const lifeMs = shortestRoundMs + random() * (longestRoundMs - shortestRoundMs)
    const order: WriterOrder = { connection, seed: seed + rounds, writers, anchor, site }
    const answers = await killedAfter(order, lifeMs)
    writingMs += lifeMs
    acknowledged.push(...answers)
    while ((await otherConnections(database)) > 0) await sleep(20)
    const wrong = await proven(database, answers)
    if (wrong.length > 0) {
      say(`round ${String(rounds)} (killed after ${lifeMs.toFixed(0)} ms):`)
      for (const line of wrong) say(`  WRONG ${line}`)
      return 1
    }
  }
  const sealed = await timed(async () => sealLedger({ database, clock }))
  const verified = await timed(async () => verifyLedger(database))
  const rate = (ms: number): string => ((verified.result.transfers / ms) * 1_000).toFixed(0)
  say(
    `sealed ${String(verified.result.transfers)} transfers at ${rate(sealed.ms)} a second, verified at ${rate(verified.ms)}`,
  )
  const wrong = (await audit(database)).flatMap(({ name, wrong: lines }) => lines.map((line) => `${name}: ${line}`))
  report({ acknowledged, rounds, writingMs, deadlocks: await deadlocks(database), wrong })
  return wrong.length === 0 ? 0 : 1
}

const timed = async <T>(work: () => Promise<T>): Promise<Readonly<{ result: T; ms: number }>> => {
  const started = performance.now()
  const result = await work()
  return { result, ms: performance.now() - started }
}

/** Runs the writers in a process of their own and kills it; what it had told until then was acknowledged. */
const killedAfter = async (order: WriterOrder, lifeMs: number): Promise<readonly Answer[]> => {
  const script = fileURLToPath(new URL('../../../bin/soak-ledger.js', import.meta.url))
  const child = spawn(process.execPath, [script, 'writer', JSON.stringify(order)], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let [text, complaint, begun] = ['', '', false]
  const ended = new Promise<NodeJS.Signals | null>((resolve) => {
    child.once('close', (_, signal) => resolve(signal))
  })
  const firstWord = new Promise<void>((resolve) => {
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk
      begun = true
      resolve()
    })
  })
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    complaint += chunk
  })
  // Its life is counted from its first word, so that a slow start on a busy machine does not count as work.
  await Promise.race([firstWord, ended])
  if (begun) await sleep(lifeMs)
  child.kill('SIGKILL')
  const signal = await ended
  if (signal !== 'SIGKILL') throw new Error(`a writer ended by itself: ${complaint}`)
  const complete = text.slice(0, text.lastIndexOf('\n') + 1)
  return complete
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Answer)
}

const proven = async (database: Database, answers: readonly Answer[]): Promise<readonly string[]> => {
  const done = answers.flatMap(({ ok, operationId }) => (ok && operationId !== null ? [operationId] : []))
  const lost = (await missingOperations(database, done)).map((id) => `acknowledged and lost: ${id}`)
  const unequal = (await expectedBalances(database))
    .filter(({ expected, prepayment, frozen }) => prepayment + frozen !== expected)
    .map(({ accountId }) => `account ${String(accountId)} has not what was asked of it`)
  return [...lost, ...unequal]
}

type Report = Readonly<{
  acknowledged: readonly Answer[]
  rounds: number
  writingMs: number
  deadlocks: number
  wrong: readonly string[]
}>

const report = ({ acknowledged, rounds, writingMs, deadlocks: met, wrong }: Report): void => {
  const rate = (acknowledged.length / writingMs) * 1_000
  say(`${String(rounds)} times killed and proven; ${String(acknowledged.length)} answers, ${rate.toFixed(0)} a second`)
  say(`deadlocks: ${String(met)}`)
  const kinds = [...new Set(acknowledged.map(({ kind }) => kind))].toSorted((a, b) => (a < b ? -1 : 1))
  for (const kind of kinds) {
    const own = acknowledged.filter((answer) => answer.kind === kind)
    const times = own.map(({ tookMs }) => tookMs).toSorted((a, b) => a - b)
    const at = (share: number): string => (times[Math.floor((times.length - 1) * share)] ?? 0).toFixed(1)
    const done = String(own.filter(({ ok }) => ok).length)
    say(
      `${kind.padEnd(9)} ${String(own.length).padStart(7)} asked, ${done.padStart(7)} done; p50 ${at(0.5)} ms, p99 ${at(0.99)} ms`,
    )
  }
  for (const line of wrong) say(`WRONG ${line}`)
  if (wrong.length === 0) say('the audit finds nothing wrong')
}
