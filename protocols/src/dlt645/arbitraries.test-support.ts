import * as fc from 'fast-check'
import { broadcastAddress, wildcardAddress } from './address.ts'
import type { Frame } from './frame.ts'
import type { FreezeTime } from './freeze-time.ts'
import { meterErrors, securityErrors } from './meter-error.ts'
import type { MeterTime } from './meter-time.ts'
import { controlActions } from './relay-command.ts'
import type { Reply } from './reply.ts'
import type { Request } from './request.ts'

// What can be said, for property tests: everything that an encoder must accept.

const digits = (length: number): fc.Arbitrary<string> =>
  fc.array(fc.integer({ min: 0, max: 9 }), { minLength: length, maxLength: length }).map((parts) => parts.join(''))

// Bytes 68H and 16H inside an address are what a careless reader stumbles over.
const pair = fc.oneof({ weight: 4, arbitrary: digits(2) }, fc.constantFrom('68', '16', '99', '00'))

export const meterAddress: fc.Arbitrary<string> = fc
  .array(pair, { minLength: 6, maxLength: 6 })
  .map((pairs) => pairs.join(''))
  .filter((address) => address !== broadcastAddress)

const readAddress = fc
  .tuple(meterAddress, fc.integer({ min: 0, max: 6 }))
  .map(([address, wildcards]) => 'AA'.repeat(wildcards) + address.slice(2 * wildcards))
  .filter((address) => address !== broadcastAddress)

const byte = fc.integer({ min: 0, max: 255 })
export const identifier: fc.Arbitrary<number> = fc.integer({ min: 0, max: 0xffff_ffff })
const data = (maxLength: number): fc.Arbitrary<Uint8Array> => fc.uint8Array({ maxLength })

export const meterTime: fc.Arbitrary<MeterTime> = fc
  .date({ min: new Date('2000-01-01T00:00:00Z'), max: new Date('2099-12-31T23:59:59Z'), noInvalidDate: true })
  .map((date) => ({
    year: date.getUTCFullYear(),
    month: date.getUTCMonth() + 1,
    day: date.getUTCDate(),
    hour: date.getUTCHours(),
    minute: date.getUTCMinutes(),
    second: date.getUTCSeconds(),
  }))

const hexDigits = (length: number): fc.Arbitrary<string> =>
  fc
    .bigInt({ min: 0n, max: 16n ** BigInt(length) - 1n })
    .map((number) => number.toString(16).toUpperCase().padStart(length, '0'))
const operatorCode = hexDigits(8)
const credentials = fc.oneof(
  fc.record({ level: fc.integer({ min: 0, max: 97 }), password: digits(6), operator: operatorCode }),
  // At the ciphered levels the password is no secret and no number.
  fc.record({ level: fc.constantFrom(98, 99), password: hexDigits(6), operator: operatorCode }),
)
const password = fc.record({ level: fc.integer({ min: 0, max: 99 }), password: digits(6) })
const cipher = fc.uint8Array({ minLength: 20, maxLength: 20 })
const output = fc.constantFrom('clock-second' as const, 'demand-period' as const, 'tariff-switch' as const)
const meterOrAll = fc.oneof(meterAddress, fc.constant(broadcastAddress))
const minuteTime = meterTime.map(({ year, month, day, hour, minute }) => ({ year, month, day, hour, minute }))
const blocks = byte
/** Load profiles and the curves of grid meters, whose requests put the time elsewhere. */
const loadIdentifier = fc.oneof(identifier, fc.constantFrom(0x06000000, 0x06000001, 0x06100101, 0x06100304))

const freezeTime: fc.Arbitrary<FreezeTime> = meterTime.chain(({ month, day, hour, minute }) =>
  fc.constantFrom<FreezeTime>(
    { every: 'now' },
    { every: 'hour', minute },
    { every: 'day', hour, minute },
    { every: 'month', day, hour, minute },
    { every: 'year', month, day, hour, minute },
  ),
)

export const frame: fc.Arbitrary<Frame> = fc.record({
  address: fc.oneof(readAddress, fc.constant(broadcastAddress)),
  control: byte,
  data: data(255),
})

