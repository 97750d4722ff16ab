import * as fc from 'fast-check'
import type { ModbusReply } from './reply.ts'
import type { ModbusRequest } from './request.ts'

// What can be said, for property tests: everything that an encoder must accept.

const word = fc.integer({ min: 0, max: 0xffff })
const range = (most: number) =>
  fc
    .integer({ min: 1, max: most })
    .chain((count) => fc.integer({ min: 0, max: 0x1_0000 - count }).map((start) => ({ start, count })))
const registers = (count: number): fc.Arbitrary<Uint8Array> =>
  fc.uint8Array({ minLength: 2 * count, maxLength: 2 * count })

export const unit: fc.Arbitrary<number> = fc.integer({ min: 1, max: 247 })

export const modbusRequest: fc.Arbitrary<ModbusRequest> = fc.oneof(
  range(125).map((span) => ({ kind: 'read-holding' as const, ...span })),
  range(125).map((span) => ({ kind: 'read-input' as const, ...span })),
  fc.record({ kind: fc.constant('write-single' as const), start: word, value: word }),
  range(123).chain(({ start, count }) =>
    registers(count).map((data) => ({ kind: 'write-multiple' as const, start, data })),
  ),
)

/** The honest reply to a request. */
export const replyTo = (request: ModbusRequest): fc.Arbitrary<ModbusReply> => {
  switch (request.kind) {
    case 'read-holding':
    case 'read-input':
      return registers(request.count).map((data) => ({ kind: request.kind, data }))
    case 'write-single':
      return fc.constant(request)
    case 'write-multiple':
      return fc.constant({ kind: 'write-multiple', start: request.start, count: request.data.length / 2 })
  }
}

export const modbusReply: fc.Arbitrary<ModbusReply> = fc.oneof(
  modbusRequest.chain(replyTo),
  fc.record({
    kind: fc.constant('exception' as const),
    functionCode: fc.integer({ min: 0, max: 0x7f }),
    exceptionCode: fc.integer({ min: 0, max: 0xff }),
  }),
)

/** Bytes in pieces of the given sizes, over and over. */
export const inPieces = (bytes: Uint8Array, sizes: readonly number[]): Uint8Array[] => {
  const pieces: Uint8Array[] = []
  for (let offset = 0, piece = 0; offset < bytes.length; piece++) {
    const size = sizes[piece % sizes.length] ?? 1
    pieces.push(bytes.slice(offset, offset + size))
    offset += size
  }
  return pieces
}

export const pieceSizes = fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1, maxLength: 8 })

export const join = (...parts: readonly Uint8Array[]): Uint8Array => Uint8Array.from(parts.flatMap((part) => [...part]))
