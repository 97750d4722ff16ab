#!/usr/bin/env node
/**
 * `npm run bench:million [-- --meters 10000,100000,1000000]`: one full cycle of so many virtual meters.
 * Gateways of two hundred meters dial in over loopback TCP, every meter is asked for its registers, its status word and
 * its power in DL/T 645 frames, and each reading is settled into the ledger. Server, simulator and PostgreSQL are processes
 * of their own; time, reads, processor time and memory of each are printed, and what the database grew by.
 */
import { execFile, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs, promisify } from 'node:util'
import { uuidv7 } from 'uuidv7'
import { startEmbeddedPostgres } from '../../server/dist/app/embedded-postgres/start-embedded-postgres.js'
import { systemClock } from '../../server/dist/app/system-clock.js'
import { sealLedger } from '../../server/dist/flow/seal-ledger.js'
import { settleReadings } from '../../server/dist/flow/settle.js'
import { connectionUrl } from '../../server/dist/store/connection.js'
import { openDatabase } from '../../server/dist/store/database.js'
import { migrate } from '../../server/dist/store/migrate.js'
import { populate } from '../settle/population.mjs'
import { weighProcesses } from './weigh.mjs'

const { values } = parseArgs({
  options: {
    meters: { type: 'string', default: '10000,100000,1000000' },
    'within-minutes': { type: 'string', default: '20' },
    'keep-logs': { type: 'boolean', default: false },
    /** Folder for a processor profile of the server. */
    profile: { type: 'string' },
    /** Folder in which enrolled archives are kept: enrolling a million takes minutes. Of the same day and migrations only. */
    archives: { type: 'string' },
    /** Further words for the server's Node, as one text. */
    node: { type: 'string', default: '' },
  },
})
const metersPerGateway = 200
const dayMs = 86_400_000
const lookEveryMs = 1_000
const serverProgram = fileURLToPath(new URL('../../server/bin/xianfu.js', import.meta.url))
const simulatorProgram = fileURLToPath(new URL('../../simulator/bin/xianfu-simulator.js', import.meta.url))
const tell = (text) => process.stderr.write(`${text}\n`)
const say = (text) => process.stdout.write(`${text}\n`)
const onError = (error) => tell(String(error))
const megabytes = (bytes) => Math.round(bytes / 1024 / 1024)

/** The first registers of the simulator's meters, less what shall be charged for in the cycle. */
const firstReading = (meterId, at) => {
  const number = meterId - 1
  const rates = [(number % 997) * 100, (number % 991) * 1_000, (number % 983) * 2_000, (number % 977) * 1_000]
  const ratesWh = rates.map((wh) => BigInt(Math.max(0, wh - 300)))
  return {
    meterId,
    at,
    registers: { totalWh: ratesWh.reduce((sum, wh) => sum + wh, 0n), ratesWh },
    powerMilliwatts: 0,
    obtained: 'scheduled',
    status: { relay: 'closed', relayCommand: 'closed', keepPower: false, alarm: false },
  }
}

/** Archives, agreements, and the reading before the cycle, so that every reading of the cycle is charged. */
const enrol = async (database, meters) => {
  // Of the day before: what was read in the present turn of the schedule would not be read again.
  const at = Date.now() - dayMs
  await populate(database, { meters, now: at })
  await database.query(`update gateway set registration = 'XF-g' || id, code = 'XF-g' || id`)
  // No other cycle may begin within the run.
  await database.query('update site set reading_interval_minutes = 1440')
  // The cycle is that of the registers; what else is collected has paces of its own.
  await database.query(
    `insert into reading_schedule (scope, data_set, minutes, changed_at)
     select 'company', s, null, now() from unnest(array['instantaneous', 'events', 'states', 'demand', 'freeze', 'parameters']) s`,
  )
  await database.query(`insert into setting (key, value) values ('mode', '"field"') on conflict do nothing`)
  for (let from = 1; from <= meters; from += 1_000) {
    const many = Math.min(1_000, meters - from + 1)
    const batch = Array.from({ length: many }, (_, index) => firstReading(from + index, at))
    await settleReadings(database, { uuid: uuidv7 }, batch, at)
    if (from % 100_000 === 1 && from > 1) tell(`  ${from - 1} meters have their first reading`)
  }
  // As after a day of running: the daily look at each meter is spread over the day, and no gap is unknown.
  await database.query(`update meter set checked_at = now() - (id % 86400) * interval '1 second', watched_since = $1`, [
    new Date(at),
  ])
  tell('  sealing what was charged so far …')
  await sealLedger({ database, clock: systemClock() })
  await database.query('vacuum analyze')
}

