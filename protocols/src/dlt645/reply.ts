import { decoded, type Decoded, type DecodeRefusal, refused } from '../decoded.ts'
import { ProtocolError } from '../error.ts'
import { byteToHex } from '../hex.ts'
import { addressBytes, isMeterAddress, readAddress, wildcardAddress, writeAddress } from './address.ts'
import { partOf } from './bytes.ts'
import { functionCode, replyControl, splitControlCode } from './control-code.ts'
import { identifierBytes, readIdentifier, writeIdentifier } from './data-identifier.ts'
import type { Frame } from './frame.ts'
import { errorsOfFunction, type MeterErrors } from './meter-error.ts'
import { outputCodes, outputOfCode } from './output-signal.ts'
import { type Password, passwordBytes, readPassword, writePassword } from './password.ts'
import { functionOfKind, type OutputSignal } from './request.ts'
import { checkedByte } from './request-writer.ts'

/**
 * What a meter answers. `address` is always the meter's own full address, whatever form the request used.
 *
 * - `data` of a read is what `decodeValue` takes; `more` says that function 12H brings the rest.
 * - `write-address` comes from the new address.
 * - `result` of a control reply is empty, or the status of newer meters, as sent: see `controlResult`.
 * - `change-rate` and `change-password` repeat what is in force from now on.
 * - `data` of a security reply is what `decodeSecurityReply` takes.
 * - `error` carries the function that was refused, never the identifier.
 */
export type Reply = Readonly<
  | { kind: 'read'; address: string; identifier: number; data: Uint8Array; more: boolean }
  | { kind: 'read-follow-up'; address: string; identifier: number; data: Uint8Array; sequence: number; more: boolean }
  | { kind: 'read-address'; address: string }
  | { kind: 'write'; address: string }
  | { kind: 'control'; address: string; result: Uint8Array }
  | { kind: 'set-time'; address: string }
  | { kind: 'write-address'; address: string }
  | { kind: 'freeze'; address: string }
  | { kind: 'change-rate'; address: string; rateWord: number }
  | { kind: 'change-password'; address: string; password: Password }
  | { kind: 'clear-demand'; address: string }
  | { kind: 'clear-meter'; address: string }
  | { kind: 'clear-events'; address: string }
  | { kind: 'select-output'; address: string; output: OutputSignal }
  | { kind: 'security'; address: string; identifier: number; data: Uint8Array }
  | { kind: 'error'; address: string; functionCode: number; errors: MeterErrors }
>

const noData = new Uint8Array()
/** Nothing, one byte on a few meters, two on newer ones. */
const mostControlResultBytes = 2

/**
 * The frame of a reply: the way out of a virtual meter.
 *
 * @throws ProtocolError `bad-address`, `out-of-range` or `wrong-length`. That data are too long for a frame is found by
 *   `encodeFrame`.
 */
export function encodeReply(reply: Reply): Frame {
  const { address } = reply
  if (!isMeterAddress(address)) throw new ProtocolError('bad-address', 'a meter answers with its own 12 digits')
  if (reply.kind === 'error') {
    return { address, control: replyControl(reply.functionCode, { abnormal: true }), data: errorData(reply) }
  }
  const more = (reply.kind === 'read' || reply.kind === 'read-follow-up') && reply.more
  return { address, control: replyControl(functionOfKind[reply.kind]) | (more ? moreBit : 0), data: replyData(reply) }
}

const moreBit = 0x20

function replyData(reply: Exclude<Reply, { kind: 'error' }>): Uint8Array {
  switch (reply.kind) {
    case 'read':
    case 'security':
      return identified(reply.identifier, reply.data, 0)
    case 'read-follow-up': {
      const data = identified(reply.identifier, reply.data, 1)
      data[data.length - 1] = checkedByte(reply.sequence, 'a sequence number')
      return data
    }
    case 'read-address': {
      const data = new Uint8Array(addressBytes)
      writeAddress(data, 0, reply.address)
      return data
    }
    case 'control':
      if (reply.result.length > mostControlResultBytes) {
        throw new ProtocolError('wrong-length', 'a control result has two bytes at most')
      }
      return reply.result
    case 'change-rate':
      return Uint8Array.of(checkedByte(reply.rateWord, 'a rate word'))
    case 'change-password': {
      const data = new Uint8Array(passwordBytes)
      writePassword(data, 0, reply.password)
      return data
    }
    case 'select-output':
      return Uint8Array.of(outputCodes[reply.output])
    case 'write':
    case 'set-time':
    case 'write-address':
    case 'freeze':
    case 'clear-demand':
    case 'clear-meter':
    case 'clear-events':
    default:
      return noData
  }
}

/** The identifier, the data, and room for some bytes more. */
function identified(identifier: number, content: Uint8Array, more: number): Uint8Array {
  const data = new Uint8Array(identifierBytes + content.length + more)
  writeIdentifier(data, identifier)
  for (let index = 0; index < content.length; index++) data[identifierBytes + index] = content[index] ?? 0
  return data
}

