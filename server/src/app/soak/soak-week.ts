import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Command, Option } from 'commander'
import { audit } from '../../flow/audit.ts'
import { seeded } from '../../flow/testing/ledger-workload.ts'
import { openDatabase, type Database } from '../../store/database.ts'
import { migrate } from '../../store/migrate.ts'
import { fallingRegisters, gapFigures, intervalFigures, openGapsBefore, watchedMeters } from '../../store/soak-week.ts'
import { startEmbeddedPostgres } from '../embedded-postgres/start-embedded-postgres.ts'
import { openVirtualField, type VirtualField } from './virtual-field.ts'

type Options = Readonly<{
  gateways: number
  meters: number
  days: number
  rate: number
  seed: number
  loss: number
  noise: number
}>

const hourMs = 3_600_000
const dayMs = 24 * hourMs
const halfHourMs = 1_800_000
/** Midnight in Shanghai. */
const start = Date.parse('2026-11-22T16:00:00Z')
const gatewayAwayMs = 2 * hourMs
const serverAwayMs = 20 * 60_000
/** Clocks run so fast or slow at most: ten seconds a day. */
const mostDriftPpm = 116
/** What is left at the end has to be found in so long, elapsed time. */
const patienceMs = 300_000

const say = (text: string): void => {
  process.stdout.write(`${text}\n`)
}
const number = (text: string): number => Number(text)
const percent = (part: number, whole: number): string => `${((part / Math.max(1, whole)) * 100).toFixed(2)} %`

/**
 * `npm run soak:week`: a village whose days pass quickly, with all that goes wrong in a field, and every half hour looked
 * for afterwards. Ends with 1 when one is missing that its meter remembers, or the books are not right.
 */
export const main = async (argv: readonly string[]): Promise<number> => {
  const program = new Command('soak:week')
    .description(
      'collect a village for days of virtual time, with gateways and server away, lost frames and wrong clocks',
    )
    .addOption(new Option('--gateways <n>', 'how many').argParser(number).default(2))
    .addOption(new Option('--meters <n>', 'behind each of them').argParser(number).default(10))
    .addOption(new Option('--days <n>', 'of virtual time').argParser(number).default(2))
    .addOption(new Option('--rate <n>', 'virtual seconds in a second').argParser(number).default(600))
    .addOption(new Option('--loss <p>', 'probability that a frame is lost').argParser(number).default(0.01))
    .addOption(
      new Option('--noise <p>', 'probability that a bit of a frame is flipped').argParser(number).default(0.001),
    )
    .addOption(new Option('--seed <n>', 'of chance').argParser(number).default(Date.now() % 1_000_000))
    .parse([...argv])
  const folder = await mkdtemp(join(tmpdir(), 'xianfu-soak-'))
  const postgres = await startEmbeddedPostgres({ dataDirectory: folder, onProgress: () => undefined })
  const database = openDatabase({ connection: postgres.connection, onError: () => undefined })
  try {
    await migrate(database)
    return await soak(database, program.opts<Options>())
  } finally {
    await database.close()
    await postgres.stop()
    await rm(folder, { recursive: true, force: true })
  }
}

const soak = async (database: Database, options: Options): Promise<number> => {
  const { gateways, meters, days, rate, seed, loss, noise } = options
  say(
    `${String(gateways)} gateways × ${String(meters)} meters, ${String(days)} days at ${String(rate)} times the speed, ` +
      `${percent(loss, 1)} of frames lost, ${percent(noise, 1)} corrupted, seed ${String(seed)}`,
  )
  const chance = seeded(seed)
  const errors: string[] = []
  const drift = (): number => Math.round((chance() * 2 - 1) * mostDriftPpm)
  const drifts = Array.from({ length: gateways * meters }, drift)
  const field = await openVirtualField({
    database,
    anchor: { virtualMs: start, realMs: Date.now(), rate },
    gateways,
    metersPerGateway: meters,
    seed,
    line: { loss, noise },
    ownKeys: (index) => ({ clockDriftPpm: drifts[index] ?? 0, memory: { profileMinutes: 30, profileRecords: 2_000 } }),
    log: ({ level, what, detail }) => {
      if (level === 'error') errors.push(`${what}: ${String(detail)}`)
    },
  })
  try {
    for (let day = 0; day < days; day += 1) await liveDay(field, options, day, chance)
    const end = start + days * dayMs
    await comeTo(field, end + halfHourMs)
    await allFound(database, field, end)
    return await report(database, end, errors)
  } finally {
    await field.stop()
  }
}

