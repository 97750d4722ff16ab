import { decoded, type Decoded, refused } from '../decoded.ts'
import { ProtocolError } from '../error.ts'
import { readWord, registerBytes, writeWord } from './function-code.ts'
import type { RegisterSpan } from './read-plan.ts'

export type RegisterType = 'u16' | 'i16' | 'u32' | 'i32' | 'bits' | 'bcd' | 'bytes'

/**
 * How sure a line of a table is: `C` stated by the maker or by two sources that do not know of each other, `S` by one
 * program that talks to real meters, `I` inferred, `conflict` said differently by two sources.
 */
export type Certainty = 'C' | 'S' | 'I' | 'conflict'

/**
 * One line of a register table. `scale` is what one step is worth in `unit`, as numerator and denominator. `registers`
 * is the width of digits and bytes, `bits` gives names to the bits of a word, 0 the lowest.
 */
export type Register = Readonly<{
  at: number
  type: RegisterType
  registers?: number
  scale: readonly [number, number]
  unit: string
  access: 'r' | 'rw'
  certainty: Certainty
  source: string
  /** Four-byte numbers with their low word first; the high one otherwise. */
  lowWordFirst?: true
  bits?: Readonly<Record<string, number>>
}>

/** Registers of one kind of meter, by name. `readWith` is the function that reads them. */
export type RegisterTable = Readonly<{
  name: string
  readWith: 'read-holding' | 'read-input'
  registers: Readonly<Record<string, Register>>
}>

/** Numbers in base units, a word of bits as it is, digits as text, bytes as they are. */
export type RegisterValue<R extends Register = Register> = R['type'] extends 'bcd'
  ? string
  : R['type'] extends 'bytes'
    ? Uint8Array
    : R['type'] extends 'u16' | 'i16' | 'u32' | 'i32' | 'bits'
      ? number
      : number | string | Uint8Array

/** Freezes a table with all that is in it. */
export const registerTable = <T extends RegisterTable>(table: T): T => {
  for (const row of Object.values(table.registers)) {
    Object.freeze(row.scale)
    if (row.bits !== undefined) Object.freeze(row.bits)
    Object.freeze(row)
  }
  Object.freeze(table.registers)
  return Object.freeze(table)
}

export const registersOf = (register: Register): number => {
  if (register.type === 'u32' || register.type === 'i32') return 2
  return register.type === 'bcd' || register.type === 'bytes' ? (register.registers ?? 1) : 1
}

/** Where the register stands. */
export const registerSpan = (register: Register): RegisterSpan => ({
  start: register.at,
  count: registersOf(register),
})

/**
 * The value in the bytes of a register.
 *
 * @example
 * decodeRegister(acrelDdsy1352.registers.energyTotal, fromHex('00 01 E2 40')) // 123456 × 0.01 kWh: 1234560, in Wh
 */
export function decodeRegister<R extends Register>(register: R, data: Uint8Array): Decoded<RegisterValue<R>> {
  if (data.length !== registersOf(register) * registerBytes)
    return refused('wrong-length', `${data.length} bytes instead of ${registersOf(register) * registerBytes}`)
  if (register.type === 'bytes') return decoded(data.slice() as RegisterValue<R>)
  if (register.type === 'bcd') {
    const digits = [...data].map((byte) => byte.toString(16).padStart(2, '0')).join('')
    if (!/^\d*$/.test(digits)) return refused('not-bcd', 'a nibble is no decimal digit')
    return decoded(digits as RegisterValue<R>)
  }
  const [numerator, denominator] = register.scale
  return decoded(Math.trunc((readSteps(register, data) * numerator) / denominator) as RegisterValue<R>)
}

/**
 * The bytes of a value. What lies below the register's last step is cut off, as a meter does.
 *
 * @throws ProtocolError `out-of-range` or `wrong-length` when the value cannot stand there.
 * @example
 * toHex(encodeRegister(acrelDdsy1352.registers.voltageA, 220_500)) // '08 9D', from mV
 */
export function encodeRegister<R extends Register>(register: R, value: RegisterValue<R>): Uint8Array {
  const bytes = registersOf(register) * registerBytes
  if (register.type === 'bytes') {
    if (!(value instanceof Uint8Array) || value.length !== bytes)
      throw new ProtocolError('wrong-length', `expected ${bytes} bytes`)
    return value.slice()
  }
  if (register.type === 'bcd') {
    if (typeof value !== 'string' || value.length !== 2 * bytes || !/^\d*$/.test(value))
      throw new ProtocolError('out-of-range', `expected ${2 * bytes} decimal digits`)
    return Uint8Array.from({ length: bytes }, (_, index) => Number.parseInt(value.slice(2 * index, 2 * index + 2), 16))
  }
  if (!Number.isSafeInteger(value)) throw new ProtocolError('out-of-range', `no integer of ${register.unit}`)
  const [numerator, denominator] = register.scale
  const steps = Math.trunc((Number(value) * denominator) / numerator)
  const [least, most] = rangeOf[register.type]
  if (steps < least || steps > most)
    throw new ProtocolError('out-of-range', `${Number(value)} ${register.unit} does not fit the register`)
  return writeSteps(register, steps)
}

/** The mask of some named bits of a word. */
export const bitMask = (register: Register, names: readonly string[]): number =>
  names.reduce((mask, name) => {
    const bit = register.bits?.[name]
    if (bit === undefined) throw new ProtocolError('out-of-range', `the register has no bit ${name}`)
    return mask | (1 << bit)
  }, 0)

type NumberType = 'u16' | 'i16' | 'u32' | 'i32' | 'bits'

const rangeOf: Readonly<Record<NumberType, readonly [number, number]>> = Object.freeze({
  u16: [0, 0xffff],
  bits: [0, 0xffff],
  i16: [-0x8000, 0x7fff],
  u32: [0, 0xffff_ffff],
  i32: [-0x8000_0000, 0x7fff_ffff],
})

/** The least and the most steps that a number type holds. */
export const stepRange = (type: RegisterType): readonly [number, number] | null =>
  type === 'bcd' || type === 'bytes' ? null : rangeOf[type]

const readSteps = ({ type, lowWordFirst }: Register, data: Uint8Array): number => {
  const first = readWord(data, 0)
  if (type === 'i16') return (first << 16) >> 16
  if (type !== 'u32' && type !== 'i32') return first
  const second = readWord(data, registerBytes)
  const whole = lowWordFirst === true ? (second << 16) | first : (first << 16) | second
  return type === 'i32' ? whole : whole >>> 0
}

const writeSteps = ({ type, lowWordFirst }: Register, steps: number): Uint8Array => {
  const isLong = type === 'u32' || type === 'i32'
  const data = new Uint8Array(isLong ? 2 * registerBytes : registerBytes)
  if (!isLong) {
    writeWord(data, 0, steps & 0xffff)
    return data
  }
  writeWord(data, lowWordFirst === true ? registerBytes : 0, (steps >>> 16) & 0xffff)
  writeWord(data, lowWordFirst === true ? 0 : registerBytes, steps & 0xffff)
  return data
}
