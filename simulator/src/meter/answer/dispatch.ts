import { addressMatches, broadcastAddress, wildcardAddress, type Frame } from '@xianfu/protocols'
import type { Meter } from '../state.ts'
import { answerDemandClear, answerEventClear, answerMeterClear } from './clear.ts'
import { answerControl } from './control.ts'
import { answerFollowUp } from './follow-up.ts'
import {
  answerFreeze,
  answerPassword,
  answerRate,
  answerReadAddress,
  answerSetTime,
  answerTerminal,
  answerWriteAddress,
} from './others.ts'
import { answerReadRequest } from './read.ts'
import { answerSecurity } from './security.ts'
import { answerWrite } from './write.ts'

/**
 * What a meter does with each function, and by which addresses it may be asked: `any` also by wildcards, `wildcard` by
 * all six AA bytes alone, `own` by its twelve digits. `broadcast` is obeyed by all and answered by none.
 */
type Ability = Readonly<{
  answer: (meter: Meter, request: Frame) => Frame | null
  by: 'own' | 'any' | 'wildcard'
  broadcast?: true
}>

const abilities: Readonly<Record<number, Ability>> = Object.freeze({
  0x03: { answer: answerSecurity, by: 'own' },
  0x08: { answer: answerSetTime, by: 'own', broadcast: true },
  0x11: { answer: answerReadRequest, by: 'any' },
  0x12: { answer: answerFollowUp, by: 'any' },
  0x13: { answer: answerReadAddress, by: 'wildcard' },
  0x14: { answer: answerWrite, by: 'own' },
  0x15: { answer: answerWriteAddress, by: 'wildcard' },
  0x16: { answer: answerFreeze, by: 'own', broadcast: true },
  0x17: { answer: answerRate, by: 'own' },
  0x18: { answer: answerPassword, by: 'own' },
  0x19: { answer: answerDemandClear, by: 'own' },
  0x1a: { answer: answerMeterClear, by: 'own' },
  0x1b: { answer: answerEventClear, by: 'own' },
  0x1c: { answer: answerControl, by: 'own' },
  0x1d: { answer: answerTerminal, by: 'own', broadcast: true },
})

const requestBits = 0x1f

/** Whether the meter has to do with the frame at all. */
export const isFor = (meter: Meter, { address, control }: Frame): boolean => {
  const ability = control > requestBits ? undefined : abilities[control]
  if (ability === undefined) return false
  if (address === broadcastAddress) return ability.broadcast === true
  if (address === meter.address) return ability.by !== 'wildcard'
  if (ability.by === 'wildcard') return address === wildcardAddress
  return ability.by === 'any' && addressMatches(address, meter.address)
}

/** The honest answer to a frame that is for the meter; null for silence. */
export const answerHonestly = (meter: Meter, request: Frame): Frame | null => {
  const answer = abilities[request.control]?.answer(meter, request) ?? null
  return request.address === broadcastAddress ? null : answer
}
