import { decoded, type Decoded, type DecodeRefusal, refused } from '../decoded.ts'
import { ProtocolError } from '../error.ts'
import {
  isRegisterRange,
  modbusFunction,
  mostReadRegisters,
  mostWriteRegisters,
  readWord,
  registerBytes,
  writeWord,
} from './function-code.ts'

/**
 * What a master asks, without the envelope. Registers are named as on the wire, from 0; `data` holds them high byte
 * first, two bytes each.
 */
export type ModbusRequest = Readonly<
  | { kind: 'read-holding'; start: number; count: number }
  | { kind: 'read-input'; start: number; count: number }
  | { kind: 'write-single'; start: number; value: number }
  | { kind: 'write-multiple'; start: number; data: Uint8Array }
>

export const functionOfModbusKind: Readonly<Record<ModbusRequest['kind'], number>> = Object.freeze({
  'read-holding': modbusFunction.readHolding,
  'read-input': modbusFunction.readInput,
  'write-single': modbusFunction.writeSingle,
  'write-multiple': modbusFunction.writeMultiple,
})

/** Function, start, and a count or a value. */
export const shortPduBytes = 5
/** The same, and the number of data bytes. */
export const writeHeadBytes = 6

/**
 * Function code and data of a request.
 *
 * @throws ProtocolError `out-of-range` when the registers do not exist or are too many, `wrong-length` for half ones.
 * @example
 * toHex(encodeModbusRequest({ kind: 'read-holding', start: 0x6b, count: 3 })) // '03 00 6B 00 03'
 */
export function encodeModbusRequest(request: ModbusRequest): Uint8Array {
  const { kind, start } = request
  switch (kind) {
    case 'read-holding':
    case 'read-input':
      assertRange(start, request.count, mostReadRegisters)
      return shortPdu(kind, start, request.count)
    case 'write-single':
      assertRange(start, 1, 1)
      if (!Number.isInteger(request.value) || request.value < 0 || request.value > 0xffff)
        throw new ProtocolError('out-of-range', 'a register has 16 bits')
      return shortPdu(kind, start, request.value)
    case 'write-multiple': {
      const { data } = request
      if (data.length % registerBytes !== 0) throw new ProtocolError('wrong-length', 'a register has two bytes')
      const count = data.length / registerBytes
      assertRange(start, count, mostWriteRegisters)
      const pdu = new Uint8Array(writeHeadBytes + data.length)
      pdu.set(shortPdu(kind, start, count))
      pdu[shortPduBytes] = data.length
      pdu.set(data, writeHeadBytes)
      return pdu
    }
  }
}

/**
 * What a slave was asked; `data` is a view into `pdu`.
 *
 * @example
 * decodeModbusRequest(fromHex('06 00 01 00 03')) // { ok: true, value: { kind: 'write-single', start: 1, value: 3 } }
 */
export function decodeModbusRequest(pdu: Uint8Array): Decoded<ModbusRequest> {
  const kind = pdu[0] === undefined ? undefined : kindOfFunction.get(pdu[0])
  if (kind === undefined) return refused('wrong-function', `function ${pdu[0] ?? 'nothing'} is not spoken`)
  if (pdu.length < shortPduBytes) return wrongLength(pdu)
  const start = readWord(pdu, 1)
  const word = readWord(pdu, 3)
  switch (kind) {
    case 'read-holding':
    case 'read-input':
      if (pdu.length !== shortPduBytes) return wrongLength(pdu)
      return isRegisterRange(start, word, mostReadRegisters) ? decoded({ kind, start, count: word }) : noSuchRange
    case 'write-single':
      return pdu.length === shortPduBytes ? decoded({ kind, start, value: word }) : wrongLength(pdu)
    case 'write-multiple': {
      const data = pdu.subarray(writeHeadBytes)
      if (pdu[shortPduBytes] !== data.length || data.length !== word * registerBytes) return wrongLength(pdu)
      return isRegisterRange(start, word, mostWriteRegisters) ? decoded({ kind, start, data }) : noSuchRange
    }
  }
}

const assertRange = (start: number, count: number, most: number): void => {
  if (!isRegisterRange(start, count, most))
    throw new ProtocolError('out-of-range', `${count} registers from ${start} on: at most ${most}, up to 65535`)
}

const shortPdu = (kind: ModbusRequest['kind'], start: number, word: number): Uint8Array => {
  const pdu = new Uint8Array(shortPduBytes)
  pdu[0] = functionOfModbusKind[kind]
  writeWord(pdu, 1, start)
  writeWord(pdu, 3, word)
  return pdu
}

const noSuchRange = refused('out-of-range', 'no registers, too many, or beyond 65535')
const wrongLength = (pdu: Uint8Array): DecodeRefusal =>
  refused('wrong-length', `${pdu.length} bytes do not fit the function`)

const kindOfFunction: ReadonlyMap<number, ModbusRequest['kind']> = new Map(
  (Object.keys(functionOfModbusKind) as ModbusRequest['kind'][]).map((kind) => [functionOfModbusKind[kind], kind]),
)
/** The kind of request or reply that a function code without exception bit belongs to. */
export const modbusKindOfFunction = (code: number): ModbusRequest['kind'] | undefined => kindOfFunction.get(code)
