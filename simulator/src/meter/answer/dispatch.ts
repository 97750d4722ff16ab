import {
  addressMatches,
  broadcastAddress,
  decodeRequest,
  encodeReply,
  errorsFor,
  functionCode,
  type Frame,
  type Reply,
  type RequestKind,
  type RequestOf,
} from '@xianfu/protocols'
import type { Meter } from '../state.ts'
import { answerDemandClear, answerEventClear, answerMeterClear } from './clear.ts'
import { answerCipheredControl, answerControl, answerNoOrder } from './control.ts'
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
import { answerRead } from './read.ts'
import { answerSecurity } from './security.ts'
import { answerWrite } from './write.ts'

/** What a meter does with each kind of request; null for silence. */
const abilities: { readonly [K in RequestKind]: (meter: Meter, request: RequestOf<K>) => Reply | null } = Object.freeze(
  {
    read: answerRead,
    'read-follow-up': answerFollowUp,
    'read-address': answerReadAddress,
    write: answerWrite,
    control: answerControl,
    'pre-trip': answerControl,
    'control-ciphered': answerCipheredControl,
    'set-time': answerSetTime,
    'write-address': answerWriteAddress,
    freeze: answerFreeze,
    'change-rate': answerRate,
    'change-password': answerPassword,
    'clear-demand': answerDemandClear,
    'clear-meter': answerMeterClear,
    'clear-events': answerEventClear,
    'select-output': answerTerminal,
    security: answerSecurity,
  },
)

/** Whether the address in front means this meter, alone or among others. Which forms a function allows, the codec knows. */
export const isFor = (meter: Meter, { address }: Frame): boolean =>
  address === meter.address || address === broadcastAddress || addressMatches(address, meter.address)

/** The honest answer to a frame that is for the meter; null for silence. A broadcast is obeyed and not answered. */
export const answerHonestly = (meter: Meter, frame: Frame): Frame | null => {
  const request = decodeRequest(frame)
  const reply = request.ok
    ? (abilities[request.value.kind] as (meter: Meter, request: RequestOf<RequestKind>) => Reply | null)(
        meter,
        request.value,
      )
    : answerMalformed(meter, frame, request.code)
  return reply === null || frame.address === broadcastAddress ? null : encodeReply(reply)
}

/** Functions that are obeyed or not, but never refused. */
const neverRefused: ReadonlySet<number> = new Set([
  functionCode.setTime,
  functionCode.readAddress,
  functionCode.writeAddress,
])

/** A frame to this meter alone whose data make no sense is refused; one to nobody or of no function is not for it. */
const answerMalformed = (meter: Meter, { address, control, data }: Frame, code: string): Reply | null => {
  if (address !== meter.address || code === 'wrong-function' || code === 'bad-address') return null
  if (neverRefused.has(control)) return null
  if (control === functionCode.control) return answerNoOrder(meter, data)
  return { kind: 'error', address, functionCode: control, errors: errorsFor(['other']) }
}
