import { ProtocolError } from '../error.ts'
import { addressBytes, isMeterAddress, writeAddress } from './address.ts'
import { type Credentials, credentialsBytes, operatorBytes, writeCredentials, writeOperator } from './credentials.ts'
import { identifierBytes, writeIdentifier } from './data-identifier.ts'
import { longestDataBytes } from './frame.ts'
import { freezeTimeData } from './freeze-time.ts'
import { meterTimeBytes, writeMeterTime } from './meter-time.ts'
import { writeMoment } from './moment.ts'
import { outputCodes } from './output-signal.ts'
import { passwordBytes, writePassword } from './password.ts'
import { cipherBytes, encodePreTrip, encodeRelayCommand } from './relay-command.ts'
import type { Request, RequestOf } from './request.ts'

const noData = new Uint8Array()
export const minutePattern = 'YYMMDDhhmm'
export const minuteBytes = 5
/** Curves of grid meters (06 10 xx xx) put the time in front of the count, the load profile behind it. */
export const isCurve = (identifier: number): boolean => identifier >>> 16 === 0x0610

/** The data of a request's frame. @throws ProtocolError when they cannot be put into bytes. */
export function requestData(request: Request): Uint8Array {
  switch (request.kind) {
    case 'read':
      return readData(request)
    case 'read-follow-up': {
      const data = new Uint8Array(identifierBytes + 1)
      writeIdentifier(data, request.identifier)
      data[identifierBytes] = checkedByte(request.sequence, 'a sequence number')
      return data
    }
    case 'read-address':
      return noData
    case 'write':
      return behind(withIdentifier(request.identifier, request.credentials), request.data)
    case 'control':
      return encodeRelayCommand(request)
    case 'pre-trip':
      return encodePreTrip(request)
    case 'control-ciphered':
      return behind(onlyCredentials(request.credentials), checkedCipher(request.cipher))
    case 'set-time': {
      const data = new Uint8Array(meterTimeBytes)
      writeMeterTime(data, 0, request.time)
      return data
    }
    case 'write-address': {
      const { newAddress } = request
      if (!isMeterAddress(newAddress)) throw new ProtocolError('bad-address', 'the new address has 12 digits')
      const data = new Uint8Array(addressBytes)
      writeAddress(data, 0, newAddress)
      return data
    }
    case 'freeze':
      return freezeTimeData(request.when)
    case 'change-rate':
      return Uint8Array.of(checkedByte(request.rateWord, 'a rate word'))
    case 'change-password': {
      const data = new Uint8Array(identifierBytes + 2 * passwordBytes)
      writeIdentifier(data, request.identifier)
      writePassword(data, identifierBytes, request.authority)
      writePassword(data, identifierBytes + passwordBytes, request.replacement)
      return data
    }
    case 'clear-demand':
      return onlyCredentials(request.credentials)
    case 'clear-meter': {
      const { credentials, cipher } = request
      return behind(onlyCredentials(credentials), cipher === null ? noData : checkedCipher(cipher))
    }
    case 'clear-events': {
      const events = new Uint8Array(identifierBytes)
      writeIdentifier(events, request.events)
      return behind(onlyCredentials(request.credentials), events)
    }
    case 'select-output':
      return Uint8Array.of(outputCodes[request.output])
    case 'security':
    default: {
      const head = new Uint8Array(identifierBytes + operatorBytes)
      writeIdentifier(head, request.identifier)
      writeOperator(head, identifierBytes, request.operator)
      return behind(head, request.data)
    }
  }
}

function readData({ identifier, blocks, from, parameters }: RequestOf<'read'>): Uint8Array {
  const head = new Uint8Array(identifierBytes)
  writeIdentifier(head, identifier)
  if (parameters !== undefined) {
    if (blocks !== undefined || from !== undefined || !areParameters(parameters.length)) {
      throw new ProtocolError('wrong-length', 'parameters of a read that look like a number of blocks or a time')
    }
    return behind(head, parameters)
  }
  if (blocks === undefined) {
    if (from !== undefined) throw new ProtocolError('out-of-range', 'a time without a number of blocks')
    return head
  }
  const count = Uint8Array.of(checkedByte(blocks, 'a number of blocks'))
  if (from === undefined) return behind(head, count)
  const time = new Uint8Array(minuteBytes)
  writeMoment(minutePattern, time, 0, from)
  return isCurve(identifier) ? behind(behind(head, time), count) : behind(behind(head, count), time)
}

/** Whether so many bytes behind an identifier are neither nothing, nor a number of blocks, nor that and a time. */
export const areParameters = (length: number): boolean => length > 0 && length !== 1 && length !== 1 + minuteBytes

function onlyCredentials(credentials: Credentials): Uint8Array {
  const data = new Uint8Array(credentialsBytes)
  writeCredentials(data, 0, credentials)
  return data
}

function withIdentifier(identifier: number, credentials: Credentials): Uint8Array {
  const data = new Uint8Array(identifierBytes + credentialsBytes)
  writeIdentifier(data, identifier)
  writeCredentials(data, identifierBytes, credentials)
  return data
}

/** @throws ProtocolError `wrong-length` when head and data do not fit a frame. */
function behind(head: Uint8Array, data: Uint8Array): Uint8Array {
  const length = head.length + data.length
  if (length > longestDataBytes) throw new ProtocolError('wrong-length', `${length} bytes to send do not fit a frame`)
  const whole = new Uint8Array(length)
  whole.set(head)
  whole.set(data, head.length)
  return whole
}

function checkedCipher(cipher: Uint8Array): Uint8Array {
  if (cipher.length !== cipherBytes) {
    throw new ProtocolError('wrong-length', `a ciphered command has ${cipherBytes} bytes, not ${cipher.length}`)
  }
  return cipher
}

/** @throws ProtocolError `out-of-range` unless the number is a byte. */
export function checkedByte(number: number, what: string): number {
  if (!Number.isInteger(number) || number < 0 || number > 0xff) {
    throw new ProtocolError('out-of-range', `${what} is one byte`)
  }
  return number
}
