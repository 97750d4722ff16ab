import { decoded, type Decoded, type DecodeRefusal, refused } from '../decoded.ts'
import { ProtocolError } from '../error.ts'
import {
  exceptionBit,
  isRegisterRange,
  mostReadRegisters,
  mostWriteRegisters,
  readWord,
  registerBytes,
  writeWord,
} from './function-code.ts'
import { functionOfModbusKind, modbusKindOfFunction, shortPduBytes } from './request.ts'

/** What a slave answers, without the envelope. */
export type ModbusReply = Readonly<
  | { kind: 'read-holding'; data: Uint8Array }
  | { kind: 'read-input'; data: Uint8Array }
  | { kind: 'write-single'; start: number; value: number }
  | { kind: 'write-multiple'; start: number; count: number }
  | { kind: 'exception'; functionCode: number; exceptionCode: number }
>

/** Function and number of data bytes in front of the registers. */
export const readReplyHeadBytes = 2
export const exceptionPduBytes = 2

/**
 * Function code and data of a reply.
 *
 * @throws ProtocolError `out-of-range` or `wrong-length` when it cannot be said.
 * @example
 * toHex(encodeModbusReply({ kind: 'exception', functionCode: 3, exceptionCode: 2 })) // '83 02'
 */
export function encodeModbusReply(reply: ModbusReply): Uint8Array {
  switch (reply.kind) {
    case 'read-holding':
    case 'read-input': {
      const { data } = reply
      if (!isWholeRegisters(data.length)) throw new ProtocolError('wrong-length', '1 to 125 registers of two bytes')
      const pdu = new Uint8Array(readReplyHeadBytes + data.length)
      pdu[0] = functionOfModbusKind[reply.kind]
      pdu[1] = data.length
      pdu.set(data, readReplyHeadBytes)
      return pdu
    }
    case 'write-single':
    case 'write-multiple': {
      const word = reply.kind === 'write-single' ? reply.value : reply.count
      const possible =
        reply.kind === 'write-single'
          ? isRegisterRange(reply.start, 1, 1) && Number.isInteger(word) && word >= 0 && word <= 0xffff
          : isRegisterRange(reply.start, word, mostWriteRegisters)
      if (!possible) throw new ProtocolError('out-of-range', 'there is no such register, or its value has not 16 bits')
      const pdu = new Uint8Array(shortPduBytes)
      pdu[0] = functionOfModbusKind[reply.kind]
      writeWord(pdu, 1, reply.start)
      writeWord(pdu, 3, word)
      return pdu
    }
    case 'exception': {
      const { functionCode, exceptionCode } = reply
      if (!isByte(functionCode) || functionCode >= exceptionBit || !isByte(exceptionCode))
        throw new ProtocolError('out-of-range', 'a function code has 7 bits, an exception code 8')
      return Uint8Array.of(functionCode | exceptionBit, exceptionCode)
    }
  }
}

/**
 * What a slave answered; `data` is a view into `pdu`.
 *
 * @example
 * decodeModbusReply(fromHex('04 02 00 0A')) // { ok: true, value: { kind: 'read-input', data: 00 0A } }
 */
export function decodeModbusReply(pdu: Uint8Array): Decoded<ModbusReply> {
  const [code] = pdu
  if (code === undefined) return refused('too-short', 'there is no function code')
  if ((code & exceptionBit) !== 0) {
    const [, exceptionCode] = pdu
    if (pdu.length !== exceptionPduBytes || exceptionCode === undefined) return wrongLength(pdu)
    return decoded({ kind: 'exception', functionCode: code & ~exceptionBit, exceptionCode })
  }
  const kind = modbusKindOfFunction(code)
  if (kind === undefined) return refused('wrong-function', `function ${code} is not spoken`)
  if (kind === 'read-holding' || kind === 'read-input') {
    const data = pdu.subarray(readReplyHeadBytes)
    return pdu[1] === data.length && isWholeRegisters(data.length) ? decoded({ kind, data }) : wrongLength(pdu)
  }
  if (pdu.length !== shortPduBytes) return wrongLength(pdu)
  const start = readWord(pdu, 1)
  const word = readWord(pdu, 3)
  if (kind === 'write-single') return decoded({ kind, start, value: word })
  return isRegisterRange(start, word, mostWriteRegisters)
    ? decoded({ kind, start, count: word })
    : refused('out-of-range', 'no registers, too many, or beyond 65535')
}

const isWholeRegisters = (bytes: number): boolean =>
  bytes % registerBytes === 0 && bytes >= registerBytes && bytes <= mostReadRegisters * registerBytes

const isByte = (value: number): boolean => Number.isInteger(value) && value >= 0 && value <= 0xff

const wrongLength = (pdu: Uint8Array): DecodeRefusal =>
  refused('wrong-length', `${pdu.length} bytes do not fit the function`)
