import {
  createFrameReader,
  decodeReply,
  encodeFrame,
  encodeRequest,
  type Frame,
  type Reply,
  type Request,
} from '@xianfu/protocols'
import { lineSchema, type LineOptions } from '../line/line-options.ts'
import { Rs485Line } from '../line/line.ts'
import { halfHourOfYear, type LoadProfile } from '../load/load-profile.ts'
import { meterSchema, modelOf } from '../meter/meter-options.ts'
import type { RateTimetable } from '../meter/rate-timetable.ts'
import { RegisterBank } from '../meter/register-bank.ts'
import { VirtualMeter } from '../meter/virtual-meter.ts'
import { seededRandom } from '../random.ts'
import { handClock, type HandClock } from '../time/hand-clock.ts'
import { zoneOf } from '../time/local-time.ts'
import type { z } from 'zod'

export type LabOptions = Readonly<{
  /** Wall time at the beginning, UTC epoch ms. */
  now: number
  rate?: number
  timeZone?: string
  timetable?: RateTimetable
  /** As in a village file, with addresses and names of their own when left out. */
  meters: readonly Readonly<Partial<z.input<typeof meterSchema>>>[]
  line?: Readonly<Partial<LineOptions>>
  loads?: LoadProfile
  seed?: number
}>

export type Lab = Readonly<{
  clock: HandClock
  meters: readonly VirtualMeter[]
  line: Rs485Line
  /** All that the gateway has heard, a piece for each delivery. */
  heard: readonly Uint8Array[]
  /** The frames in it. */
  frames(): readonly Frame[]
  /** Sends, lets time pass until something is heard, and answers with the first frame; null after `patienceMs`. */
  ask(request: Request | Frame, patienceMs?: number): Frame | null
  /** The same in the words of the codec; null also for an answer that it does not understand. */
  reply(request: Request, patienceMs?: number): Reply | null
}>

const noLoads: LoadProfile = {
  households: [],
  halfHours(household) {
    throw new RangeError(`no load of household ${household}`)
  },
}

const flat: RateTimetable = [{ fromMinute: 0, rate: 3 }]

/**
 * A line with meters on it under a clock moved by hand: no sockets, no waiting, the same every time.
 *
 * @example
 * const lab = createLab({ now: Date.UTC(2026, 0, 1), meters: [{ constantWatts: 1_000 }] })
 * lab.clock.pass(3_600_000)
 * lab.meters[0]?.look().totalWh // '1000'
 */
export const createLab = (options: LabOptions): Lab => {
  const clock = handClock({ now: options.now, rate: options.rate ?? 1 })
  const random = seededRandom(options.seed ?? 1)
  const zone = zoneOf(options.timeZone ?? 'Asia/Shanghai')
  const around = { clock, random, zone, halfHour: halfHourOfYear(zone), timetable: options.timetable ?? flat }
  const bank = new RegisterBank(options.meters.length)
  const profile = options.loads ?? noLoads
  const meters = options.meters.map((meter, row) => {
    const named = { address: String(row + 1).padStart(12, '0'), name: `meter ${String(row + 1)}`, ...meter }
    const parsed = meterSchema.parse(named)
    return new VirtualMeter(parsed, { around, profile, bank, row, model: modelOf(parsed) })
  })
  const heard: Uint8Array[] = []
  const line = new Rs485Line(lineSchema.parse(options.line ?? {}), {
    meters,
    clock,
    random,
    deliver: (bytes) => heard.push(bytes),
  })
  const framesFrom = (first: number): readonly Frame[] => {
    const reader = createFrameReader()
    return heard.slice(first).flatMap((bytes) => [...reader.push(bytes)])
  }
  const ask = (request: Request | Frame, patienceMs = 10_000): Frame | null => {
    const before = heard.length
    line.send(encodeFrame('kind' in request ? encodeRequest(request) : request))
    let looked = before
    for (let passed = 0; passed <= patienceMs; passed += 1) {
      const frame = heard.length === looked ? undefined : framesFrom(before)[0]
      if (frame !== undefined) return frame
      looked = heard.length
      clock.pass(1)
    }
    return null
  }
  return {
    clock,
    meters,
    line,
    heard,
    frames: () => framesFrom(0),
    ask,
    reply(request, patienceMs) {
      const answer = ask(request, patienceMs)
      const reply = answer === null ? null : decodeReply(answer)
      return reply?.ok === true ? reply.value : null
    },
  }
}
