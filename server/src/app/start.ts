import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { uuidv7 } from 'uuidv7'
import { createApi } from '../api/create-api.ts'
import type { Clock } from '../domain/clock.ts'
import { createDeeds } from '../flow/deeds.ts'
import { enrol } from '../flow/enrol.ts'
import { createFieldPurchaseWriter } from '../flow/field-purchase-writer.ts'
import { createPay } from '../flow/pay.ts'
import { createDoor } from '../flow/sign-in.ts'
import type { Database } from '../store/database.ts'
import { migrate } from '../store/migrate.ts'
import { setCompanyInterval } from '../store/schedules.ts'
import { firstSite } from '../store/settings.ts'
import { holdInstallation } from '../store/installation-lock.ts'
import type { Config } from './config.ts'
import { demonstrationArchive } from './demonstration/archive.ts'
import { runCustomers } from './demonstration/customers.ts'
import { demonstrationTimeZone } from './demonstration/households.ts'
import { demonstrationVillage } from './demonstration/village.ts'
import { ensureFirstOperator, firstLogin, signInFile } from './first-operator.ts'
import { startHouse } from './house.ts'
import { startLiveHub } from './live-hub.ts'
import { settleMode, StartRefused, type Mode } from './one-server.ts'
import { openHeadend } from './open-headend.ts'
import { openHouseDatabase } from './open-house-database.ts'
import { keepDemonstrationClock, resumeDemonstrationClock } from './running-clock.ts'
import { createSay, sayFlow, type Say } from './say.ts'
import { startSimulator } from './simulator-process.ts'
import { anchoredClock, systemClock, type ClockAnchor } from './system-clock.ts'

export type Running = Readonly<{
  /** Address of the console. */
  url: string
  gatewayPort: number
  database: Database
  clock: Clock
  /** Port of the virtual village's door for experimenters, null in the field. */
  villagePort(): number | null
  /** Resolves, with the reason in words, when this server must stop because another has its place. */
  displaced: Promise<string>
  stop(): Promise<void>
}>

const ids = { uuid: uuidv7 }
const defaultReadingInterval = 30
const builtConsole = fileURLToPath(new URL('../../../web/dist/app/', import.meta.url))

/** What was opened, to be closed in the opposite order, whatever happened in between. */
type Closers = { name: string; close(): Promise<void> }[]

/** The main job: everything from the database to the console. Throws {@link StartRefused} with one clear line. */
export const start = async (config: Config): Promise<Running> => {
  let now = (): number => Date.now()
  const say = createSay(config.logLevel, () => now())
  const closers: Closers = []
  const stop = async (): Promise<void> => {
    for (const closer of closers.splice(0).reverse())
      await closer.close().catch((error: unknown) => say.log('error', `${closer.name} did not stop cleanly`, error))
  }
  try {
    let displace: (why: string) => void = () => undefined
    const displaced = new Promise<string>((resolve) => {
      displace = resolve
    })
    const tellClock = (clock: Clock): void => {
      now = () => clock.now()
    }
    return { ...(await open(config, say, closers, tellClock, displace)), displaced, stop }
  } catch (error) {
    await stop()
    throw toRefusal(error, config)
  }
}

const open = async (
  config: Config,
  say: Say,
  closers: Closers,
  tellClock: (clock: Clock) => void,
  displaced: (why: string) => void,
): Promise<Omit<Running, 'stop' | 'displaced'>> => {
  say.line('database: starting')
  const { database, close } = await openHouseDatabase(
    config,
    (text) => say.line(text),
    (error) => say.log('warn', 'database', error),
  )
  closers.push({ name: 'database', close })
  const hold = await holdInstallation(database, {
    self: ids.uuid(),
    delay: async (...asked) => systemClock().delay(...asked),
    onTaken: () => displaced('another server has taken this database while the connection was away'),
  })
  if (hold === null)
    throw new StartRefused('another server runs on this database; stop it first, or use another --data folder')
  closers.push({ name: 'installation lock', close: hold })
  await migrate(database, { onProgress: (text) => say.line(text) })
  const mode = await settleMode(database, config.mode)
  const { clock, anchor } = await chooseClock(config, mode, database)
  tellClock(clock)
  if (mode === 'demonstration') keepClock(database, clock, closers)
  const password = await ensureFirstOperator(database, config.data, config.adminPassword)
  const site = await prepareSite(config, mode, database, clock, say)

  const listen = gatewayAddress(config, mode)
  const headend = await openHeadend(config, { mode, listen, clock, say })
  const log = sayFlow(say)
  const stopping = new AbortController()
  const purchaseWriter = createFieldPurchaseWriter({ database, log }, headend, stopping.signal)
  const measurementDays = config.keepMeasurements
  const house = await startHouse({
    database,
    clock,
    ids,
    headend,
    owner: ids.uuid(),
    log,
    purchaseWriter,
    measurementDays,
  })
  closers.push({
    name: 'field side',
    close: async () => {
      stopping.abort()
      await house.stop()
    },
  })
  const pay = createPay(database, clock, ids)
  const villagePort =
    mode === 'demonstration' ? await openVillage(config, say, closers, { house, pay, anchor, clock }) : () => null

  const live = new AbortController()
  const hub = await startLiveHub(database, clock, live.signal)
  const webRoot = existsSync(join(builtConsole, 'index.html')) ? builtConsole : null
  const door = await createDoor(database)
  const api = await createApi({
    database,
    clock,
    door,
    pay,
    ...createDeeds(house.context, headend, house.readNow),
    live: hub,
    system: {
      name: site?.name ?? '先付 Xianfu',
      timeZone: site?.timeZone ?? demonstrationTimeZone,
      demonstration: mode === 'demonstration',
      readingIntervalMinutes: site?.readingIntervalMinutes ?? defaultReadingInterval,
    },
    webRoot,
    ...(config.trustedProxy !== undefined && { trustedProxies: config.trustedProxy }),
    log: (error) => say.log('error', 'request failed', error instanceof Error ? (error.cause ?? error) : error),
  })
  closers.push({
    name: 'console',
    close: async () => {
      live.abort()
      await api.close()
    },
  })
  const url = await api.listen({ host: config.host, port: config.port })
  announce(say, { config, mode, url, gatewayPort: house.gatewayPort, password })
  return { url, gatewayPort: house.gatewayPort, database, clock, villagePort }
}

