import { bitRateOf, type Reply, type RequestOf } from '@xianfu/protocols'
import { dayMs, minuteMs } from '../../time/local-time.ts'
import { bcd, joined } from '../bytes.ts'
import { freeze } from '../duty/memories.ts'
import { instantOfMeterTime, ownNow } from '../meter-clock.ts'
import { setParameter } from '../parameters.ts'
import { believes, levelOfPassword, passwordParameter } from '../passwords.ts'
import type { Meter } from '../state.ts'
import { refuse } from './reply.ts'
import { adjustClock } from './write.ts'

const longestStepMs = 5 * minuteMs
const aroundMidnightMs = 5 * minuteMs

/**
 * 08H: moves the clock by less than five minutes, once a day, and not around midnight, so that no freeze is lost or
 * doubled. A meter that does not obey stays silent.
 */
export const answerSetTime = (meter: Meter, { time }: RequestOf<'set-time'>): Reply | null => {
  const told = instantOfMeterTime(meter, time)
  const own = ownNow(meter)
  const local = own + meter.around.zone.offsetMs(own)
  const [today, intoDay] = [Math.floor(local / dayMs), local % dayMs]
  if (Math.abs(told - own) >= longestStepMs || meter.clockMovedOn === today) return null
  if (intoDay < aroundMidnightMs || intoDay > dayMs - aroundMidnightMs) return null
  adjustClock(meter, told, 0)
  meter.clockMovedOn = today
  return { kind: 'set-time', address: meter.address }
}

/** 13H. */
export const answerReadAddress = ({ address }: Meter): Reply => ({ kind: 'read-address', address })

/** 15H: only with the programming key; otherwise nothing is said. */
export const answerWriteAddress = (meter: Meter, { newAddress }: RequestOf<'write-address'>): Reply | null => {
  if (!meter.faults.programmingKey) return null
  meter.address = newAddress
  return { kind: 'write-address', address: newAddress }
}

/** 16H: freezes at once, or makes it a habit of every hour, day, month or year. */
export const answerFreeze = (meter: Meter, { when }: RequestOf<'freeze'>): Reply => {
  if (when.every === 'now') freeze(meter, 'instant')
  else meter.timedFreeze = when
  return { kind: 'freeze', address: meter.address }
}

/** 17H: answered at the old rate, then the new one holds. */
export const answerRate = (meter: Meter, { rateWord }: RequestOf<'change-rate'>): Reply => {
  const baudRate = bitRateOf(rateWord)
  if (baudRate === null) return refuse(meter, 'change-rate', 'rate-not-changeable')
  meter.baudRate = baudRate
  return { kind: 'change-rate', address: meter.address, rateWord }
}

/** 18H: a level sets its own password or that of a lower one, which has a higher number. */
export const answerPassword = (meter: Meter, request: RequestOf<'change-password'>): Reply => {
  const { identifier, authority, replacement } = request
  const level = levelOfPassword(identifier)
  if (level === null || replacement.level !== level) return refuse(meter, 'change-password', 'other')
  if (!believes(meter, authority) || authority.level > level) return refuse(meter, 'change-password', 'wrong-password')
  setParameter(meter, passwordParameter(level), joined(bcd(level, 1), bcd(Number(replacement.password), 3)))
  return { kind: 'change-password', address: meter.address, password: replacement }
}

/** 1DH: what the multi-function terminal puts out. */
export const answerTerminal = (meter: Meter, { output }: RequestOf<'select-output'>): Reply => {
  meter.terminal = { output, since: ownNow(meter), pulses: 0 }
  return { kind: 'select-output', address: meter.address, output }
}
