import {
  createFrameReader,
  decodeRequest,
  encodeFrame,
  encodeReply,
  encodeValue,
  identifierName,
  type IdentifierName,
} from '@xianfu/protocols'
import type { Clock } from '../../domain/clock.ts'
import type { DataSet } from '../../domain/collection/data-set.ts'
import type { Paces } from '../../domain/collection/schedule-rule.ts'
import { localDays } from '../../domain/collection/slot.ts'
import { readMeter } from '../../headend/driver/read-meter.ts'
import { nothingLearnt, type FieldMeter } from '../../headend/driver/field-meter.ts'
import type { Headend, LineConfig } from '../../headend/headend.ts'
import { defaultLimits } from '../../headend/limits.ts'
import { createBackOff } from '../../headend/line/back-off.ts'
import { Line } from '../../headend/line/line.ts'
import { createResponseTime, transmissionMs } from '../../headend/line/response-time.ts'
import { createTally } from '../../headend/line/tally.ts'
import { Wire } from '../../headend/line/wire.ts'
import type { MissedRead } from '../../store/collection.ts'
import { createLineCollector, type EnrolledMeter } from '../collect-line.ts'
import { dataSetItems } from '../data-set-items.ts'
import type { ReadingBuffer } from '../reading-buffer.ts'
import type { FieldReading } from '../settle.ts'

export type Followed = Readonly<{ dataSet: DataSet; meterId: number; at: number }>

/**
 * One line in simulated time: the schedule, the line and the driver of the product over bytes that take as long as their
 * bit rate says, without waiting for any of it. What it leaves out are sockets, timers of the machine, and the database.
 */
export type SimulatedLineOptions = Readonly<{
  line: LineConfig
  meters: number
  /** The first of them say nothing. */
  dead: number
  turnaroundMs: number
  paces: Paces
  hours: number
}>

export type SimulatedLine = Readonly<{
  /** Per meter, in order: wall times of its readings. */
  readings: ReadonlyMap<number, readonly number[]>
  missed: readonly MissedRead[]
  /** Sets that have a collector of their own, as they were begun. */
  followed: readonly Followed[]
  exchanges: number
  /** Part of the time for which the line was kept. */
  busyShare: number
  from: number
  to: number
}>

const from = Date.parse('2026-03-02T00:00:00+08:00')
/** Lines begin within a minute after the clock; earlier it would still be the turn before. */
const startMs = 60_000

type Timer = { readonly atMs: number; readonly run: () => void }

/** A clock that jumps to whatever is due next. */
const createJumpingClock = () => {
  let elapsedMs = 0
  const timers = new Set<Timer>()
  const after = (ms: number, run: () => void): (() => void) => {
    const timer = { atMs: elapsedMs + Math.max(0, ms), run }
    timers.add(timer)
    return () => void timers.delete(timer)
  }
  const clock: Clock = {
    now: () => Math.round(from + startMs + elapsedMs),
    elapsedMs: () => elapsedMs,
    rate: 1,
    delay: async (ms, signal) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted === true) return reject(signal.reason as Error)
        const abort = (): void => {
          callOff()
          reject(signal?.reason as Error)
        }
        const callOff = after(ms, () => {
          signal?.removeEventListener('abort', abort)
          resolve()
        })
        signal?.addEventListener('abort', abort, { once: true })
      }),
    after,
  }
  /** Runs what is due next, after everything that is under way has come to wait; false when the end comes first. */
  const jump = async (untilMs: number): Promise<boolean> => {
    await new Promise((resolve) => setImmediate(resolve))
    let next: Timer | null = null
    for (const timer of timers) if (next === null || timer.atMs < next.atMs) next = timer
    if (next === null || next.atMs > untilMs) return false
    timers.delete(next)
    elapsedMs = next.atMs
    next.run()
    return true
  }
  return { clock, after, jump }
}

const values: Readonly<Partial<Record<IdentifierName, Uint8Array>>> = {
  forwardActiveEnergyBlock: encodeValue('forwardActiveEnergyBlock', {
    total: 40_000,
    rates: [10_000, 10_000, 10_000, 10_000],
  }),
  statusWord3: Uint8Array.of(0, 0),
  activePowerTotal: encodeValue('activePowerTotal', 1_234_500),
  voltageBlock: encodeValue('voltageBlock', { a: 220_000, b: 220_000, c: 220_000 }),
  currentBlock: encodeValue('currentBlock', { a: 1_000, b: 1_000, c: 1_000 }),
}
const wakeUpBytes = 4