function errorData({ functionCode: code, errors }: Extract<Reply, { kind: 'error' }>): Uint8Array {
  if (!Number.isInteger(code) || code < 0 || code > 0x1f) {
    throw new ProtocolError('out-of-range', 'a function code has five bits')
  }
  const { raw } = errorsOfFunction(code, errors.raw)
  if (code === functionCode.security) return Uint8Array.of(raw, raw >> 8)
  if (raw <= 0xff) return Uint8Array.of(raw)
  if (code !== functionCode.control) throw new ProtocolError('out-of-range', 'only a control error has two bytes')
  return Uint8Array.of(raw, raw >> 8)
}

/** What a meter says with this frame. `data` and `result` may be views into the frame. */
export function decodeReply(frame: Frame): Decoded<Reply> {
  const { functionCode: code, fromMeter, abnormal, more } = splitControlCode(frame.control)
  const { address, data } = frame
  if (!fromMeter) return refused('wrong-function', 'the frame is no reply')
  if (abnormal) return decodeError(frame, code)
  if (code === functionCode.readAddress) return decodeAddress(frame)
  if (!isMeterAddress(address)) return refused('bad-address', `a meter cannot answer as ${address}`)
  switch (code) {
    case functionCode.read: {
      if (data.length < identifierBytes) return wrongLength(data)
      const content = partOf(data, identifierBytes)
      return decoded({ kind: 'read', address, identifier: readIdentifier(data), data: content, more })
    }
    case functionCode.readFollowUp:
      if (data.length <= identifierBytes) return wrongLength(data)
      return decoded({
        kind: 'read-follow-up',
        address,
        identifier: readIdentifier(data),
        data: partOf(data, identifierBytes, data.length - 1),
        sequence: data.at(-1) ?? 0,
        more,
      })
    case functionCode.security: {
      if (data.length < identifierBytes) return wrongLength(data)
      const content = partOf(data, identifierBytes)
      return decoded({ kind: 'security', address, identifier: readIdentifier(data), data: content })
    }
    case functionCode.control:
      if (data.length > mostControlResultBytes) return wrongLength(data)
      return decoded({ kind: 'control', address, result: data })
    case functionCode.changeRate:
      return data.length === 1 ? decoded({ kind: 'change-rate', address, rateWord: data[0] ?? 0 }) : wrongLength(data)
    case functionCode.changePassword: {
      if (data.length !== passwordBytes) return wrongLength(data)
      const password = readPassword(data, 0)
      return password.ok ? decoded({ kind: 'change-password', address, password: password.value }) : password
    }
    case functionCode.selectOutput: {
      if (data.length !== 1) return wrongLength(data)
      const output = outputOfCode(data[0] ?? 0)
      return output === null
        ? refused('out-of-range', 'there is no such output of the terminal')
        : decoded({ kind: 'select-output', address, output })
    }
    default:
      return decodeAcknowledgement(frame, code)
  }
}

const acknowledgements = Object.freeze([
  'write',
  'set-time',
  'write-address',
  'freeze',
  'clear-demand',
  'clear-meter',
  'clear-events',
] as const)
const acknowledgementOfFunction = new Map(acknowledgements.map((kind) => [functionOfKind[kind], kind]))

/** Replies without data. */
function decodeAcknowledgement({ address, data }: Frame, code: number): Decoded<Reply> {
  const kind = acknowledgementOfFunction.get(code)
  if (kind === undefined) return refused('wrong-function', `function ${byteToHex(code)}H is not of this protocol`)
  return data.length === 0 ? decoded({ kind, address }) : wrongLength(data)
}

function decodeError({ address, data }: Frame, code: number): Decoded<Reply> {
  if (!isMeterAddress(address)) return refused('bad-address', `a meter cannot answer as ${address}`)
  const [low, high = 0] = data
  const most = code === functionCode.control || code === functionCode.security ? 2 : 1
  if (low === undefined || data.length > most) return wrongLength(data)
  return decoded({ kind: 'error', address, functionCode: code, errors: errorsOfFunction(code, (high << 8) | low) })
}

/** Some meters leave the wildcard of the request in front; the data are what counts. */
function decodeAddress({ address: header, data }: Frame): Decoded<Reply> {
  if (data.length !== addressBytes) return wrongLength(data)
  const address = readAddress(data, 0)
  if (address === null || !isMeterAddress(address)) return refused('bad-address', 'the answer is no meter address')
  if (header !== address && header !== wildcardAddress) {
    return refused('bad-address', `${header} answers that its address is ${address}`)
  }
  return decoded({ kind: 'read-address', address })
}

const wrongLength = (data: Uint8Array): DecodeRefusal =>
  refused('wrong-length', `${data.length} bytes of data do not fit the function`)
