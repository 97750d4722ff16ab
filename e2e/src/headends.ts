import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { readNow, requestCommand } from '@xianfu/contract'
import { Pool, type QueryResultRow } from 'pg'
import { makeDataFolder, startServer, until, type RunningServer } from './running-server.ts'

/**
 * A house and a second process with a headend on one database, virtual gateways on both. The second one is killed while
 * it reads its meters and carries out commands: its gateways redial to the house, which reads what was not read yet and
 * looks at each meter before it repeats a command.
 */
export type Takeover = Readonly<{
  meters: number
  /** Meters whose gateways the killed process held, and of those the ones that it had read. */
  held: number
  readBefore: number
  /** From the kill: until the house has all gateways, has read every meter, and every command is proven. */
  gatewaysMs: number
  cycleMs: number
  commandsMs: number
  /** Scheduled readings of each meter in the cycle. */
  readings: readonly number[]
  /** Times that each commanded meter has obeyed. */
  obeyed: readonly number[]
}>

const run = promisify(execFile)
const program = fileURLToPath(new URL('../../server/bin/xianfu.js', import.meta.url))
const simulator = fileURLToPath(new URL('../../simulator/bin/xianfu-simulator.js', import.meta.url))
const stepWithinMs = 60_000
const dayMinutes = 1_440

export type TakeoverOptions = Readonly<{ gateways: number; metersPerGateway: number; commands: number }>

const addressOf = (number: number): string => String(number).padStart(12, '0')

const siteFile = ({ gateways, metersPerGateway }: TakeoverOptions): object => ({
  site: {
    name: 'Two processes',
    timeZone: 'Asia/Shanghai',
    // One cycle is as long as the whole story.
    readingIntervalMinutes: dayMinutes,
    servicePhone: '10000',
    signature: '供电所',
  },
  pricePlans: [{ name: 'flat', kind: 'flat', price: '0.5380' }],
  gateways: Array.from({ length: gateways }, (_, index) => ({
    code: `GW-${String(index + 1)}`,
    link: 'dials-in',
    registration: `XF-g${String(index + 1)}.`,
    heartbeat: null,
    baudRate: 9600,
  })),
  accounts: Array.from({ length: gateways * metersPerGateway }, (_, index) => ({
    number: String(10_001 + index),
    customer: { name: `Room ${String(index + 1)}`, phone: '10000000001' },
    meters: [
      {
        gateway: `GW-${String(Math.floor(index / metersPerGateway) + 1)}`,
        address: addressOf(index + 1),
        place: `Room ${String(index + 1)}`,
        maximumWatts: 40_000,
      },
    ],
    agreement: { pricePlan: 'flat' },
    openingPayment: '500.00',
  })),
})

/** Lines as slow as real ones, so that a cycle takes long enough to be killed in. */
const villageFile = ({ gateways, metersPerGateway }: TakeoverOptions): object => ({
  name: 'two processes',
  timeZone: 'Asia/Shanghai',
  generate: {
    mode: 'dials-in',
    registration: 'XF-{id}.',
    gateways,
    metersPerGateway,
    reconnectMs: 500,
    line: { baudRate: 9600 },
  },
})

type Headend = Readonly<{ child: ChildProcess; port: number }>

const startHeadend = async (data: string): Promise<Headend> => {
  const words = ['headend', '--data', data, '--gateway-host', '127.0.0.1', '--gateway-port', '0']
  const child = spawn(process.execPath, [program, ...words], { stdio: ['ignore', 'pipe', 'inherit'] })
  const port = await new Promise<number>((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`the headend has ended with ${String(code)}`)))
    createInterface(child.stdout).on('line', (line) => {
      const found = /dial in on port (\d+)/u.exec(line)
      if (found !== null) resolve(Number(found[1]))
    })
  })
  return { child, port }
}

type Village = Readonly<{ child: ChildProcess; obeyed(address: string, action: string): Promise<number> }>