const chooseClock = async (
  config: Config,
  mode: Mode,
  database: Database,
): Promise<{ clock: Clock; anchor: ClockAnchor }> => {
  if (config.clock !== undefined) return { clock: anchoredClock(config.clock), anchor: config.clock }
  if (mode === 'demonstration') return resumeDemonstrationClock(database, config.speed, demonstrationTimeZone)
  return { clock: systemClock(), anchor: { virtualMs: 0, realMs: 0, rate: 1 } }
}

const keepClock = (database: Database, clock: Clock, closers: Closers): void => {
  const stopping = new AbortController()
  const kept = keepDemonstrationClock(database, clock, stopping.signal)
  closers.push({
    name: 'clock',
    close: async () => {
      stopping.abort()
      await kept
    },
  })
}

const prepareSite = async (config: Config, mode: Mode, database: Database, clock: Clock, say: Say) => {
  if (mode === 'demonstration' && (await firstSite(database)) === null) {
    const made = await enrol(
      database,
      clock,
      ids,
      demonstrationArchive(config.readingInterval ?? defaultReadingInterval),
    )
    if (made.ok)
      say.line(`demonstration: ${String(made.meters)} meters behind ${String(made.gateways)} gateways enrolled`)
  }
  const interval = config.readingInterval
  if (interval !== undefined) await database.transaction(async (sql) => setCompanyInterval(sql, interval, clock.now()))
  return firstSite(database)
}

const gatewayAddress = (config: Config, mode: Mode): { host: string; port: number } => ({
  host: config.gatewayHost ?? (mode === 'demonstration' ? '127.0.0.1' : '0.0.0.0'),
  port: config.gatewayPort ?? (mode === 'demonstration' ? 0 : 8645),
})

type VillageParts = Readonly<{
  house: Awaited<ReturnType<typeof startHouse>>
  pay: ReturnType<typeof createPay>
  anchor: ClockAnchor
  clock: Clock
}>

const openVillage = async (
  config: Config,
  say: Say,
  closers: Closers,
  { house, pay, anchor, clock }: VillageParts,
): Promise<() => number | null> => {
  const folder = join(config.data, 'village')
  const headend = { host: '127.0.0.1', port: house.gatewayPort }
  const simulator = await startSimulator({ village: demonstrationVillage(), folder, headend, anchor, clock, say })
  const stopping = new AbortController()
  const customers = runCustomers(house.context, pay, stopping.signal)
  closers.push({
    name: 'virtual village',
    close: async () => {
      stopping.abort()
      await customers
      await simulator.stop()
    },
  })
  return simulator.controlPort
}

type Announcement = Readonly<{ config: Config; mode: Mode; url: string; gatewayPort: number; password: string | null }>

const announce = (say: Say, { config, mode, url, gatewayPort, password }: Announcement): void => {
  say.line('')
  say.line(`Xianfu 先付 is ready:  ${url}`)
  say.line(
    `  sign in 登录:        ${firstLogin} / ${password ?? `(password in ${signInFile(config.data)}, unless changed)`}`,
  )
  if (mode === 'demonstration')
    say.line(
      `  demonstration 演示:  one hour of the village passes in ${String(Math.round(3_600 / config.speed))} seconds; gateways on port ${String(gatewayPort)}`,
    )
  else say.line(`  gateways dial in on  port ${String(gatewayPort)}`)
  say.line('  stop 停止:           Ctrl-C')
  say.line('')
}

/** Errors that a person can mend become one line that says how. */
const toRefusal = (error: unknown, config: Config): unknown => {
  if (!(error instanceof Error) || !('code' in error)) return error
  const { code } = error
  const port = 'port' in error ? String(error.port) : String(config.port)
  const flag = port === String(config.port) ? '--port' : '--gateway-port'
  if (code === 'EADDRINUSE')
    return new StartRefused(`port ${port} is in use; stop the program that has it, or choose another with ${flag}`)
  if (code === 'EACCES' && 'syscall' in error && error.syscall === 'listen')
    return new StartRefused(`port ${port} may not be opened by this user; choose one above 1023 with ${flag}`)
  if (code === 'EADDRNOTAVAIL')
    return new StartRefused(
      `${'address' in error ? String(error.address) : config.host} is no address of this machine; correct --host or --gateway-host`,
    )
  return error
}
