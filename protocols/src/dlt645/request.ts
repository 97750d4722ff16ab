import { decoded, type Decoded, refused } from '../decoded.ts'
import { ProtocolError } from '../error.ts'
import { byteToHex } from '../hex.ts'
import { broadcastAddress, isAddress, isMeterAddress, wildcardAddress } from './address.ts'
import { functionCode, splitControlCode } from './control-code.ts'
import type { Credentials } from './credentials.ts'
import type { Frame } from './frame.ts'
import type { FreezeTime } from './freeze-time.ts'
import type { MeterTime } from './meter-time.ts'
import type { MomentOf } from './moment.ts'
import type { Password } from './password.ts'
import type { ControlAction, RestoringAction } from './relay-command.ts'
import { readRequestData } from './request-reader.ts'
import { requestData } from './request-writer.ts'

/** A time to the minute, as requests for load profiles carry it. */
export type MinuteTime = MomentOf<'YYMMDDhhmm'>

/** What function 1DH puts on the multi-function terminal of a meter. */
export type OutputSignal = 'clock-second' | 'demand-period' | 'tariff-switch'

/**
 * What a master asks of a meter.
 *
 * Reads may go to an abbreviated or wildcard address; what changes a meter only to one named meter, because an order
 * must never reach a meter that nobody thought of. `set-time`, `freeze` and `select-output` may go to all meters
 * (`broadcastAddress`), and `write-address` to whoever is there (`wildcardAddress`), as it has no other way.
 *
 * - `read`: `blocks` and `from` ask for so many records of the load profile (class 06), from a time on; `parameters`
 *   are bytes behind the identifier that are neither, as in the grid's order to show an item on the display.
 * - `read-follow-up`: `sequence` is 1 for the first one.
 * - `write`: `data` is what `encodeValue` gives; at levels 98 and 99 ciphers and codes of authentication are part of
 *   it.
 * - `pre-trip`: trips now, and after `restoreAfterMinutes` (5 to 1275, in steps of 5) closes or permits closing.
 * - `control-ciphered`: function 1CH at level 98; 20 bytes that only the meter's security chip understands.
 * - `clear-meter`: `cipher` is 20 such bytes on grid meters, null on others.
 * - `clear-events`: `events` is FFFFFFFF for all, or the identifier of one kind with FF as its last byte.
 * - `change-password`: `identifier` is that of the password (04000C01 is level 0); `authority` permits the change.
 * - `change-rate`: `rateWord` as sent, see `bitRateOf`.
 * - `security`: function 03H; `data` is what `encodeSecurity` gives.
 */
export type Request = Readonly<
  | {
      kind: 'read'
      address: string
      identifier: number
      blocks?: number
      from?: MinuteTime
      parameters?: Uint8Array
    }
  | { kind: 'read-follow-up'; address: string; identifier: number; sequence: number }
  | { kind: 'read-address' }
  | { kind: 'write'; address: string; identifier: number; credentials: Credentials; data: Uint8Array }
  | {
      kind: 'control'
      address: string
      action: ControlAction
      credentials: Credentials
      validUntil: MeterTime | null
    }
  | {
      kind: 'pre-trip'
      address: string
      restore: RestoringAction
      restoreAfterMinutes: number
      credentials: Credentials
      validUntil: MeterTime | null
    }
  | { kind: 'control-ciphered'; address: string; credentials: Credentials; cipher: Uint8Array }
  | { kind: 'set-time'; address: string; time: MeterTime }
  | { kind: 'write-address'; address: string; newAddress: string }
  | { kind: 'freeze'; address: string; when: FreezeTime }
  | { kind: 'change-rate'; address: string; rateWord: number }
  | { kind: 'change-password'; address: string; identifier: number; authority: Password; replacement: Password }
  | { kind: 'clear-demand'; address: string; credentials: Credentials }
  | { kind: 'clear-meter'; address: string; credentials: Credentials; cipher: Uint8Array | null }
  | { kind: 'clear-events'; address: string; credentials: Credentials; events: number }
  | { kind: 'select-output'; address: string; output: OutputSignal }
  | { kind: 'security'; address: string; identifier: number; operator: string; data: Uint8Array }
