import { decoded, type Decoded, type DecodeRefusal, refused } from '../decoded.ts'
import { ProtocolError } from '../error.ts'
import { byteToHex } from '../hex.ts'
import { broadcastAddress, isAddress, isMeterAddress, wildcardAddress } from './address.ts'
import { functionCode, splitControlCode } from './control-code.ts'
import { type Credentials, credentialsBytes, readCredentials, writeCredentials } from './credentials.ts'
import { identifierBytes, readIdentifier, writeIdentifier } from './data-identifier.ts'
import { type Frame, longestDataBytes } from './frame.ts'
import { type MeterTime, meterTimeBytes, readMeterTime, writeMeterTime } from './meter-time.ts'
import { type ControlAction, decodeRelayCommand, encodeRelayCommand } from './relay-command.ts'

/**
 * What a master asks of a meter.
 *
 * Reads may go to an abbreviated or wildcard address; `write` and `control` only to one named meter, because an order
 * must never reach a meter that nobody thought of; `set-time` to one meter or, usually, to all (`broadcastAddress`).
 * `sequence` of a follow-up is 1 for the first one. `data` of a write is what `encodeValue` gives.
 */
export type Request = Readonly<
  | { kind: 'read'; address: string; identifier: number }
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
  | { kind: 'set-time'; address: string; time: MeterTime }
>

/** Which addresses a function may be sent to; the table of both directions. */
const addressee = {
  read: (address: string) => isAddress(address) && address !== broadcastAddress,
  'read-follow-up': (address: string) => isAddress(address) && address !== broadcastAddress,
  'read-address': (address: string) => address === wildcardAddress,
  write: isMeterAddress,
  control: isMeterAddress,
  'set-time': (address: string) => isMeterAddress(address) || address === broadcastAddress,
} as const satisfies Record<Request['kind'], (address: string) => boolean>

const followUpBytes = identifierBytes + 1
const writeHeadBytes = identifierBytes + credentialsBytes
const mostSequence = 0xff
const noData = new Uint8Array()

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
  switch (request.kind) {
    case 'read': {
      const data = new Uint8Array(identifierBytes)
      writeIdentifier(data, request.identifier)
      return { address, control: functionCode.read, data }
    }
    case 'read-follow-up': {
      const data = new Uint8Array(followUpBytes)
      writeIdentifier(data, request.identifier)
      data[identifierBytes] = checkedSequence(request.sequence)
      return { address, control: functionCode.readFollowUp, data }
    }
    case 'read-address':
      return { address, control: functionCode.readAddress, data: noData }
    case 'write':
      return { address, control: functionCode.write, data: writeData(request) }
    case 'control':
      return { address, control: functionCode.control, data: encodeRelayCommand(request) }
    case 'set-time':
    default: {
      const data = new Uint8Array(meterTimeBytes)
      writeMeterTime(data, 0, request.time)
      return { address, control: functionCode.setTime, data }
    }
  }
}

function writeData(request: Extract<Request, { kind: 'write' }>): Uint8Array {
  const length = writeHeadBytes + request.data.length
  if (length > longestDataBytes) throw new ProtocolError('wrong-length', `${length} bytes to write do not fit a frame`)
  const data = new Uint8Array(length)
  writeIdentifier(data, request.identifier)
  writeCredentials(data, identifierBytes, request.credentials)
  data.set(request.data, writeHeadBytes)
  return data
}

/** @throws ProtocolError `out-of-range` unless the number is a byte. */
export function checkedSequence(sequence: number): number {
  if (!Number.isInteger(sequence) || sequence < 0 || sequence > mostSequence) {
    throw new ProtocolError('out-of-range', 'a sequence number is one byte')
  }
  return sequence
}

/** What a master asks with this frame: the way in of a virtual meter. `data` of a write is a view into the frame. */
export function decodeRequest(frame: Frame): Decoded<Request> {
  const { functionCode: code, fromMeter, abnormal, more } = splitControlCode(frame.control)
  if (fromMeter || abnormal || more) return refused('wrong-function', 'the frame is no request')
  const kind = kindOfFunction.get(code)
  if (kind === undefined) return refused('wrong-function', `function ${byteToHex(code)}H is not spoken`)
  const { address, data } = frame
  if (!addressee[kind](address)) return refused('bad-address', `a ${kind} request may not be sent to ${address}`)
  switch (kind) {
    case 'read':
      if (data.length !== identifierBytes) return wrongLength(data)
      return decoded({ kind, address, identifier: readIdentifier(data) })
    case 'read-follow-up':
      if (data.length !== followUpBytes) return wrongLength(data)
      return decoded({ kind, address, identifier: readIdentifier(data), sequence: data[identifierBytes] ?? 0 })
    case 'read-address':
      return data.length === 0 ? decoded({ kind }) : wrongLength(data)
    case 'write':
      return decodeWrite(address, data)
    case 'control': {
      const command = decodeRelayCommand(data)
      return command.ok ? decoded({ kind, address, ...command.value }) : command
    }
    case 'set-time':
    default: {
      if (data.length !== meterTimeBytes) return wrongLength(data)
      const time = readMeterTime(data, 0)
      return time.ok ? decoded({ kind, address, time: time.value }) : time
    }
  }
}

function decodeWrite(address: string, data: Uint8Array): Decoded<Request> {
  if (data.length < writeHeadBytes) return wrongLength(data)
  const credentials = readCredentials(data, identifierBytes)
  if (!credentials.ok) return credentials
  return decoded({
    kind: 'write',
    address,
    identifier: readIdentifier(data),
    credentials: credentials.value,
    data: data.subarray(writeHeadBytes),
  })
}

const wrongLength = (data: Uint8Array): DecodeRefusal =>
  refused('wrong-length', `${data.length} bytes of data do not fit the function`)

const kindOfFunction: ReadonlyMap<number, Request['kind']> = new Map([
  [functionCode.read, 'read'],
  [functionCode.readFollowUp, 'read-follow-up'],
  [functionCode.readAddress, 'read-address'],
  [functionCode.write, 'write'],
  [functionCode.control, 'control'],
  [functionCode.setTime, 'set-time'],
])

/** The function code of a kind of request or reply. */
export const functionOfKind: Readonly<Record<Request['kind'], number>> = Object.freeze({
  read: functionCode.read,
  'read-follow-up': functionCode.readFollowUp,
  'read-address': functionCode.readAddress,
  write: functionCode.write,
  control: functionCode.control,
  'set-time': functionCode.setTime,
})