const startVillage = async (file: string, ports: readonly number[]): Promise<Village> => {
  const headends = ports.map((port) => `127.0.0.1:${String(port)}`).join(',')
  const child = spawn(
    process.execPath,
    [simulator, `--village=${file}`, `--headend=${headends}`, '--control-port=0', '--with-parent'],
    { stdio: ['pipe', 'pipe', 'ignore'] },
  )
  const control = await new Promise<number>((resolve) => {
    createInterface(child.stdout).once('line', (line) =>
      resolve((JSON.parse(line) as { controlPort: number }).controlPort),
    )
  })
  return {
    child,
    obeyed: async (address, action) => {
      const answer = await fetch(`http://127.0.0.1:${String(control)}/meters/${address}`)
      const { obeyed } = (await answer.json()) as { obeyed: { action: string }[] }
      return obeyed.filter((one) => one.action === action).length
    },
  }
}

const rowsOf = async (data: string) => {
  const client = new Pool({ max: 3, host: join(data, 'cluster.socket'), user: 'xianfu', database: 'xianfu' })
  return {
    count: async (text: string, values: unknown[] = []): Promise<number> =>
      Number((await client.query<{ n: string }>(text, values)).rows[0]?.n ?? 0),
    list: async <Row extends QueryResultRow>(text: string, values: unknown[] = []): Promise<Row[]> =>
      (await client.query<Row>(text, values)).rows,
    end: async () => client.end(),
  }
}
type Rows = Awaited<ReturnType<typeof rowsOf>>

export const playTakeover = async (options: TakeoverOptions): Promise<Takeover> =>
  withTwoProcesses(options, async (players) => killInMidCycle(options, players))

/** A house, a headend beside it, and virtual gateways on both, for as long as it is played. */
export const withTwoProcesses = async <T>(
  options: TakeoverOptions,
  play: (players: Players) => Promise<T>,
): Promise<T> => {
  const folder = await makeDataFolder()
  const files = await mkdtemp(join(tmpdir(), 'xianfu-files-'))
  const ends: (() => Promise<unknown>)[] = [
    async () => folder.remove(),
    async () => rm(files, { recursive: true, force: true }),
  ]
  try {
    await writeFile(join(files, 'site.json'), JSON.stringify(siteFile(options)))
    await writeFile(join(files, 'village.json'), JSON.stringify(villageFile(options)))
    const house = await startServer(folder.path, { mode: 'field' })
    ends.push(async () => house.stop())
    await run(process.execPath, [program, 'enrol', join(files, 'site.json'), '--data', folder.path])
    const headend = await startHeadend(folder.path)
    ends.push(async () => kill(headend.child))
    const rows = await rowsOf(folder.path)
    ends.push(async () => rows.end())
    const village = await startVillage(join(files, 'village.json'), [headend.port, house.gatewayPort])
    ends.push(async () => {
      village.child.stdin?.end()
    })
    return await play({ house, headend, village, rows })
  } finally {
    for (const end of ends.reverse()) await end().catch(() => undefined)
  }
}

export const kill = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGKILL')
  await ended
}

export type Players = Readonly<{ house: RunningServer; headend: Headend; village: Village; rows: Rows }>

const scheduled = `select count(*) as n from reading where obtained = 'scheduled'`
const heldByHeadend = `from meter m join gateway g on g.id = m.gateway_id join headend_process h on h.id = g.headend_id
  where h.kind = 'headend' and h.ended_at is null`

