import { decoded, type Decoded, type DecodeRefusal, refused } from '../decoded.ts'
import { ProtocolError } from '../error.ts'
import { byteToHex } from '../hex.ts'
import { addressBytes, isMeterAddress, readAddress, wildcardAddress, writeAddress } from './address.ts'
import { functionCode, replyControl, splitControlCode } from './control-code.ts'
import { identifierBytes, readIdentifier, writeIdentifier } from './data-identifier.ts'
import type { Frame } from './frame.ts'
import { type MeterErrors, meterErrors } from './meter-error.ts'
import { checkedSequence } from './request.ts'

/**
 * What a meter answers. `address` is always the meter's own full address, whatever form the request used.
 *
 * - `data` of a read is what `decodeValue` takes; `more` says that function 12H brings the rest.
 * - `result` of a control reply is empty, or the two status bytes of newer meters, as sent (low byte first).
 * - `error` carries the function that was refused, never the identifier.
 */
export type Reply = Readonly<
  | { kind: 'read'; address: string; identifier: number; data: Uint8Array; more: boolean }
  | { kind: 'read-follow-up'; address: string; identifier: number; data: Uint8Array; sequence: number; more: boolean }
  | { kind: 'read-address'; address: string }
  | { kind: 'write'; address: string }
  | { kind: 'control'; address: string; result: Uint8Array }
  | { kind: 'set-time'; address: string }
  | { kind: 'error'; address: string; functionCode: number; errors: MeterErrors }
>

const noData = new Uint8Array()
const controlResultBytes = 2

/**
 * The frame of a reply: the way out of a virtual meter.
 *
 * @throws ProtocolError `bad-address`, `out-of-range` or `wrong-length`. That data are too long for a frame is found by
 *   `encodeFrame`.
 */
export function encodeReply(reply: Reply): Frame {
  const { address } = reply
  if (!isMeterAddress(address)) throw new ProtocolError('bad-address', 'a meter answers with its own 12 digits')
  switch (reply.kind) {
    case 'read': {
      const data = new Uint8Array(identifierBytes + reply.data.length)
      writeIdentifier(data, reply.identifier)
      data.set(reply.data, identifierBytes)
      return { address, control: replyControl(functionCode.read, { more: reply.more }), data }
    }
    case 'read-follow-up': {
      const data = new Uint8Array(identifierBytes + reply.data.length + 1)
      writeIdentifier(data, reply.identifier)
      data.set(reply.data, identifierBytes)
      data[data.length - 1] = checkedSequence(reply.sequence)
      return { address, control: replyControl(functionCode.readFollowUp, { more: reply.more }), data }
    }
    case 'read-address': {
      const data = new Uint8Array(addressBytes)
      writeAddress(data, 0, address)
      return { address, control: replyControl(functionCode.readAddress), data }
    }
    case 'write':
      return { address, control: replyControl(functionCode.write), data: noData }
    case 'control':
      if (reply.result.length !== 0 && reply.result.length !== controlResultBytes) {
        throw new ProtocolError('wrong-length', 'a control result is empty or two bytes')
      }
      return { address, control: replyControl(functionCode.control), data: reply.result }
    case 'set-time':
      return { address, control: replyControl(functionCode.setTime), data: noData }
    case 'error':
    default:
      return { address, control: replyControl(reply.functionCode, { abnormal: true }), data: errorData(reply) }
  }
}

function errorData({ functionCode: code, errors }: Extract<Reply, { kind: 'error' }>): Uint8Array {
  if (!refusable(code)) throw new ProtocolError('out-of-range', `function ${code} has no error byte`)
  const { raw } = meterErrors(errors.raw)
  if (raw <= 0xff) return Uint8Array.of(raw)
  if (code !== functionCode.control) throw new ProtocolError('out-of-range', 'only a control error has two bytes')
  return Uint8Array.of(raw, raw >> 8)
}

/** Five bits, and not the security function: its two error bytes have meanings of their own. */
const refusable = (code: number): boolean =>
  Number.isInteger(code) && code >= 0 && code <= 0x1f && code !== functionCode.security

/** What a meter says with this frame. `data` and `result` are views into the frame. */
export function decodeReply(frame: Frame): Decoded<Reply> {
  const { functionCode: code, fromMeter, abnormal, more } = splitControlCode(frame.control)
  const { address, data } = frame
  if (!fromMeter) return refused('wrong-function', 'the frame is no reply')
  if (abnormal) return decodeError(frame, code)
  if (code === functionCode.readAddress) return decodeAddress(frame)
  if (!isMeterAddress(address)) return refused('bad-address', `a meter cannot answer as ${address}`)
  switch (code) {
    case functionCode.read:
      if (data.length < identifierBytes) return wrongLength(data)
      return decoded({
        kind: 'read',
        address,
        identifier: readIdentifier(data),
        data: data.subarray(identifierBytes),
        more,
      })
    case functionCode.readFollowUp:
      if (data.length <= identifierBytes) return wrongLength(data)
      return decoded({
        kind: 'read-follow-up',
        address,
        identifier: readIdentifier(data),
        data: data.subarray(identifierBytes, -1),
        sequence: data.at(-1) ?? 0,
        more,
      })
    case functionCode.write:
      return data.length === 0 ? decoded({ kind: 'write', address }) : wrongLength(data)
    case functionCode.setTime:
      return data.length === 0 ? decoded({ kind: 'set-time', address }) : wrongLength(data)
    case functionCode.control:
      if (data.length !== 0 && data.length !== controlResultBytes) return wrongLength(data)
      return decoded({ kind: 'control', address, result: data })
    default:
      return refused('wrong-function', `replies to function ${byteToHex(code)}H are not spoken`)
  }
}

function decodeError({ address, data }: Frame, code: number): Decoded<Reply> {
  if (!isMeterAddress(address)) return refused('bad-address', `a meter cannot answer as ${address}`)
  if (!refusable(code)) return refused('wrong-function', 'errors of the security function are not spoken')
  const [low, high] = data
  if (low === undefined || data.length > (code === functionCode.control ? 2 : 1)) return wrongLength(data)
  return decoded({ kind: 'error', address, functionCode: code, errors: meterErrors(((high ?? 0) << 8) | low) })
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