const startServer = async (url, data, logs) => {
  const words = ['start', '--data', data, '--mode', 'field', '--port', '0', '--gateway-host', '127.0.0.1']
  const profiling = values.profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${values.profile}`]
  // As `npm start` starts it.
  const program = [
    '--max-semi-space-size=32',
    ...values.node.split(' ').filter((word) => word !== ''),
    ...profiling,
    serverProgram,
    ...words,
    '--gateway-port',
    '0',
    '--log-level',
    'warn',
  ]
  const child = spawn(process.execPath, program, {
    stdio: ['ignore', 'pipe', logs ? 'inherit' : 'ignore'],
    env: { ...process.env, DATABASE_URL: url, XIANFU_ADMIN_PASSWORD: 'only-for-this-bench' },
  })
  const port = await new Promise((resolve, reject) => {
    child.on('exit', (code) => reject(new Error(`the server has ended with ${code}`)))
    createInterface(child.stdout).on('line', (line) => {
      const found = /gateways dial in on\s+port (\d+)/u.exec(line)
      if (found) resolve(Number(found[1]))
      else if (logs || values.node !== '') tell(`server: ${line}`)
    })
  })
  return { child, port }
}

const startVillage = async (folder, gateways, port) => {
  const file = join(folder, 'village.json')
  const generate = { mode: 'dials-in', registration: 'XF-{id}', gateways, metersPerGateway, line: { timing: 'none' } }
  await writeFile(file, JSON.stringify({ name: 'million', timeZone: 'Asia/Shanghai', generate }))
  const words = [simulatorProgram, `--village=${file}`, `--headend=127.0.0.1:${port}`, '--with-parent']
  const child = spawn(process.execPath, words, { stdio: ['pipe', 'ignore', 'ignore'] })
  return child
}

const ended = async (child, signal) => {
  if (child.exitCode !== null) return
  const over = new Promise((resolve) => child.once('exit', resolve))
  child.kill(signal)
  await Promise.race([over, sleep(30_000)])
  if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL')
}

const readingsSoFar = async (database) => {
  const [row] = await database.query(
    `select coalesce(sum(good), 0)::bigint as good, coalesce(sum(held), 0)::bigint as held,
            coalesce(sum(failed), 0)::bigint as failed from read_count`,
  )
  return { good: Number(row.good), held: Number(row.held), failed: Number(row.failed) }
}

const sizeOf = async (database) =>
  Number((await database.query('select pg_database_size(current_database()) as bytes'))[0].bytes)

/** Waits until every meter is read; answers when that was, in milliseconds from the first reading. */
const cycle = async (database, meters, before, weights, withinMs) => {
  const deadline = Date.now() + withinMs
  let firstAt = null
  let told = Date.now()
  for (;;) {
    await sleep(lookEveryMs)
    const now = await readingsSoFar(database)
    const read = now.good + now.held + now.failed - before.good - before.held - before.failed
    const at = Date.now()
    if (read > 0 && firstAt === null) firstAt = at - lookEveryMs
    await weights.look()
    if (read >= meters) return { tookMs: at - firstAt, now }
    if (at > deadline) throw new Error(`only ${read} of ${meters} meters were read in time`)
    if (at - told > 10_000) {
      told = at
      tell(`  ${read} of ${meters} read; server ${megabytes(weights.peak('server'))} MB`)
    }
  }
}

const openData = async (dataDirectory) => {
  const postgres = await startEmbeddedPostgres({
    dataDirectory,
    settings: { shared_buffers: '1GB', max_wal_size: '4GB' },
    onProgress: () => undefined,
  })
  const url = connectionUrl(postgres.connection)
  const database = openDatabase({ connection: { connectionString: url }, maxConnections: 2, onError })
  const close = async () => {
    await database.close()
    await postgres.stop()
  }
  return { url, database, close }
}

/** With its owner: PostgreSQL does not run as root, and its files are not root's. */
const copy = async (from, to) => promisify(execFile)('cp', ['-a', from, to])

/** A database with so many meters enrolled, in `data`. */
const prepare = async (data, meters) => {
  const kept = values.archives === undefined ? null : join(values.archives, String(meters))
  if (kept !== null && existsSync(kept)) {
    tell(`${meters} meters: enrolled before`)
    return copy(kept, data)
  }
  tell(`${meters} meters: enrolling …`)
  const { database, close } = await openData(data)
  try {
    await migrate(database)
    await enrol(database, meters)
  } finally {
    await close()
  }
  if (kept !== null) await copy(data, kept)
}

const measure = async (meters) => {
  const folder = await mkdtemp(join(tmpdir(), 'xianfu-million-'))
  await chmod(folder, 0o711)
  const data = join(folder, 'data')
  await prepare(data, meters)
  const { url, database, close } = await openData(data)
  const children = []
  try {
    const sizeBefore = await sizeOf(database)
    const before = await readingsSoFar(database)
    const postmaster = Number(
      (await readFile(join(folder, 'data', 'cluster', 'postmaster.pid'), 'utf8')).split('\n')[0],
    )
    const startMs = performance.now()
    const server = await startServer(url, join(folder, 'server'), values['keep-logs'])
    children.push(server.child)
    const startSeconds = (performance.now() - startMs) / 1_000
    const village = await startVillage(folder, Math.ceil(meters / metersPerGateway), server.port)
    children.push(village)
    const weights = weighProcesses({ server: server.child.pid, simulator: village.pid, postgres: postmaster })
    const { tookMs, now } = await cycle(database, meters, before, weights, Number(values['within-minutes']) * 60_000)
    const [charged] = await database.query(
      `select count(*) as transfers from transfer where kind = 'energy-charge' and posted_at > $1`,
      [new Date(Date.now() - tookMs - 600_000)],
    )
    return {
      meters,
      seconds: tookMs / 1_000,
      failed: now.failed - before.failed,
      held: now.held - before.held,
      charges: Number(charged.transfers),
      growth: ((await sizeOf(database)) - sizeBefore) / meters,
      startSeconds,
      cpu: weights.cpuSeconds(),
      peak: (name) => megabytes(weights.peak(name)),
    }
  } finally {
    for (const child of children.reverse()) await ended(child, 'SIGINT')
    await close()
    await rm(folder, { recursive: true, force: true })
  }
}

say(`one cycle of real DL/T 645 reads, settled; ${cpus().length} cores for all, Node ${process.versions.node}`)
say(
  '  meters   cycle s   reads/s   CPU µs a read: server/simulator/postgres   peak MB: server/simulator/postgres   bytes a reading   failed  held  charged',
)
for (const meters of values.meters.split(',').map(Number)) {
  const one = await measure(meters)
  const micro = (name) => Math.round((one.cpu[name] / meters) * 1_000_000)
  say(
    [
      String(meters).padStart(8),
      one.seconds.toFixed(0).padStart(9),
      String(Math.round(meters / one.seconds)).padStart(9),
      `${micro('server')} / ${micro('simulator')} / ${micro('postgres')}`.padStart(46),
      `${one.peak('server')} / ${one.peak('simulator')} / ${one.peak('postgres')}`.padStart(37),
      String(Math.round(one.growth)).padStart(17),
      String(one.failed).padStart(8),
      String(one.held).padStart(5),
      String(one.charges).padStart(8),
    ].join(' '),
  )
}
