import { expect, test } from 'vitest'
import lines from '../../fixtures/modbus-frames.jsonl?raw'
import type { Decoded } from '../decoded.ts'
import { fromHex, toHex } from '../hex.ts'
import { crc16 } from './crc16.ts'
import { decodeModbusReply, encodeModbusReply } from './reply.ts'
import { decodeModbusRequest, encodeModbusRequest } from './request.ts'
import { decodeRtuFrame, encodeRtuFrame } from './rtu-frame.ts'
import { decodeTcpFrame, encodeTcpFrame } from './tcp-frame.ts'

type Line = Readonly<{ dir: 'req' | 'res'; envelope: 'rtu' | 'tcp' | 'pdu'; hex: string; message: object }>

const published = lines
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Line)

const valueOf = <T>(result: Decoded<T>): T => {
  if (!result.ok) throw new Error(`${result.code}: ${result.detail}`)
  return result.value
}

/** The envelope opened, and the same envelope around other content. */
const open = ({ envelope, hex }: Line): Readonly<{ pdu: Uint8Array; wrap(pdu: Uint8Array): Uint8Array }> => {
  const bytes = fromHex(hex)
  if (envelope === 'pdu') return { pdu: bytes, wrap: (pdu) => pdu }
  if (envelope === 'rtu') {
    const frame = valueOf(decodeRtuFrame(bytes))
    return { pdu: frame.pdu, wrap: (pdu) => encodeRtuFrame({ ...frame, pdu }) }
  }
  const frame = valueOf(decodeTcpFrame(bytes))
  return { pdu: frame.pdu, wrap: (pdu) => encodeTcpFrame({ ...frame, pdu }) }
}

const withHexData = (message: object): object =>
  'data' in message && message.data instanceof Uint8Array ? { ...message, data: toHex(message.data) } : message

test('the fixtures are all there', () => {
  expect(published).toHaveLength(16)
})

/** The message of a line, and the line's bytes made from it again. */
const understood = (line: Line): Readonly<{ message: object; hex: string }> => {
  const { pdu, wrap } = open(line)
  if (line.dir === 'req') {
    const message = valueOf(decodeModbusRequest(pdu))
    return { message: withHexData(message), hex: toHex(wrap(encodeModbusRequest(message))) }
  }
  const message = valueOf(decodeModbusReply(pdu))
  return { message: withHexData(message), hex: toHex(wrap(encodeModbusReply(message))) }
}

test.each(published)('$envelope $dir $hex', (line) => {
  expect(understood(line)).toEqual({ message: line.message, hex: line.hex })
})

test.each([
  // MODBUS over Serial Line V1.02, 6.2.2: unit 2, function 7, CRC 1241H.
  ['02 07', 0x1241],
  // The catalogue of CRC algorithms: the check value of CRC-16/MODBUS over the digits 1 to 9.
  ['31 32 33 34 35 36 37 38 39', 0x4b37],
])('the CRC of %s', (hex, crc) => {
  expect(crc16(fromHex(hex))).toBe(crc)
})
