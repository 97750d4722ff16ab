import { registerBytes } from './function-code.ts'
import { type ModbusReply, readReplyHeadBytes } from './reply.ts'
import { functionOfModbusKind, type ModbusRequest, shortPduBytes } from './request.ts'

/**
 * Whether `reply` can be the answer to `request`. A read reply does not say where its registers begin: behind the same
 * unit, two reads of equally many registers have the same answer but for its data. Whoever asks must see to it that a
 * late one does not meet the next question.
 *
 * @example
 * answersModbus({ kind: 'read-holding', start: 0, count: 1 }, { kind: 'read-holding', data: fromHex('00 0A') }) // true
 */
export function answersModbus(request: ModbusRequest, reply: ModbusReply): boolean {
  if (reply.kind === 'exception') return reply.functionCode === functionOfModbusKind[request.kind]
  switch (request.kind) {
    case 'read-holding':
    case 'read-input':
      return reply.kind === request.kind && reply.data.length === request.count * registerBytes
    case 'write-single':
      return reply.kind === request.kind && reply.start === request.start && reply.value === request.value
    case 'write-multiple':
      return (
        reply.kind === request.kind &&
        reply.start === request.start &&
        reply.count * registerBytes === request.data.length
      )
  }
}

/**
 * Bytes of function code and data of the normal reply, which in Modbus follow from the request.
 *
 * @example
 * modbusReplyBytes({ kind: 'read-holding', start: 0x200, count: 48 }) // 98
 */
export const modbusReplyBytes = (request: ModbusRequest): number =>
  request.kind === 'read-holding' || request.kind === 'read-input'
    ? readReplyHeadBytes + request.count * registerBytes
    : shortPduBytes
