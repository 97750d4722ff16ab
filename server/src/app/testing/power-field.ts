import { parseVillage, startVillage, systemClock, type RunningVillage, type VillageInput } from '@xianfu/simulator'
import { uuidv7 } from 'uuidv7'
import type { Clock } from '../../domain/clock.ts'
import { price } from '../../domain/quantity.ts'
import { enrol } from '../../flow/enrol.ts'
import { createPay } from '../../flow/pay.ts'
import { createReadNow } from '../../flow/read-now.ts'
import { yuan } from '../../flow/testing/site.ts'
import { createHeadend } from '../../headend/create-headend.ts'
import type { Database } from '../../store/database.ts'
import { startHouse, type House } from '../house.ts'
import { clockFrom } from '../../domain/testing/machine-clock.ts'
import { until as untilIt } from '../../domain/testing/until.ts'

type VillageMeter = NonNullable<VillageInput['gateways']>[number]['meters'][number]

export type PowerPlace = Readonly<{
  place: string
  gateway: string
  reconnect?: 'direct-close' | 'permit-close'
  /** What is special about its meter in the field; the archive knows nothing of it. */
  meter?: Omit<VillageMeter, 'address' | 'name'>
}>

export type CommandRow = Readonly<{
  id: string
  kind: string
  state: string
  attempts: number
  failure: string | null
}>

/** Both walks on a real database, with virtual meters behind gateways over real TCP, and a wall clock moved by hand. */
export type PowerField = Readonly<{
  database: Database
  house: House
  village: RunningVillage
  move(ms: number): void
  meter(place: string): NonNullable<ReturnType<RunningVillage['meter']>>
  meterId(place: string): Promise<number>
  /** Uses more than is left, half an hour later, and reads it. */
  useUp(place: string): Promise<void>
  read(place: string): Promise<void>
  pay(place: string, amount: number): Promise<void>
  /** The newest command of a kind. */
  command(place: string, kind: string): Promise<CommandRow | undefined>
  untilCommand(place: string, kind: string, state: string, attempts?: number): Promise<CommandRow>
  /** Kinds of work items about a place, open ones plain, closed ones with why. */
  items(place: string): Promise<readonly string[]>
  notices(place: string): Promise<readonly string[]>
  steps(commandId: string): Promise<readonly string[]>
  until(what: string, holds: () => Promise<boolean> | boolean): Promise<void>
  close(): Promise<void>
}>

/** A Wednesday, 11:00 in Shanghai. */
const startAt = Date.parse('2026-11-25T03:00:00Z')
const halfHour = 30 * 60_000
const patienceMs = 25_000
const baudRate = 38_400

const movableClock = (): Clock & { move(ms: number): void } => {
  const clock = clockFrom(startAt)
  let moved = 0
  return {
    ...clock,
    now: () => clock.now() + moved,
    move: (ms) => {
      moved += ms
    },
  }
}

const addressAt = (index: number): string => String(202_611_000_001 + index)

