import type { Frame } from '@xianfu/protocols'
import { bcd, binary, joined } from '../meter/bytes.ts'

/** Requests as bytes, made by hand and not by the codec under test. */

export const address = '000000000001'

/** PA 02, password 000000, operator 12345678H. */
export const credentials = Uint8Array.from([0x02, 0, 0, 0, 0x78, 0x56, 0x34, 0x12])

export const frame = (control: number, data: Uint8Array, to = address): Frame => ({ address: to, control, data })

export const read = (identifier: number, to = address): Frame => frame(0x11, binary(identifier, 4), to)

export const write = (identifier: number, data: Uint8Array, by = credentials): Frame =>
  frame(0x14, joined(binary(identifier, 4), by, data))

/** N1 N2 and an end of validity that never comes. */
export const control = (n1: number, n2 = 0, by = credentials): Frame =>
  frame(0x1c, joined(by, Uint8Array.of(n1, n2), new Uint8Array(6).fill(0x99)))

/** The same with an end of validity: ss mm hh DD MM YY. */
export const controlUntil = (n1: number, until: readonly number[], by = credentials): Frame =>
  frame(0x1c, joined(by, Uint8Array.of(n1, 0), ...until.map((part) => bcd(part, 1))))

export const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')

/** The number in the data of a read answer, behind the identifier. */
export const number = (answer: Frame | null, bytes: number, offset = 4): number => {
  if (answer === null) throw new Error('no answer')
  let value = 0
  for (let index = offset + bytes - 1; index >= offset; index -= 1) {
    const byte = answer.data[index] ?? 0
    value = value * 100 + (byte >> 4) * 10 + (byte & 0x0f)
  }
  return value
}