>

export type RequestKind = Request['kind']
export type RequestOf<K extends RequestKind> = Extract<Request, { kind: K }>

const isReadable = (address: string): boolean => isAddress(address) && address !== broadcastAddress
const isMeterOrAll = (address: string): boolean => isMeterAddress(address) || address === broadcastAddress
const isMeterOrAny = (address: string): boolean => isMeterAddress(address) || address === wildcardAddress
const isWildcard = (address: string): boolean => address === wildcardAddress

/** Which addresses a function may be sent to; the table of both directions. */
const addressee = Object.freeze({
  read: isReadable,
  'read-follow-up': isReadable,
  'read-address': isWildcard,
  write: isMeterAddress,
  control: isMeterAddress,
  'pre-trip': isMeterAddress,
  'control-ciphered': isMeterAddress,
  'set-time': isMeterOrAll,
  'write-address': isMeterOrAny,
  freeze: isMeterOrAll,
  'change-rate': isMeterAddress,
  'change-password': isMeterAddress,
  'clear-demand': isMeterAddress,
  'clear-meter': isMeterAddress,
  'clear-events': isMeterAddress,
  'select-output': isMeterOrAll,
  security: isMeterAddress,
} as const satisfies Record<RequestKind, (address: string) => boolean>)

/** The function code of a kind of request, and of the reply of the same kind. */
export const functionOfKind: Readonly<Record<RequestKind, number>> = Object.freeze({
  read: functionCode.read,
  'read-follow-up': functionCode.readFollowUp,
  'read-address': functionCode.readAddress,
  write: functionCode.write,
  control: functionCode.control,
  'pre-trip': functionCode.control,
  'control-ciphered': functionCode.control,
  'set-time': functionCode.setTime,
  'write-address': functionCode.writeAddress,
  freeze: functionCode.freeze,
  'change-rate': functionCode.changeRate,
  'change-password': functionCode.changePassword,
  'clear-demand': functionCode.clearDemand,
  'clear-meter': functionCode.clearMeter,
  'clear-events': functionCode.clearEvents,
  'select-output': functionCode.selectOutput,
  security: functionCode.security,
})

/**
 * The frame of a request.
 *
 * @throws ProtocolError when it cannot be asked: `bad-address`, `bad-credentials`, `out-of-range`, `wrong-length`.
 * @example
 * encodeFrame(encodeRequest({ kind: 'read', address: '000000000161', identifier: 0x00010000 }))
 */
export function encodeRequest(request: Request): Frame {
  const address = request.kind === 'read-address' ? wildcardAddress : request.address
  if (!addressee[request.kind](address)) {
    throw new ProtocolError('bad-address', `a ${request.kind} request cannot be sent to ${address}`)
  }
  return { address, control: functionOfKind[request.kind], data: requestData(request) }
}

/**
 * What a master asks with this frame: the way in of a virtual meter. `data` and `cipher` may be views into the frame.
 */
export function decodeRequest(frame: Frame): Decoded<Request> {
  const { functionCode: code, fromMeter, abnormal, more } = splitControlCode(frame.control)
  if (fromMeter || abnormal || more) return refused('wrong-function', 'the frame is no request')
  const { address, data } = frame
  const kinds = kindsOfFunction.get(code)
  if (kinds === undefined) return refused('wrong-function', `function ${byteToHex(code)}H is not of this protocol`)
  // All kinds of one function have the same addressees.
  if (!addressee[kinds](address)) return refused('bad-address', `a ${kinds} request may not be sent to ${address}`)
  if (kinds === 'read-address') {
    return data.length === 0 ? decoded({ kind: kinds }) : refused('wrong-length', `${data.length} bytes where none go`)
  }
  return readRequestData(kinds, address, data)
}

const kindsOfFunction: ReadonlyMap<number, RequestKind> = new Map(
  // The plain form of function 1CH comes first in the table, so it is set last.
  (Object.entries(functionOfKind) as [RequestKind, number][]).reverse().map(([kind, code]) => [code, kind]),
)
