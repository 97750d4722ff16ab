import { decoded, type Decoded, type DecodeRefusal, refused } from '../decoded.ts'
import { addressBytes, isMeterAddress, readAddress } from './address.ts'
import { partOf } from './bytes.ts'
import { credentialsBytes, operatorBytes, readCredentials, readOperator } from './credentials.ts'
import { identifierBytes, readIdentifier } from './data-identifier.ts'
import { freezeTimeBytes, readFreezeTime } from './freeze-time.ts'
import { meterTimeBytes, readMeterTime } from './meter-time.ts'
import { readMoment } from './moment.ts'
import { outputOfCode } from './output-signal.ts'
import { passwordBytes, readPassword } from './password.ts'
import { cipheredCommandBytes, decodeRelayCommand } from './relay-command.ts'
import type { MinuteTime, Request, RequestKind } from './request.ts'
import { areParameters, isCurve, minuteBytes, minutePattern } from './request-writer.ts'

/** The request of a kind that the data of a frame make, whose address is a permitted one. */
export function readRequestData(
  kind: Exclude<RequestKind, 'read-address'>,
  address: string,
  data: Uint8Array,
): Decoded<Request> {
  switch (kind) {
    case 'read':
      return decodeRead(address, data)
    case 'read-follow-up':
      if (data.length !== identifierBytes + 1) return wrongLength(data)
      return decoded({ kind, address, identifier: readIdentifier(data), sequence: data[identifierBytes] ?? 0 })
    case 'write':
      return decodeWrite(address, data)
    case 'control':
    case 'pre-trip':
    case 'control-ciphered':
      return decodeControl(address, data)
    case 'set-time': {
      if (data.length !== meterTimeBytes) return wrongLength(data)
      const time = readMeterTime(data, 0)
      return time.ok ? decoded({ kind, address, time: time.value }) : time
    }
    case 'write-address': {
      if (data.length !== addressBytes) return wrongLength(data)
      const newAddress = readAddress(data, 0)
      if (newAddress === null || !isMeterAddress(newAddress)) {
        return refused('bad-address', 'the new address is not that of one meter')
      }
      return decoded({ kind, address, newAddress })
    }
    case 'freeze': {
      if (data.length !== freezeTimeBytes) return wrongLength(data)
      const when = readFreezeTime(data)
      return when.ok ? decoded({ kind, address, when: when.value }) : when
    }
    case 'change-rate':
      return data.length === 1 ? decoded({ kind, address, rateWord: data[0] ?? 0 }) : wrongLength(data)
    case 'change-password':
      return decodeChangePassword(address, data)
    case 'clear-demand':
    case 'clear-meter':
    case 'clear-events':
      return decodeClear(kind, address, data)
    case 'select-output': {
      if (data.length !== 1) return wrongLength(data)
      const output = outputOfCode(data[0] ?? 0)
      return output === null
        ? refused('out-of-range', 'there is no such output of the terminal')
        : decoded({ kind, address, output })
    }
    case 'security':
    default:
      if (data.length < identifierBytes + operatorBytes) return wrongLength(data)
      return decoded({
        kind,
        address,
        identifier: readIdentifier(data),
        operator: readOperator(data, identifierBytes),
        data: partOf(data, identifierBytes + operatorBytes),
      })
  }
}

/** Identifier alone; with a number of blocks; with number and time; with parameters of another length. */
function decodeRead(address: string, data: Uint8Array): Decoded<Request> {
  if (data.length < identifierBytes) return wrongLength(data)
  const identifier = readIdentifier(data)
  const more = data.length - identifierBytes
  if (more === 0) return decoded({ kind: 'read', address, identifier })
  if (areParameters(more)) {
    return decoded({ kind: 'read', address, identifier, parameters: partOf(data, identifierBytes) })
  }
  if (more === 1) return decoded({ kind: 'read', address, identifier, blocks: data[identifierBytes] ?? 0 })
  const timeFirst = isCurve(identifier)
  const blocks = data[identifierBytes + (timeFirst ? minuteBytes : 0)] ?? 0
  const time = readMoment(minutePattern, data, identifierBytes + (timeFirst ? 0 : 1))
  if (!time.ok) return time
  if (time.value === null) return refused('out-of-range', 'the time to read from is empty')
  return decoded({ kind: 'read', address, identifier, blocks, from: time.value as MinuteTime })
}

function decodeWrite(address: string, data: Uint8Array): Decoded<Request> {
  const head = identifierBytes + credentialsBytes
  if (data.length < head) return wrongLength(data)
  const credentials = readCredentials(data, identifierBytes)
  if (!credentials.ok) return credentials
  const identifier = readIdentifier(data)
  return decoded({ kind: 'write', address, identifier, credentials: credentials.value, data: partOf(data, head) })
}

function decodeControl(address: string, data: Uint8Array): Decoded<Request> {
  if (data.length === cipheredCommandBytes) {
    const credentials = readCredentials(data, 0)
    if (!credentials.ok) return credentials
    const cipher = partOf(data, credentialsBytes)
    return decoded({ kind: 'control-ciphered', address, credentials: credentials.value, cipher })
  }
  const command = decodeRelayCommand(data)
  return command.ok ? decoded({ ...command.value, address }) : command
}

function decodeChangePassword(address: string, data: Uint8Array): Decoded<Request> {
  if (data.length !== identifierBytes + 2 * passwordBytes) return wrongLength(data)
  const authority = readPassword(data, identifierBytes)
  if (!authority.ok) return authority
  const replacement = readPassword(data, identifierBytes + passwordBytes)
  if (!replacement.ok) return replacement
  return decoded({
    kind: 'change-password',
    address,
    identifier: readIdentifier(data),
    authority: authority.value,
    replacement: replacement.value,
  })
}

function decodeClear(
  kind: 'clear-demand' | 'clear-meter' | 'clear-events',
  address: string,
  data: Uint8Array,
): Decoded<Request> {
  const lengths = {
    'clear-demand': [credentialsBytes],
    'clear-meter': [credentialsBytes, cipheredCommandBytes],
    'clear-events': [credentialsBytes + identifierBytes],
  }
  if (!lengths[kind].includes(data.length)) return wrongLength(data)
  const credentials = readCredentials(data, 0)
  if (!credentials.ok) return credentials
  const more = partOf(data, credentialsBytes)
  const head = { address, credentials: credentials.value }
  if (kind === 'clear-demand') return decoded({ kind, ...head })
  if (kind === 'clear-events') return decoded({ kind, ...head, events: readIdentifier(more) })
  return decoded({ kind, ...head, cipher: more.length === 0 ? null : more })
}

const wrongLength = (data: Uint8Array): DecodeRefusal =>
  refused('wrong-length', `${data.length} bytes of data do not fit the function`)
