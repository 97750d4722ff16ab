import type { Frame, MeterErrorReason } from '@xianfu/protocols'
import { binary, joined, readBinary, readDigits } from '../bytes.ts'
import { event, record, timeBytes } from '../event-memory.ts'
import { setOwnTime } from '../meter-clock.ts'
import { parameter, setParameter } from '../parameters.ts'
import { believes, credentialsBytes, passwordParameter, readCredentials, type Credentials } from '../passwords.ts'
import type { Meter } from '../state.ts'
import { readTime } from '../time-bytes.ts'
import { refund, remainingFen } from '../wallet.ts'
import { refuse, reply } from './reply.ts'

const write = 0x14
const identifierBytes = 4
const headBytes = identifierBytes + credentialsBytes
const parameterClass = 0x04
const date = 0x0400_0101
const time = 0x0400_0102
const dateAndTime = 0x0400_010c
const passwords = 0x04_000c
const refundOrder = 0x0400_1006

/** 14H: class 04 alone, under a password. What was written is in the programming record. */
export const answerWrite = (meter: Meter, { data }: Frame): Frame => {
  if (data.length < headBytes) return refuse(meter, write, 'other')
  const identifier = readBinary(data, 0, identifierBytes)
  const credentials = readCredentials(data, identifierBytes)
  if (!believes(meter, credentials) || credentials === null || identifier >>> 24 !== parameterClass)
    return refuse(meter, write, 'wrong-password')
  const refused = put(meter, identifier, data.slice(headBytes))
  if (refused !== null) return refuse(meter, write, refused)
  if (identifier !== date && identifier !== time && identifier !== dateAndTime)
    noteProgramming(meter, credentials, identifier)
  return reply(meter, write)
}

const put = (meter: Meter, identifier: number, data: Uint8Array): MeterErrorReason | null => {
  if (identifier === date || identifier === time || identifier === dateAndTime) return putClock(meter, identifier, data)
  if (identifier === refundOrder) return putRefund(meter, data)
  if (identifier >>> 8 === passwords) return putPassword(meter, identifier, data)
  const row = parameter(identifier)
  if (row === undefined) return 'no-data'
  if (row.write === 'never' || (row.write === 'key' && !meter.faults.programmingKey)) return 'wrong-password'
  const isTable = row.bytes === 42
  if (isTable ? data.length === 0 || data.length > 42 || data.length % 3 !== 0 : data.length !== row.bytes)
    return 'other'
  if (identifier === 0x0400_0401) {
    const address = readDigits(data, 0, 6)
    if (address === null) return 'other'
    meter.address = address
    return null
  }
  setParameter(meter, identifier, data)
  return null
}

const clockBytes: Readonly<Record<number, number>> = Object.freeze({ [date]: 4, [time]: 3, [dateAndTime]: 7 })

/** WW DD MM YY, ss mm hh, or ss mm hh WW DD MM YY. The half that is not written stays as it is. */
const putClock = (meter: Meter, identifier: number, data: Uint8Array): MeterErrorReason | null => {
  if (data.length !== clockBytes[identifier]) return 'other'
  const now = timeBytes(meter)
  const clock = identifier === date ? now.subarray(0, 3) : data.subarray(0, 3)
  const calendar = identifier === time ? now.subarray(3) : data.subarray(identifier === date ? 1 : 4)
  const own = readTime(meter, joined(clock, calendar), 0)
  if (own === null) return 'other'
  adjustClock(meter, own, 0)
  return null
}

/** Operator, time before, time after: 16 bytes. */
export const adjustClock = (meter: Meter, own: number, operator: number): void => {
  const before = timeBytes(meter)
  setOwnTime(meter, own)
  record(meter, event.timeAdjustment, joined(binary(operator, 4), before, timeBytes(meter)))
}

/** PA and three bytes of a level of at most 9. */
const putPassword = (meter: Meter, identifier: number, data: Uint8Array): MeterErrorReason | null => {
  const level = (identifier & 0xff) - 1
  if (data.length !== 4 || level < 0 || level > 9 || readDigits(data, 1, 3) === null) return 'other'
  setParameter(meter, passwordParameter(level), data)
  return null
}

/** Amount in binary fen: gives back what was paid too much. */
const putRefund = ({ wallet }: Meter, data: Uint8Array): MeterErrorReason | null => {
  if (wallet === null || data.length !== 4 || readBinary(data, 0, 4) > remainingFen(wallet)) return 'other'
  return refund(wallet, readBinary(data, 0, 4)) ? null : 'other'
}

const identifiersPerRecord = 10

/** Time, operator, ten identifiers (the first is what was written, the others FFH): 50 bytes. */
const noteProgramming = (meter: Meter, { operator }: Credentials, identifier: number): void => {
  const rest = new Uint8Array((identifiersPerRecord - 1) * identifierBytes).fill(0xff)
  record(meter, event.programming, joined(timeBytes(meter), binary(operator, 4), binary(identifier, 4), rest))
}
