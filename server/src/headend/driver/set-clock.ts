import { broadcastAddress, encodeFrame, encodeRequest, encodeValue, identifiers } from '@xianfu/protocols'
import { localTime, type LocalTime } from '../../domain/calendar.ts'
import { wallAfter } from '../../domain/clock.ts'
import type { ClockSet, Exchange, Priority } from '../headend.ts'
import { wakeUpBytes } from '../limits.ts'
import type { Turn } from '../line/line.ts'
import { transmissionMs } from '../line/response-time.ts'
import { failureOf } from './ask-line.ts'
import { ask } from './dlt645-ask.ts'
import { errorWords } from './dlt645-read.ts'
import type { FieldMeter, ModbusUnit } from './field-meter.ts'
import { writeModbusClock } from './modbus-clock.ts'
import { turnFailureWords } from './read-meter.ts'

type ClockOptions = Readonly<{ priority: Priority; signal?: AbortSignal | undefined }>
type Failure = Extract<ClockSet, { ok: false }>

/** Bytes of a request with date or time, wake-up bytes included: it is the time at their end that counts. */
const requestBytes = 30

const localNow = (meter: FieldMeter): LocalTime => {
  const arrivesMs = transmissionMs(requestBytes, meter.lineConfig)
  return localTime(wallAfter(meter.clock, arrivesMs), meter.config.timeZone)
}

/** 08H to all meters of this one's line. Nobody answers; whether it was obeyed, only reading a clock tells. */
export const broadcastClock = async (meter: FieldMeter, options: ClockOptions): Promise<ClockSet> => {
  if (meter.modbus !== null) return cannot
  const { priority, signal } = options
  const turn = await meter.line.run({ priority, signal }, async (line) => {
    const { year, month, day, hour, minute, second } = localNow(meter)
    const time = { year, month, day, hour, minute, second }
    const request = encodeRequest({ kind: 'set-time', address: broadcastAddress, time })
    const bytes = encodeFrame(request, { wakeUpBytes })
    const result = await line.ask({
      bytes,
      createEar: () => ({ statistics: { discardedBytes: 0, checksumErrors: 0 }, hear: () => [] }),
      timeoutMs: transmissionMs(bytes.length, meter.lineConfig) + settleMs,
      ...(signal === undefined ? {} : { signal }),
    })
    const { at, durationMs } = result
    const exchange: Exchange = { at, durationMs, request: bytes, response: null, meaning: 'broadcast time' }
    return result.kind === 'not-sent' ? null : exchange
  })
  if (!turn.ok) return { ok: false, code: turn.code, detail: turnFailureWords[turn.code], exchanges: [] }
  return turn.value === null
    ? { ok: false, code: 'gateway-offline', detail: turnFailureWords['gateway-offline'], exchanges: [] }
    : { ok: true, exchanges: [turn.value] }
}

/** After a broadcast the line is left alone for a moment: meters are busy with it. */
const settleMs = 100

/** 14H: date first, then time, in one turn, so that no midnight comes between; the register of a Modbus meter at once. */
export const writeClock = async (meter: FieldMeter, options: ClockOptions): Promise<ClockSet> => {
  const { priority, signal } = options
  if (meter.modbus !== null) return writeRegister(meter, meter.modbus, options)
  const turn = await meter.line.run({ priority, signal }, async (line) => {
    const { year, month, day, weekday } = localNow(meter)
    const date = await writeOne(line, meter, 'dateAndWeekday', { year, month, day, weekday }, signal)
    if (!date.ok) return date
    const { hour, minute, second } = localNow(meter)
    const time = await writeOne(line, meter, 'time', { hour, minute, second }, signal)
    return { ...time, exchanges: [...date.exchanges, ...time.exchanges] }
  })
  return turn.ok ? turn.value : { ok: false, code: turn.code, detail: turnFailureWords[turn.code], exchanges: [] }
}

const writeRegister = async (
  meter: FieldMeter,
  unit: ModbusUnit,
  { priority, signal }: ClockOptions,
): Promise<ClockSet> => {
  const { clock } = unit.model
  if (clock === null) return cannot
  const turn = await meter.line.run({ priority, signal }, async (line) =>
    writeModbusClock(line, meter, unit, clock, localNow(meter), signal),
  )
  return turn.ok ? turn.value : { ok: false, code: turn.code, detail: turnFailureWords[turn.code], exchanges: [] }
}

const writeOne = async <N extends 'dateAndWeekday' | 'time'>(
  line: Turn,
  meter: FieldMeter,
  name: N,
  value: Parameters<typeof encodeValue<N>>[1],
  signal: AbortSignal | undefined,
): Promise<ClockSet> => {
  const { address, credentials } = meter.config
  const request = {
    kind: 'write',
    address,
    identifier: identifiers[name].id,
    credentials,
    data: encodeValue(name, value),
  } as const
  const asked = await ask(line, meter, request, `write ${name}`, signal)
  if (asked.kind !== 'reply')
    return { ok: false, ...failureOf(asked), exchanges: asked.kind === 'not-sent' ? [] : [asked.exchange] }
  const exchanges = [asked.exchange]
  return asked.reply.kind === 'error'
    ? { ok: false, code: 'refused-by-meter', detail: errorWords(asked.reply.errors), exchanges }
    : { ok: true, exchanges }
}

const cannot: Failure = Object.freeze({
  ok: false,
  code: 'not-settable',
  detail: 'how the clock of this kind of meter is set is not known',
  exchanges: [],
})