type Event = Readonly<{ at: number; run: () => Promise<void> }>

/** Each gateway is away for two hours at some time of the day, and the server for some minutes. */
const liveDay = async (
  field: VirtualField,
  { gateways, rate }: Options,
  day: number,
  chance: () => number,
): Promise<void> => {
  const from = start + day * dayMs
  const events: Event[] = []
  for (let index = 0; index < gateways; index += 1) {
    const gateway = field.village.gateway(`g${String(index + 1)}`)
    const away = from + hourMs + chance() * (dayMs - gatewayAwayMs - 2 * hourMs)
    events.push({ at: away, run: async () => gateway?.setOffline(true) })
    events.push({ at: away + gatewayAwayMs, run: async () => gateway?.setOffline(false) })
  }
  const stop = from + hourMs + chance() * (dayMs - 3 * hourMs)
  events.push({ at: stop, run: async () => field.restart(serverAwayMs / rate) })
  for (const { at, run } of events.toSorted((a, b) => a.at - b.at)) {
    await comeTo(field, at)
    await run()
  }
  await comeTo(field, from + dayMs)
  say(`day ${String(day + 1)} is over`)
}

const comeTo = async (field: VirtualField, at: number): Promise<void> => {
  const wait = at - field.clock.now()
  if (wait > 0) await sleep(wait / field.clock.rate)
}

/** Until nothing that ended before `end` is still to be found. */
const allFound = async (database: Database, field: VirtualField, end: number): Promise<void> => {
  const until = performance.now() + patienceMs
  for (;;) {
    const { swept } = await watchedMeters(database)
    if ((swept ?? 0) >= end && (await openGapsBefore(database, end)) === 0) return
    if (performance.now() > until) return
    await sleep(Math.max(50, halfHourMs / field.clock.rate / 4))
  }
}

const report = async (database: Database, end: number, errors: readonly string[]): Promise<number> => {
  const { expected, covered, reRead } = await intervalFigures(database, end)
  const figures = await gapFigures(database, end)
  const sum = (is: (one: (typeof figures)[number]) => boolean): number =>
    figures.filter(is).reduce((total, { intervals }) => total + intervals, 0)
  const forgotten = sum(({ state, because }) => state !== 'open' && because === 'no-record')
  const remembered = expected - forgotten
  say(`half hours of all meters      ${String(expected)}`)
  say(`read in time                  ${String(covered - reRead)}  ${percent(covered - reRead, expected)}`)
  say(`found later in the meters     ${String(reRead)}`)
  say(`their meter has no record     ${String(forgotten)}`)
  say(`recovered of those remembered ${percent(covered, remembered)}`)
  say('by cause:')
  for (const { reason, state, because, intervals } of figures)
    say(`  ${reason.padEnd(14)} ${state.padEnd(10)} ${(because ?? '').padEnd(13)} ${String(intervals).padStart(7)}`)
  const falling = await fallingRegisters(database)
  const books = (await audit(database)).filter(({ wrong }) => wrong.length > 0)
  for (const { name, wrong } of books) say(`WRONG ${name}: ${wrong.slice(0, 3).join('; ')}`)
  for (const error of errors.slice(0, 5)) say(`error: ${error}`)
  const isRight = covered >= remembered && falling === 0 && books.length === 0
  say(
    isRight
      ? 'every half hour that a meter remembers is there, no register falls, and the books are right'
      : `NOT RIGHT: ${String(remembered - covered)} half hours, ${String(falling)} falling registers, ${String(books.length)} checks of the books`,
  )
  return isRight ? 0 : 1
}
