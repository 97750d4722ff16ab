import { decodeModbusRequest, encodeModbusReply, type ModbusReply, type ModbusRequest } from '@xianfu/protocols'
import { bcd } from '../bytes.ts'
import { setParameter } from '../parameters.ts'
import { minuteBytes } from '../event-memory.ts'
import { instantOfMeterTime, setOwnTime } from '../meter-clock.ts'
import { powerOf } from '../power.ts'
import { close, trip } from '../relay.ts'
import type { Meter } from '../state.ts'
import { mostFen, overwrite } from '../wallet.ts'
import { registerImage, tableOf } from './registers.ts'

/** A meter that speaks Modbus RTU in place of DL/T 645: its unit address, and whose registers it has. */
const exception = Object.freeze({ illegalFunction: 1, illegalAddress: 2, illegalValue: 3 })
const exceptionBit = 0x80

/** Function code and data in, function code and data out. */
export const answerModbus = (meter: Meter, pdu: Uint8Array): Uint8Array => {
  const request = decodeModbusRequest(pdu)
  if (request.ok) return encodeModbusReply(carryOut(meter, request.value, pdu[0] ?? 0))
  const code = request.code === 'wrong-function' ? exception.illegalFunction : exception.illegalValue
  return encodeModbusReply(refused((pdu[0] ?? 0) & ~exceptionBit, code))
}

const refused = (functionCode: number, exceptionCode: number): ModbusReply => ({
  kind: 'exception',
  functionCode,
  exceptionCode,
})

const carryOut = (meter: Meter, request: ModbusRequest, functionCode: number): ModbusReply => {
  switch (request.kind) {
    case 'read-holding': {
      const data = registerImage(meter, request.start, request.count)
      return data === null ? refused(functionCode, exception.illegalAddress) : { kind: 'read-holding', data }
    }
    case 'write-multiple': {
      const words = Array.from(
        { length: request.data.length / 2 },
        (_, index) => ((request.data[2 * index] ?? 0) << 8) | (request.data[2 * index + 1] ?? 0),
      )
      const code = write(meter, request.start, words)
      return code === null
        ? { kind: 'write-multiple', start: request.start, count: words.length }
        : refused(functionCode, code)
    }
    // Neither is documented for these meters.
    case 'read-input':
    case 'write-single':
      return refused(functionCode, exception.illegalFunction)
  }
}

const parameterOf: Readonly<Record<string, number>> = Object.freeze({
  alarm1: 0x0400_1001,
  alarm2: 0x0400_1002,
  permittedOverdraft: 0x0400_1003,
})

/** Null when it was written; all or nothing. */
const write = (meter: Meter, start: number, words: readonly number[]): number | null => {
  const { registers } = tableOf(meter)
  const at = registers['forcedControl']?.at
  if (start === at && words.length === 2) return force(meter, words[0] ?? 0, words[1] ?? 0)
  if (start === clockSetUp && words.length === clockWords) return setClock(meter, words)
  if (start === registers['purchaseCountSetUp']?.at && words.length === purseWords) return fillPurse(meter, words)
  for (const [name, identifier] of Object.entries(parameterOf))
    if (registers[name]?.at === start && words.length === 2) {
      setParameter(meter, identifier, bcd((words[0] ?? 0) * 0x1_0000 + (words[1] ?? 0), 4))
      return null
    }
  return exception.illegalAddress
}

/** 0057H and 0058H: 1 1 forces open, 1 0 forces closed, 0 x lifts the force and leaves the relay to the meter itself. */
const force = (meter: Meter, isForced: number, isOpen: number): number | null => {
  if (isForced > 1 || isOpen > 1) return exception.illegalValue
  const wasOpen = meter.forced === 'open'
  meter.forced = isForced === 0 ? null : isOpen === 1 ? 'open' : 'closed'
  if (meter.forced === 'open') trip(meter, 'remote', powerOf(meter))
  else if (meter.forced === 'closed' || wasOpen) close(meter)
  const action = meter.forced === 'open' ? 'trip' : 'direct-close'
  meter.obeyed = [...meter.obeyed, { at: meter.livedTo, action } as const].slice(-20)
  return null
}

/** 0354H × 5: second, minute, hour, weekday, day, month, year from 2000, and three bytes of nothing. */
const clockSetUp = 0x0354
const clockWords = 5
const firstYear = 2_000

const setClock = (meter: Meter, words: readonly number[]): number | null => {
  if (meter.modbus?.registerClock !== true) return exception.illegalAddress
  const [second = 0, minute = 0, hour = 0, , day = 0, month = 0, year = 0] = words.flatMap((word) => [
    word >> 8,
    word & 0xff,
  ])
  const date = new Date(Date.UTC(firstYear + year, month - 1, day))
  const exists = date.getUTCMonth() === month - 1 && date.getUTCDate() === day && year <= 99
  if (!exists || hour > 23 || minute > 59 || second > 59) return exception.illegalValue
  setOwnTime(meter, instantOfMeterTime(meter, { year: firstYear + year, month, day, hour, minute, second }))
  return null
}

/** The count, and the balance in fen behind it, in one message. */
const purseWords = 3

const fillPurse = (meter: Meter, [purchases = 0, high = 0, low = 0]: readonly number[]): number | null => {
  const { wallet, modbus } = meter
  if (wallet === null || modbus?.registerPurse !== true) return exception.illegalAddress
  const fen = high * 0x1_0000 + low
  if (fen > mostFen) return exception.illegalValue
  overwrite(meter, wallet, { fen, purchases }, minuteBytes(meter))
  return null
}
