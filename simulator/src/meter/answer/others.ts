import type { Frame } from '@xianfu/protocols'
import { dayMs, minuteMs } from '../../time/local-time.ts'
import { readBcd, readBinary, readDigits } from '../bytes.ts'
import { freeze } from '../duty/memories.ts'
import { freezePattern } from '../duty/timed-freeze.ts'
import { ownNow } from '../meter-clock.ts'
import { setParameter } from '../parameters.ts'
import { believes, mayChange, passwordParameter } from '../passwords.ts'
import type { Meter, Terminal } from '../state.ts'
import { readTime } from '../time-bytes.ts'
import { refuse, reply } from './reply.ts'
import { adjustClock } from './write.ts'

const code = Object.freeze({
  setTime: 0x08,
  readAddress: 0x13,
  writeAddress: 0x15,
  freeze: 0x16,
  rate: 0x17,
  password: 0x18,
  terminal: 0x1d,
})

const longestStepMs = 5 * minuteMs
const aroundMidnightMs = 5 * minuteMs

/**
 * 08H: moves the clock by less than five minutes, once a day, and not around midnight, so that no freeze is lost or
 * doubled. A meter that does not obey stays silent.
 */
export const answerSetTime = (meter: Meter, { data }: Frame): Frame | null => {
  const told = data.length === 6 ? readTime(meter, data, 0) : null
  if (told === null) return null
  const { zone } = meter.around
  const own = ownNow(meter)
  const intoDay = (own + zone.offsetMs(own)) % dayMs
  const today = Math.floor((own + zone.offsetMs(own)) / dayMs)
  if (Math.abs(told - own) >= longestStepMs || meter.clockMovedOn === today) return null
  if (intoDay < aroundMidnightMs || intoDay > dayMs - aroundMidnightMs) return null
  adjustClock(meter, told, 0)
  meter.clockMovedOn = today
  return reply(meter, code.setTime)
}

/** 13H. */
export const answerReadAddress = (meter: Meter): Frame => reply(meter, code.readAddress, addressBytes(meter))

const addressBytes = ({ address }: Meter): Uint8Array =>
  Uint8Array.from({ length: 6 }, (_, at) => Number.parseInt(address.slice(10 - 2 * at, 12 - 2 * at), 16))

/** 15H: only with the programming key; otherwise nothing is said. */
export const answerWriteAddress = (meter: Meter, { data }: Frame): Frame | null => {
  const address = data.length === 6 ? readDigits(data, 0, 6) : null
  if (address === null || !meter.faults.programmingKey) return null
  meter.address = address
  return reply(meter, code.writeAddress)
}

/** 16H: 99999999 freezes at once; a time makes it a habit (kept as the timed freeze of every hour, day or month). */
export const answerFreeze = (meter: Meter, { data }: Frame): Frame => {
  if (data.length !== 4) return refuse(meter, code.freeze, 'other')
  const pattern = Uint8Array.from(data)
  if (pattern.every((byte) => byte === 0x99)) freeze(meter, 'instant')
  else if (isPattern(pattern)) setParameter(meter, freezePattern, pattern)
  else return refuse(meter, code.freeze, 'other')
  return reply(meter, code.freeze)
}

const any = 0x99

/** mm hh DD MM, of which the higher ones may be 99: every. */
const isPattern = ([minute = any, hour = any, day = any, month = any]: Uint8Array): boolean => {
  const value = (byte: number): number => (byte >> 4) * 10 + (byte & 0x0f)
  const fits = (byte: number, most: number): boolean => byte === any || value(byte) <= most
  return month === any && value(minute) <= 59 && fits(hour, 23) && fits(day, 28) && !(hour === any && day !== any)
}

/** Bit rate of each bit of the characteristic word Z. */
const rateOfWord: Readonly<Record<number, number>> = Object.freeze({
  0x02: 600,
  0x04: 1_200,
  0x08: 2_400,
  0x10: 4_800,
  0x20: 9_600,
  0x40: 19_200,
})

/** 17H: answered at the old rate, then the new one holds. */
export const answerRate = (meter: Meter, { data }: Frame): Frame => {
  const word = data[0] ?? 0
  const baudRate = data.length === 1 ? rateOfWord[word] : undefined
  if (baudRate === undefined) return refuse(meter, code.rate, 'rate-not-changeable')
  meter.baudRate = baudRate
  return reply(meter, code.rate, Uint8Array.of(word))
}

/** 18H: DI 04000Cnn, old level and password, new level and password. */
export const answerPassword = (meter: Meter, { data }: Frame): Frame => {
  const identifier = data.length === 12 ? readBinary(data, 0, 4) : 0
  const level = (identifier & 0xff) - 1
  const [oldLevel, oldPassword] = [readBcd(data, 4, 1), readDigits(data, 5, 3)]
  const [newLevel, newPassword] = [readBcd(data, 8, 1), readDigits(data, 9, 3)]
  if (identifier >>> 8 !== 0x04_000c || oldLevel === null || oldPassword === null || newPassword === null)
    return refuse(meter, code.password, 'other')
  const credentials = { level: oldLevel, password: oldPassword, operator: 0 }
  if (!believes(meter, credentials) || newLevel !== level || !mayChange(credentials, level))
    return refuse(meter, code.password, 'wrong-password')
  setParameter(meter, passwordParameter(level), data.slice(8, 12))
  return reply(meter, code.password, data.slice(8, 12))
}

const outputs: Readonly<Record<number, Terminal['output']>> = Object.freeze({
  0x00: 'clock-second',
  0x01: 'demand-period',
  0x02: 'rate-switch',
})

/** 1DH: what the multi-function terminal puts out. */
export const answerTerminal = (meter: Meter, { data }: Frame): Frame => {
  const kind = data.length === 1 ? data[0] : undefined
  const output = kind === undefined ? undefined : outputs[kind]
  if (output === undefined) return refuse(meter, code.terminal, 'other')
  meter.terminal = { output, since: ownNow(meter), pulses: 0 }
  return reply(meter, code.terminal, data.slice(0, 1))
}
