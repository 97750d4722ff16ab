import { encodeRegister, registerSpan, type ModbusRequest } from '@xianfu/protocols'
import type { LocalTime } from '../../domain/calendar.ts'
import type { ClockSet } from '../headend.ts'
import type { Turn } from '../line/line.ts'
import type { ClockModel, ClockPart, MeterModel } from '../model/meter-model.ts'
import { registerNamed } from '../model/model-registers.ts'
import { failureOf } from './ask-line.ts'
import type { FieldMeter, ModbusUnit } from './field-meter.ts'
import { askModbus } from './modbus-ask.ts'
import { exceptionWords } from './modbus-read.ts'

const firstYear = 2000
const bytesPerRegister = 2

const partOf = (part: ClockPart, time: LocalTime): number => (part === 'year' ? time.year - firstYear : time[part])

/**
 * Function 10H with the whole clock, so that no midnight comes between; what the register has beyond it is zero.
 *
 * @throws Error when the clock does not fit its register: a mistake in the model, found by its test.
 */
export const clockMessage = (model: MeterModel, { set, order }: ClockModel, time: LocalTime): ModbusRequest => {
  const register = registerNamed(model, set)
  const bytes = new Uint8Array(registerSpan(register).count * bytesPerRegister)
  if (order.length > bytes.length) throw new Error(`The clock of ${model.name} does not fit ${set}.`)
  bytes.set(order.map((part) => partOf(part, time)))
  return { kind: 'write-multiple', start: register.at, data: encodeRegister(register, bytes) }
}

/** Writes the clock of one meter, as far as its model says how; whether it was obeyed, only reading it tells. */
export const writeModbusClock = async (
  turn: Turn,
  meter: FieldMeter,
  unit: ModbusUnit,
  clock: ClockModel,
  time: LocalTime,
  signal: AbortSignal | undefined,
): Promise<ClockSet> => {
  const request = clockMessage(unit.model, clock, time)
  const asked = await askModbus(turn, meter, unit, request, 'write clock', signal)
  if (asked.kind !== 'reply')
    return { ok: false, ...failureOf(asked), exchanges: asked.kind === 'not-sent' ? [] : [asked.exchange] }
  const { reply, exchange } = asked
  return reply.kind === 'exception'
    ? { ok: false, code: 'refused-by-meter', detail: exceptionWords(reply), exchanges: [exchange] }
    : { ok: true, exchanges: [exchange] }
}
