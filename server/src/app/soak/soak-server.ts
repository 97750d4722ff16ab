import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Command, InvalidArgumentError, Option } from 'commander'
import { audit } from '../../flow/audit.ts'
import { seeded } from '../../flow/testing/ledger-workload.ts'
import { openDatabase } from '../../store/database.ts'
import { timesDone, type AskedOnce } from '../../store/soak.ts'
import { findRunningPostgres } from '../embedded-postgres/running.ts'
import { createCounter, type Deed } from './soak-counter.ts'
import { startHouseProcess, type HouseProcess } from './soak-house.ts'

/** A round's work before the kill, elapsed time. */
const shortestLifeMs = 150
const longestLifeMs = 2_500
/** Time of the village passes so fast; slow enough that no month ends within an hour of rounds. */
const speed = 60

/** Who dies: the server, the server and its database at once, or the database first, under the server's hands. */
const deaths = ['server', 'both', 'database-first'] as const
type Death = (typeof deaths)[number]
/** How long a server lives on without its database before it is killed. */
const withoutDatabaseMs = 200

export type SoakOptions = Readonly<{ rounds: number; writers: number; seed: number; auditEvery: number }>

const say = (text: string): void => {
  process.stdout.write(`${text}\n`)
}

const whole = (text: string): number => {
  const value = Number(text)
  if (!Number.isInteger(value) || value < 1 || value > 10_000)
    throw new InvalidArgumentError('It must be a whole number from 1 to 10000.')
  return value
}

