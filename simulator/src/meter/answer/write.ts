import { isMeterAddress, type MeterErrorReason, type Reply, type RequestOf } from '@xianfu/protocols'
import { binary, joined, readBcd, readBinary, readDigits } from '../bytes.ts'
import { event, record, timeBytes } from '../event-memory.ts'
import { setOwnTime } from '../meter-clock.ts'
import { parameter, setParameter, type Parameter } from '../parameters.ts'
import { believes, levelOfPassword, operatorNumber, passwordParameter } from '../passwords.ts'
import type { Meter } from '../state.ts'
import { readTime } from '../time-bytes.ts'
import { refund, remainingFen } from '../wallet.ts'
import { refuse } from './reply.ts'

const parameterClass = 0x04
const date = 0x0400_0101
const time = 0x0400_0102
const dateAndTime = 0x0400_010c
const refundOrder = 0x0400_1006
const addressParameter = 0x0400_0401
const mostTableBytes = 42
const tableEntryBytes = 3

/** 14H: class 04 alone, under a password. What was written is in the programming record. */
export const answerWrite = (meter: Meter, { identifier, credentials, data }: RequestOf<'write'>): Reply => {
  if (!believes(meter, credentials) || identifier >>> 24 !== parameterClass)
    return refuse(meter, 'write', 'wrong-password')
  const refused = put(meter, identifier, data, operatorNumber(credentials.operator))
  if (refused !== null) return refuse(meter, 'write', refused)
  if (clockBytes[identifier] === undefined) noteProgramming(meter, operatorNumber(credentials.operator), identifier)
  return { kind: 'write', address: meter.address }
}

const put = (meter: Meter, identifier: number, data: Uint8Array, operator: number): MeterErrorReason | null => {
  if (clockBytes[identifier] !== undefined) return putClock(meter, identifier, data, operator)
  if (identifier === refundOrder) return putRefund(meter, data)
  const level = levelOfPassword(identifier)
  if (level !== null) return putPassword(meter, level, data)
  const row = parameter(identifier)
  if (row === undefined) return 'no-data'
  if (row.write === 'never' || (row.write === 'key' && !meter.faults.programmingKey)) return 'wrong-password'
  if (!fits(row.bytes, data) || (isNumber(meter, row) && readBcd(data, 0, data.length) === null)) return 'other'
  if (identifier === addressParameter) return putAddress(meter, data)
  setParameter(meter, identifier, data)
  return null
}

const isNumber = (meter: Meter, { initial }: Parameter): boolean => typeof initial(meter) === 'number'

/** Tables may be sent without the repetitions at their end. */
const fits = (bytes: number, data: Uint8Array): boolean =>
  bytes === mostTableBytes
    ? data.length > 0 && data.length <= mostTableBytes && data.length % tableEntryBytes === 0
    : data.length === bytes

const putAddress = (meter: Meter, data: Uint8Array): MeterErrorReason | null => {
  const address = readDigits(data, 0, 6)
  if (address === null || !isMeterAddress(address)) return 'other'
  meter.address = address
  return null
}

const clockBytes: Readonly<Record<number, number>> = Object.freeze({ [date]: 4, [time]: 3, [dateAndTime]: 7 })

/** WW DD MM YY, ss mm hh, or ss mm hh WW DD MM YY. The half that is not written stays as it is. */
const putClock = (meter: Meter, identifier: number, data: Uint8Array, operator: number): MeterErrorReason | null => {
  if (data.length !== clockBytes[identifier]) return 'other'
  const now = timeBytes(meter)
  const clock = identifier === date ? now.subarray(0, 3) : data.subarray(0, 3)
  const calendar = identifier === time ? now.subarray(3) : data.subarray(identifier === date ? 1 : 4)
  const own = readTime(meter, joined(clock, calendar), 0)
  if (own === null) return 'other'
  adjustClock(meter, own, operator)
  return null
}

/** Operator, time before, time after: 16 bytes. */
export const adjustClock = (meter: Meter, own: number, operator: number): void => {
  const before = timeBytes(meter)
  setOwnTime(meter, own)
  record(meter, event.timeAdjustment, joined(binary(operator, 4), before, timeBytes(meter)))
}

/** PA and three bytes. */
const putPassword = (meter: Meter, level: number, data: Uint8Array): MeterErrorReason | null => {
  if (data.length !== 4 || readDigits(data, 1, 3) === null) return 'other'
  setParameter(meter, passwordParameter(level), data)
  return null
}

/** Amount in binary fen: gives back what was paid too much. */
const putRefund = ({ wallet }: Meter, data: Uint8Array): MeterErrorReason | null => {
  if (wallet === null || data.length !== 4 || readBinary(data, 0, 4) > remainingFen(wallet)) return 'other'
  return refund(wallet, readBinary(data, 0, 4)) ? null : 'other'
}

const identifiersPerRecord = 10
const identifierBytes = 4

/** Time, operator, ten identifiers (the first is what was written, the others FFH): 50 bytes. */
const noteProgramming = (meter: Meter, operator: number, identifier: number): void => {
  const rest = new Uint8Array((identifiersPerRecord - 1) * identifierBytes).fill(0xff)
  record(meter, event.programming, joined(timeBytes(meter), binary(operator, 4), binary(identifier, 4), rest))
}