export const createPowerField = async (database: Database, places: readonly PowerPlace[]): Promise<PowerField> => {
  const clock = movableClock()
  const ids = { uuid: uuidv7 }
  const gateways = [...new Set(places.map(({ gateway }) => gateway))]
  const enrolled = await enrol(database, clock, ids, {
    site: {
      name: 'Site',
      timeZone: 'Asia/Shanghai',
      readingIntervalMinutes: 30,
      servicePhone: '95598',
      signature: 'Site',
    },
    pricePlans: [{ name: 'flat', plan: { kind: 'flat', price: price(10_000_000_000n) } }],
    gateways: gateways.map((code) => ({
      code,
      link: { kind: 'dials-in', registration: code, heartbeat: null },
      baudRate,
      parity: 'even',
    })),
    accounts: places.map(({ place, gateway, reconnect = 'direct-close' }, index) => ({
      number: String(60_001 + index),
      customer: { name: place, phone: '10000000001', language: 'en' },
      protected: false,
      meters: [
        { gateway, address: addressAt(index), place, passwordLevel: 2, password: '000000', maximumWatts: 100_000 },
      ],
      agreement: {
        thresholds: { alarm1: yuan(0.02), alarm2: yuan(0.01), cutOff: yuan(0), restore: yuan(1) },
        noticeLeadMs: 0,
        reconnect,
        tripWindow: { fromMinute: 0, toMinute: 1_440, weekdays: [0, 1, 2, 3, 4, 5, 6] },
        pricePlan: 'flat',
      },
      openingPayment: yuan(5),
    })),
  })
  if (!enrolled.ok) throw new Error(enrolled.code)
  const headend = createHeadend({
    clock,
    listen: { host: '127.0.0.1', port: 0 },
    log: () => undefined,
    // A relay that is stuck is looked at for half a second, not for two: a test has many attempts to sit through.
    limits: { proofAtMs: [0, 150, 500] },
  })
  const logged: string[] = []
  const house = await startHouse({
    database,
    clock,
    ids,
    headend,
    owner: ids.uuid(),
    log: ({ what }) => void logged.push(what),
    clockMovedByHand: true,
  })
  const parsed = parseVillage({
    name: 'power faults',
    timeZone: 'Asia/Shanghai',
    gateways: gateways.map((id) => ({
      id,
      mode: 'dials-in',
      registration: id,
      reconnectMs: 100,
      line: { baudRate, parity: 'even' },
      meters: places.flatMap(({ place, gateway, meter }, index) =>
        gateway === id
          ? [{ memory: { daily: false, settlement: false }, ...meter, address: addressAt(index), name: place }]
          : [],
      ),
    })),
  })
  if (!parsed.ok) throw new Error(parsed.problems.join('; '))
  const village = await startVillage({
    village: parsed.value,
    clock: { ...systemClock(), now: () => clock.now() },
    headend: { host: '127.0.0.1', port: house.gatewayPort },
  })
  const readNow = createReadNow(house.context, headend)
  const pay = createPay(database, clock, ids)

  const until = async (what: string, holds: () => Promise<boolean> | boolean): Promise<void> =>
    untilIt(what, holds, { patienceMs, everyMs: 20, known: () => logged.slice(-20) })
  const meter = (place: string) => {
    const found = village.meter(addressAt(places.findIndex((one) => one.place === place)))
    if (found === undefined) throw new Error(`there is no ${place}`)
    return found
  }
  const row = async (place: string): Promise<{ id: number; account_id: number; balance: bigint }> => {
    const [found] = await database.query<{ id: number; account_id: number; balance: bigint }>(
      `select m.id, m.account_id, l.credits - l.debits as balance from meter m
       join ledger_account l on l.account_id = m.account_id and l.code = 'customer-prepayment' where m.place = $1`,
      [place],
    )
    if (found === undefined) throw new Error(`there is no ${place}`)
    return found
  }
  const command = async (place: string, kind: string): Promise<CommandRow | undefined> => {
    const [found] = await database.query<CommandRow>(
      `select c.id, c.kind, c.state, c.attempts, c.failure from relay_command c join meter m on m.id = c.meter_id
       where m.place = $1 and c.kind = $2 order by c.at desc, c.id desc limit 1`,
      [place, kind],
    )
    return found
  }
  const read = async (place: string): Promise<void> => {
    const { id } = await row(place)
    let told: Awaited<ReturnType<typeof readNow>> = { ok: false, code: 'gateway-offline' }
    await until(`${place} is read`, async () => (told = await readNow(id)).ok)
    if (!told.ok) throw new Error(told.code)
  }
  let payments = 0
  const field: PowerField = {
    database,
    house,
    village,
    move: (ms) => clock.move(ms),
    meter,
    meterId: async (place) => (await row(place)).id,
    read,
    async useUp(place) {
      const { balance } = await row(place)
      // Used before the time passes: else a round that is due just then would find no time for so much energy.
      meter(place).change({ addWh: Number(balance / 1_000n) + 1_000 })
      clock.move(halfHour)
      await read(place)
    },
    async pay(place, amount) {
      payments += 1
      const { account_id: accountId } = await row(place)
      const key = `payment ${String(payments)}`
      const paid = await pay({ accountId, key, amount: yuan(amount), channel: 'cash-counter', operatorId: null })
      if (!paid.ok) throw new Error(paid.code)
    },
    command,
    async untilCommand(place, kind, state, attempts) {
      let found: CommandRow | undefined
      const isSo = async () => {
        found = await command(place, kind)
        return found?.state === state && (attempts === undefined || found.attempts === attempts)
      }
      await until(`${place}: ${kind} ${state} ${String(attempts ?? '')}`, isSo).catch((error: unknown) => {
        throw new Error(`${String(error)}; it is ${JSON.stringify(found)}`)
      })
      if (found === undefined) throw new Error('it was found and is not')
      return found
    },
    async items(place) {
      const rows = await database.query<{ words: string }>(
        `select w.kind || case when w.closed_at is null then '' else ' ' || w.closed_because end as words
         from work_item w join meter m on m.id = w.meter_id where m.place = $1 order by w.id`,
        [place],
      )
      return rows.map(({ words }) => words)
    },
    async notices(place) {
      const rows = await database.query<{ notice: string }>(
        'select n.notice from message n join meter m on m.account_id = n.account_id where m.place = $1 order by n.id',
        [place],
      )
      return rows.map(({ notice }) => notice)
    },
    async steps(commandId) {
      const rows = await database.query<{ kind: string }>(
        'select kind from command_event where command_id = $1 order by id',
        [commandId],
      )
      return rows.map(({ kind }) => kind)
    },
    until,
    async close() {
      await village.stop()
      await house.stop()
    },
  }
  await until('all gateways are online', () => headend.gateways().every(({ online }) => online))
  for (const { place } of places) await read(place)
  return field
}
