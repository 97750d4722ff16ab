import { parseVillage, startVillage, anchoredClock as villageClock, type RunningVillage } from '@xianfu/simulator'
import { uuidv7 } from 'uuidv7'
import type { Clock } from '../../domain/clock.ts'
import { microYuan, price } from '../../domain/quantity.ts'
import { enrol } from '../../flow/enrol.ts'
import type { FlowContext } from '../../flow/process.ts'
import { createHeadend } from '../../headend/create-headend.ts'
import type { HeadendLimits } from '../../headend/limits.ts'
import type { Database } from '../../store/database.ts'
import { startHouse, type House } from '../house.ts'
import { anchoredClock, type ClockAnchor } from '../system-clock.ts'

export type FieldPlan = Readonly<{
  database: Database
  /** Server and meters live by it. */
  anchor: ClockAnchor
  gateways: number
  metersPerGateway: number
  /** Of chance in the village. */
  seed: number
  line?: Readonly<{ noise?: number; loss?: number }>
  meter?: Readonly<Record<string, unknown>>
  /** Keys of one meter, by its place in the village. */
  ownKeys?: (index: number) => Readonly<Record<string, unknown>>
  limits?: Partial<HeadendLimits>
  log?: FlowContext['log']
}>

/** A house and a virtual field that live in one process, under one clock that may run fast. */
export type VirtualField = Readonly<{
  clock: Clock
  village: RunningVillage
  house(): House
  /** Ends the server as a stop does, waits so long, and starts it again on the same port. */
  restart(awayMs: number): Promise<void>
  stop(): Promise<void>
}>

const ids = { uuid: uuidv7 }
const timeZone = 'Asia/Shanghai'
const oneYuan = 1_000_000n
const gatewayId = (index: number): string => `g${String(index + 1)}`
const addressOf = (index: number): string => String(index + 1).padStart(12, '0')

/**
 * Waits are machine time, so a clock that runs fast makes them long: a meter that was given up for half a minute would
 * be missed for hours.
 */
const quickLimits: Partial<HeadendLimits> = {
  registrationSettleMs: 20,
  gatewayLatencyMs: 50,
  shortestLatencyMs: 20,
  guardMs: 20,
  backOffFirstMs: 200,
  backOffLongestMs: 2_000,
}

export const openVirtualField = async (plan: FieldPlan): Promise<VirtualField> => {
  const { database, anchor } = plan
  const clock = anchoredClock(anchor)
  const parsed = parseVillage(villageOf(plan))
  if (!parsed.ok) throw new Error(parsed.problems.join('; '))
  await enrolField(plan, clock)
  let port = 0
  const open = async (): Promise<House> => {
    const log = (): void => undefined
    const headend = createHeadend({
      clock,
      listen: { host: '127.0.0.1', port },
      log,
      limits: { ...quickLimits, ...plan.limits },
    })
    return startHouse({ database, clock, ids, headend, owner: ids.uuid(), log: plan.log ?? log })
  }
  let house = await open()
  port = house.gatewayPort
  const village = await startVillage({
    village: parsed.value,
    clock: villageClock(anchor),
    headend: { host: '127.0.0.1', port },
  })
  return {
    clock,
    village,
    house: () => house,
    async restart(awayMs) {
      await house.stop()
      await clock.delay(awayMs)
      house = await open()
    },
    async stop() {
      await house.stop()
      await village.stop()
    },
  }
}

const villageOf = ({ gateways, metersPerGateway, seed, line, meter, ownKeys }: FieldPlan): unknown => ({
  name: 'virtual field',
  timeZone,
  seed,
  gateways: Array.from({ length: gateways }, (_, gateway) => ({
    id: gatewayId(gateway),
    mode: 'dials-in',
    registration: gatewayId(gateway),
    reconnectMs: 50,
    line: { timing: 'none', ...line },
    meters: Array.from({ length: metersPerGateway }, (__, place) => {
      const index = gateway * metersPerGateway + place
      return {
        address: addressOf(index),
        name: `meter ${String(index + 1)}`,
        constantWatts: 200 + 40 * (index % 20),
        memory: { profileMinutes: 30 },
        ...meter,
        ...ownKeys?.(index),
      }
    }),
  })),
})

const enrolField = async ({ database, gateways, metersPerGateway }: FieldPlan, clock: Clock): Promise<void> => {
  const enrolled = await enrol(database, clock, ids, {
    site: { name: 'virtual field', timeZone, readingIntervalMinutes: 30, servicePhone: '10000', signature: 'field' },
    pricePlans: [{ name: 'flat', plan: { kind: 'flat', price: price(5_000_000_000n) } }],
    gateways: Array.from({ length: gateways }, (_, index) => ({
      code: gatewayId(index),
      link: { kind: 'dials-in', registration: gatewayId(index), heartbeat: null },
      baudRate: 9_600,
      parity: 'even',
    })),
    accounts: Array.from({ length: gateways * metersPerGateway }, (_, index) => ({
      number: String(100_001 + index),
      customer: { name: `customer ${String(index + 1)}`, phone: '10000000000', language: 'zh' },
      protected: false,
      meters: [
        {
          gateway: gatewayId(Math.floor(index / metersPerGateway)),
          address: addressOf(index),
          place: `room ${String(index + 1)}`,
          passwordLevel: 2,
          password: '000000',
          maximumWatts: 20_000,
        },
      ],
      agreement: {
        thresholds: { alarm1: microYuan(0n), alarm2: microYuan(0n), cutOff: microYuan(0n), restore: microYuan(0n) },
        noticeLeadMs: 0,
        reconnect: 'direct-close',
        tripWindow: { fromMinute: 0, toMinute: 1_440, weekdays: [] },
        pricePlan: 'flat',
      },
      openingPayment: microYuan(10_000n * oneYuan),
    })),
  })
  if (!enrolled.ok) throw new Error(`the field was not enrolled: ${JSON.stringify(enrolled)}`)
}