const killInMidCycle = async (options: TakeoverOptions, players: Players): Promise<Takeover> => {
  const { house, headend, village, rows } = players
  const meters = options.gateways * options.metersPerGateway
  await until(
    'gateways are on both',
    async () => (await rows.count('select count(*) as n from gateway where online')) === options.gateways,
    stepWithinMs,
  )
  const held = await rows.list<{ id: number; address: string }>(`select m.id, m.address ${heldByHeadend} order by m.id`)
  await until('a part of the cycle is over', async () => (await rows.count(scheduled)) > meters / 4, stepWithinMs)
  const commanded = held.slice(0, options.commands)
  await askElsewhere(house, commanded[0]?.id ?? 0)
  for (const { id } of commanded) await command(house, id)
  await until(
    'a command has left',
    async () => (await rows.count(`select count(*) as n from relay_command where state <> 'queued'`)) > 0,
    stepWithinMs,
  )
  const ids = held.map(({ id }) => id)
  const readBefore = await rows.count(`${scheduled} and meter_id = any($1)`, [ids])
  await kill(headend.child)
  const killedMs = performance.now()
  const since = async (what: string, ask: () => Promise<boolean>): Promise<number> => {
    await until(what, ask, stepWithinMs).catch(async (error: unknown) => {
      throw new Error(await commandLives(rows), { cause: error })
    })
    return performance.now() - killedMs
  }
  const [gatewaysMs, cycleMs, commandsMs] = await Promise.all([
    since('the house has all gateways', async () => {
      const away = `select count(*) as n from gateway g left join headend_process h on h.id = g.headend_id
        where not g.online or h.kind is distinct from 'house'`
      return (await rows.count(away)) === 0
    }),
    since('every meter is read', async () => {
      const read = `select count(distinct meter_id) as n from reading where obtained = 'scheduled'`
      return (await rows.count(read)) === meters
    }),
    since('every command is proven', async () => {
      const proven = `select count(*) as n from relay_command where kind = 'keep-power-on' and state = 'verified'`
      return (await rows.count(proven)) === commanded.length
    }),
  ])
  const perMeter = await rows.list<{ n: string }>(
    `select count(*) as n from reading where obtained = 'scheduled' group by meter_id`,
  )
  return {
    meters,
    held: held.length,
    readBefore,
    gatewaysMs,
    cycleMs,
    commandsMs,
    readings: perMeter.map(({ n }) => Number(n)),
    obeyed: await Promise.all(commanded.map(async ({ address }) => village.obeyed(address, 'keep-power-on'))),
  }
}

/** What became of the commands, for whoever must find out why one was not proven. */
const commandLives = async (rows: Rows): Promise<string> => {
  const events = await rows.list<{ line: string }>(
    `select c.meter_id || ' ' || c.state || ' | ' || to_char(e.real_at, 'MI:SS.MS') || ' ' || e.kind || ' ' || e.text as line
     from relay_command c join command_event e on e.command_id = c.id order by c.meter_id, e.id`,
  )
  return events.map(({ line }) => line).join('\n')
}

/** The house answers for a meter whose gateway the other process holds. */
const askElsewhere = async (house: RunningServer, id: number): Promise<void> => {
  await house.call(readNow, { params: { id } })
}

const command = async (house: RunningServer, id: number): Promise<void> => {
  const body = { key: randomUUID(), kind: 'keep-power-on', reason: 'a rehearsal' } as const
  await house.call(requestCommand, { params: { id }, body })
}

const print = (text: string): void => {
  process.stdout.write(`${text}\n`)
}

const most = (counts: readonly number[]): number => Math.max(0, ...counts)

/** Plays it with more meters than the test does, and prints what was measured. */
export const main = async (): Promise<number> => {
  print('starting a house, a second process with a headend, and a virtual field at 9600 bit/s …')
  const seen = await playTakeover({ gateways: 20, metersPerGateway: 20, commands: 10 })
  const seconds = (ms: number): string => (ms / 1_000).toFixed(1)
  print(
    `${String(seen.meters)} meters; the second process held ${String(seen.held)} and had read ${String(seen.readBefore)}`,
  )
  print(`kill -9; after ${seconds(seen.gatewaysMs)} s the house has all gateways,`)
  print(
    `after ${seconds(seen.cycleMs)} s every meter is read, after ${seconds(seen.commandsMs)} s every command is proven`,
  )
  print(
    `most scheduled readings of a meter: ${String(most(seen.readings))}; most times that a meter obeyed: ${String(most(seen.obeyed))}`,
  )
  return most(seen.readings) === 1 && most(seen.obeyed) === 1 ? 0 : 1
}