export const request: fc.Arbitrary<Request> = fc.oneof(
  fc.record({ kind: fc.constant('read' as const), address: readAddress, identifier }),
  fc.record({ kind: fc.constant('read' as const), address: readAddress, identifier: loadIdentifier, blocks }),
  fc.record({
    kind: fc.constant('read' as const),
    address: readAddress,
    identifier: loadIdentifier,
    blocks,
    from: minuteTime,
  }),
  fc.record({
    kind: fc.constant('read' as const),
    address: readAddress,
    identifier,
    parameters: data(200).filter(({ length }) => length > 1 && length !== 6),
  }),
  fc.record({ kind: fc.constant('read-follow-up' as const), address: readAddress, identifier, sequence: byte }),
  fc.record({ kind: fc.constant('read-address' as const) }),
  fc.record({
    kind: fc.constant('write' as const),
    address: meterAddress,
    identifier,
    credentials,
    data: data(255 - 12),
  }),
  fc.record({
    kind: fc.constant('control' as const),
    address: meterAddress,
    action: fc.constantFrom(...controlActions),
    credentials,
    validUntil: fc.option(meterTime),
  }),
  fc.record({
    kind: fc.constant('set-time' as const),
    address: fc.oneof(meterAddress, fc.constant(broadcastAddress)),
    time: meterTime,
  }),
  fc.record({
    kind: fc.constant('pre-trip' as const),
    address: meterAddress,
    restore: fc.constantFrom('direct-close' as const, 'permit-close' as const),
    restoreAfterMinutes: fc.integer({ min: 1, max: 255 }).map((steps) => 5 * steps),
    credentials,
    validUntil: fc.option(meterTime),
  }),
  fc.record({ kind: fc.constant('control-ciphered' as const), address: meterAddress, credentials, cipher }),
  fc.record({
    kind: fc.constant('write-address' as const),
    address: fc.oneof(meterAddress, fc.constant(wildcardAddress)),
    newAddress: meterAddress,
  }),
  fc.record({ kind: fc.constant('freeze' as const), address: meterOrAll, when: freezeTime }),
  fc.record({ kind: fc.constant('change-rate' as const), address: meterAddress, rateWord: byte }),
  fc.record({
    kind: fc.constant('change-password' as const),
    address: meterAddress,
    identifier,
    authority: password,
    replacement: password,
  }),
  fc.record({ kind: fc.constant('clear-demand' as const), address: meterAddress, credentials }),
  fc.record({
    kind: fc.constant('clear-meter' as const),
    address: meterAddress,
    credentials,
    cipher: fc.option(cipher),
  }),
  fc.record({ kind: fc.constant('clear-events' as const), address: meterAddress, credentials, events: identifier }),
  fc.record({ kind: fc.constant('select-output' as const), address: meterOrAll, output }),
  fc.record({
    kind: fc.constant('security' as const),
    address: meterAddress,
    identifier,
    operator: operatorCode,
    data: data(255 - 8),
  }),
)

export const reply: fc.Arbitrary<Reply> = fc.oneof(
  fc.record({
    kind: fc.constant('read' as const),
    address: meterAddress,
    identifier,
    data: data(251),
    more: fc.boolean(),
  }),
  fc.record({
    kind: fc.constant('read-follow-up' as const),
    address: meterAddress,
    identifier,
    data: data(250),
    sequence: byte,
    more: fc.boolean(),
  }),
  fc.record({
    kind: fc.constantFrom(
      'read-address' as const,
      'write' as const,
      'set-time' as const,
      'write-address' as const,
      'freeze' as const,
      'clear-demand' as const,
      'clear-meter' as const,
      'clear-events' as const,
    ),
    address: meterAddress,
  }),
  fc.record({ kind: fc.constant('change-rate' as const), address: meterAddress, rateWord: byte }),
  fc.record({ kind: fc.constant('change-password' as const), address: meterAddress, password }),
  fc.record({ kind: fc.constant('select-output' as const), address: meterAddress, output }),
  fc.record({ kind: fc.constant('security' as const), address: meterAddress, identifier, data: data(251) }),
  fc.record({
    kind: fc.constant('control' as const),
    address: meterAddress,
    result: fc.uint8Array({ maxLength: 2 }),
  }),
  fc.record({
    kind: fc.constant('error' as const),
    address: meterAddress,
    functionCode: fc.constantFrom(0x11, 0x12, 0x13, 0x14, 0x15, 0x16, 0x17, 0x18, 0x19, 0x1a, 0x1b, 0x1c, 0x1d),
    errors: byte.map(meterErrors),
  }),
  fc.record({
    kind: fc.constant('error' as const),
    address: meterAddress,
    functionCode: fc.constant(0x1c),
    errors: fc.integer({ min: 0x100, max: 0xffff }).map(meterErrors),
  }),
  fc.record({
    kind: fc.constant('error' as const),
    address: meterAddress,
    functionCode: fc.constant(0x03),
    errors: fc.integer({ min: 0, max: 0xffff }).map(securityErrors),
  }),
)