/** `npm run soak:server`: the whole server, killed again and again while people pay over HTTP; each time all is proven. */
export const main = async (argv: readonly string[]): Promise<number> => {
  const program = new Command('soak:server')
    .description('kill -9 the whole server under payments over HTTP, restart it, and prove every acknowledged one')
    .addOption(new Option('--rounds <n>', 'how often it is killed').argParser(whole).default(50))
    .addOption(new Option('--writers <n>', 'people at the counter at once').argParser(whole).default(8))
    .addOption(new Option('--audit-every <n>', 'rounds between two whole audits').argParser(whole).default(1))
    .addOption(new Option('--seed <n>', 'of chance').argParser(whole).default((Date.now() % 10_000) + 1))
    .parse([...argv])
  const folder = await mkdtemp(join(tmpdir(), 'xianfu-soak-server-'))
  // The database may run as another user than we do.
  await chmod(folder, 0o755)
  try {
    return await soak(folder, program.opts<SoakOptions>())
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

type Tally = { deeds: Deed[]; startsMs: number[]; deaths: Record<Death, number>; cutOff: number; lateTwins: number }

const soak = async (folder: string, options: SoakOptions): Promise<number> => {
  const { rounds, writers, seed } = options
  const random = seeded(seed)
  const tally: Tally = {
    deeds: [],
    startsMs: [],
    deaths: { server: 0, both: 0, 'database-first': 0 },
    cutOff: 0,
    lateTwins: 0,
  }
  say(
    `seed ${String(seed)}: ${String(rounds)} rounds, ${String(writers)} people at the counter, village at time ×${String(speed)}`,
  )
  let house = await startHouseProcess(folder, speed)
  say(`first start, with a new database: ${(house.startedInMs / 1_000).toFixed(1)} s`)
  try {
    for (let round = 1; round <= rounds; round += 1) {
      const death = deaths[Math.floor(random() * deaths.length)] ?? 'server'
      const lifeMs = shortestLifeMs + random() * (longestLifeMs - shortestLifeMs)
      const counter = createCounter(house, { random, writers, name: `${String(seed)}/${String(round)}` })
      const work = counter.work()
      await sleep(lifeMs)
      await kill(house, death)
      const deeds = await work
      tally.deaths[death] += 1
      house = await startHouseProcess(folder, speed)
      tally.startsMs.push(house.startedInMs)
      const wrong = await proven(house, folder, deeds, {
        tally,
        wholly: round % options.auditEvery === 0 || round === rounds,
      })
      tally.deeds.push(...deeds)
      if (wrong.length > 0) {
        say(`round ${String(round)} (${death} killed after ${lifeMs.toFixed(0)} ms):`)
        for (const line of wrong) say(`  WRONG ${line}`)
        return 1
      }
      say(roundText(round, death, lifeMs, deeds, house))
    }
  } finally {
    await house.stop()
  }
  report(tally)
  return 0
}

const kill = async (house: HouseProcess, death: Death): Promise<void> => {
  if (death === 'server') return house.kill()
  if (death === 'both') {
    await Promise.all([house.killDatabase(), house.kill()])
    return undefined
  }
  await house.killDatabase()
  await sleep(withoutDatabaseMs)
  return house.kill()
}

/**
 * What was acknowledged is there exactly once, and asked again under its key it is told as done before. What was cut off
 * without an answer is asked again, and is then there exactly once too; what was refused is not there at all. And the
 * books are right.
 */
const proven = async (
  house: HouseProcess,
  folder: string,
  deeds: readonly Deed[],
  { tally, wholly }: Readonly<{ tally: Tally; wholly: boolean }>,
): Promise<readonly string[]> => {
  const wrong: string[] = []
  for (const deed of deeds) {
    if (deed.outcome === 'refused') continue
    const again = await house.ask(deed)
    // Never done, and by now a rule stands against it: it must not be in the books.
    if (deed.outcome === 'cut-off' && again.kind === 'refused') {
      deed.outcome = 'refused'
      continue
    }
    if (again.kind !== 'done') {
      wrong.push(`${deed.kind} ${deed.key} was ${deed.outcome}, and asked again it is ${again.kind}: ${again.why}`)
      continue
    }
    if (deed.outcome === 'done' && (again.fresh || again.id !== deed.id))
      wrong.push(
        `${deed.kind} ${deed.key} was acknowledged as ${deed.id}, and asked again it was done anew as ${again.id}`,
      )
    if (deed.outcome === 'cut-off') {
      tally.cutOff += 1
      if (!again.fresh) tally.lateTwins += 1
    }
    deed.id = again.id
  }
  return [...wrong, ...(await inTheBooks(folder, deeds, wholly))]
}

const inTheBooks = async (folder: string, deeds: readonly Deed[], wholly: boolean): Promise<readonly string[]> => {
  const connection = await findRunningPostgres(folder)
  if (connection === undefined) return ['the database of the running server was not found']
  const database = openDatabase({ connection, onError: () => undefined, maxConnections: 1 })
  try {
    const found = (await timesDone(database, deeds.map(askedOnce))).filter(
      ({ operations, transfers, amount, asked }, index) => {
        const times = deeds[index]?.outcome === 'refused' ? 0 : 1
        return operations !== times || transfers !== times || amount !== (times === 0 ? 0n : asked.amount)
      },
    )
    const books = wholly ? await audit(database) : []
    return [
      ...found.map(
        ({ asked: { key }, operations, transfers, amount }) =>
          `${key} is there as ${String(operations)} operations and ${String(transfers)} transfers of ${amount.toString()}`,
      ),
      ...books.flatMap(({ name, wrong }) => wrong.map((line) => `${name}: ${line}`)),
    ]
  } finally {
    await database.close()
  }
}

const askedOnce = ({ accountId, key, kind, amount }: Deed): AskedOnce => ({
  accountId,
  key,
  transfer: kind === 'refund' ? 'refund' : 'payment',
  amount,
})

const count = (deeds: readonly Deed[], outcome: Deed['outcome']): string =>
  String(deeds.filter((deed) => deed.outcome === outcome).length)

const roundText = (round: number, death: Death, lifeMs: number, deeds: readonly Deed[], house: HouseProcess): string =>
  [
    `round ${String(round).padStart(3)}`,
    `${death.padEnd(14)} after ${lifeMs.toFixed(0).padStart(4)} ms`,
    `${count(deeds, 'done').padStart(4)} acknowledged`,
    `${count(deeds, 'cut-off').padStart(3)} cut off`,
    `${count(deeds, 'refused').padStart(3)} refused`,
    `up again in ${(house.startedInMs / 1_000).toFixed(1)} s`,
  ].join('  ')

const report = ({ deeds, startsMs, deaths: died, cutOff, lateTwins }: Tally): void => {
  const sorted = startsMs.toSorted((a, b) => a - b)
  const at = (share: number): string => ((sorted[Math.floor((sorted.length - 1) * share)] ?? 0) / 1_000).toFixed(1)
  const kinds = ['top-up', 'energy', 'refund'] as const
  const done = (kind: Deed['kind']) => deeds.filter((deed) => deed.kind === kind && deed.outcome === 'done').length
  say('')
  say(`killed: ${deaths.map((death) => `${death} ${String(died[death])}`).join(', ')}`)
  say(
    `acknowledged ${count(deeds, 'done')} (${kinds.map((kind) => `${kind} ${String(done(kind))}`).join(', ')}): each there exactly once`,
  )
  say(
    `cut off without an answer ${String(cutOff)}, of which ${String(lateTwins)} had been done; asked again, each is there exactly once`,
  )
  say(`up again in p50 ${at(0.5)} s, worst ${at(1)} s; the audit found nothing wrong`)
}
