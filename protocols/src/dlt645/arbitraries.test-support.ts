import * as fc from 'fast-check'
import { broadcastAddress } from './address.ts'
import type { Frame } from './frame.ts'
import { meterErrors } from './meter-error.ts'
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

const credentials = fc.record({
  level: fc.integer({ min: 0, max: 99 }),
  password: digits(6),
  operator: identifier.map((number) => number.toString(16).toUpperCase().padStart(8, '0')),
})

export const frame: fc.Arbitrary<Frame> = fc.record({
  address: fc.oneof(readAddress, fc.constant(broadcastAddress)),
  control: byte,
  data: data(255),
})

export const request: fc.Arbitrary<Request> = fc.oneof(
  fc.record({ kind: fc.constant('read' as const), address: readAddress, identifier }),
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
    kind: fc.constantFrom('read-address' as const, 'write' as const, 'set-time' as const),
    address: meterAddress,
  }),
  fc.record({
    kind: fc.constant('control' as const),
    address: meterAddress,
    result: fc.oneof(fc.constant(new Uint8Array()), fc.uint8Array({ minLength: 2, maxLength: 2 })),
  }),
  fc.record({
    kind: fc.constant('error' as const),
    address: meterAddress,
    functionCode: fc.constantFrom(0x11, 0x12, 0x14, 0x16, 0x1a, 0x1c),
    errors: byte.map(meterErrors),
  }),
  fc.record({
    kind: fc.constant('error' as const),
    address: meterAddress,
    functionCode: fc.constant(0x1c),
    errors: fc.integer({ min: 0x100, max: 0xffff }).map(meterErrors),
  }),
)