/** Plays so many hours through. */
export const simulateLine = async (options: SimulatedLineOptions): Promise<SimulatedLine> => {
  const { line: lineConfig, turnaroundMs, paces, dead } = options
  const { clock, after, jump } = createJumpingClock()
  const silent = new Set(Array.from({ length: dead }, (_, index) => addressOf(index + 1)))
  let hear: (bytes: Uint8Array) => void = () => undefined
  let exchanges = 0
  const reader = createFrameReader()
  const wire = new Wire({
    transport: {
      remoteAddress: 'simulated',
      onBytes: (listener) => {
        hear = listener
      },
      onClose: () => undefined,
      close: () => undefined,
      write: async (bytes) => {
        exchanges += 1
        for (const frame of reader.push(bytes)) {
          const request = decodeRequest(frame)
          if (!request.ok || request.value.kind !== 'read' || silent.has(request.value.address)) continue
          const { address, identifier } = request.value
          const data = values[identifierName(identifier) ?? 'time']
          const reply = encodeFrame(
            encodeReply(
              data === undefined
                ? { kind: 'error', address, functionCode: 0x11, errors: { raw: 2, reasons: ['no-data'] } }
                : { kind: 'read', address, identifier, data, more: false },
            ),
            { wakeUpBytes },
          )
          after(transmissionMs(bytes.length + reply.length, lineConfig) + turnaroundMs, () => hear(reply))
        }
      },
    },
    clock,
    guardMs: defaultLimits.guardMs,
    lateAnswerMs: defaultLimits.lateAnswerMs,
    filter: (bytes) => bytes,
    onHeard: () => undefined,
    onDropped: () => undefined,
    onClose: () => undefined,
  })
  const line = new Line(clock, defaultLimits.maxQueuedJobs)
  line.attach(wire)
  const fieldMeters = new Map<number, FieldMeter>()
  for (let id = 1; id <= options.meters; id += 1)
    fieldMeters.set(id, {
      config: {
        id,
        gatewayId: 1,
        address: addressOf(id),
        credentials: { level: 2, password: '000000', operator: '00000001' },
        timeZone: 'Asia/Shanghai',
      },
      modbus: null,
      line,
      lineConfig,
      backOff: createBackOff(defaultLimits),
      responseTime: createResponseTime({ ...defaultLimits, latencyMs: defaultLimits.gatewayLatencyMs }),
      tally: createTally(() => clock.elapsedMs()),
      learnt: nothingLearnt(),
      clock,
      limits: defaultLimits,
      onSilent: () => undefined,
      onAnswersAgain: () => undefined,
      onLate: () => undefined,
    })
  const read: Headend['read'] = async (meterId, items, readOptions) => {
    const meter = fieldMeters.get(meterId)
    if (meter === undefined) throw new Error(`there is no meter ${String(meterId)}`)
    return readMeter(meter, items, readOptions)
  }

  const readings = new Map<number, number[]>()
  const missed: MissedRead[] = []
  const followed: Followed[] = []
  let isFree = true
  const stopping = new AbortController()
  const collector = createLineCollector(
    {
      context: { clock, database: null as never, ids: { uuid: () => '' }, log: () => undefined },
      headend: { read },
      follow: async (dataSet, { id }) => {
        followed.push({ dataSet, meterId: id, at: clock.now() })
        const outcome = await read(id, dataSetItems[dataSet], { priority: 'scheduled' })
        // What a meter does not have it refuses, and that is an answer.
        return { asked: outcome.ok || outcome.code === 'refused-by-meter' ? 'asked' : 'failed', data: {} }
      },
      buffer: recorder(readings, missed),
      pace: { take: async () => () => undefined },
      gatewayId: 1,
      signal: stopping.signal,
      pausedUntil: () => null,
      onFree: () => {
        isFree = true
      },
    },
    meterRows(options.meters, paces),
  )
  const endMs = options.hours * 3_600_000 - startMs
  let lookAt = -Infinity
  for (;;) {
    if (isFree || clock.now() >= lookAt) {
      isFree = false
      lookAt = Math.min(collector.step(clock.now(), { online: true, since: 0 }), clock.now() + 1_000)
      after(lookAt - clock.now(), () => undefined)
    }
    if (!(await jump(endMs))) break
  }
  const busyMs = [...fieldMeters.values()].reduce((sum, { tally }) => sum + tally.counts().busyMs, 0)
  const windowMs = Math.max(...[...fieldMeters.values()].map(({ tally }) => tally.counts().windowMs))
  stopping.abort()
  await line.stop()
  return { readings, missed, followed, exchanges, busyShare: busyMs / windowMs, from, to: from + startMs + endMs }
}

const addressOf = (id: number): string => String(id).padStart(12, '0')

const meterRows = (count: number, paces: Paces): readonly EnrolledMeter[] => {
  const days = localDays('Asia/Shanghai')
  return Array.from({ length: count }, (_, index) => ({
    meter: {
      id: index + 1,
      siteId: 1,
      gatewayId: 1,
      timeZone: 'Asia/Shanghai',
      protocol: { kind: 'dlt645' },
      paces,
      days,
    },
    newestAt: null,
    slots: {},
  }))
}

const recorder = (readings: Map<number, number[]>, missed: MissedRead[]): ReadingBuffer => ({
  room: async () => undefined,
  add: ({ meterId, at }: FieldReading) => void readings.set(meterId, [...(readings.get(meterId) ?? []), at]),
  addFailure: () => undefined,
  addData: () => undefined,
  addMissed: (one) => void missed.push(one),
  flush: async () => undefined,
  run: async () => undefined,
})
