export { ProtocolError, type ProtocolErrorCode } from './error.ts'
export type { Decoded, DecodeErrorCode, DecodeRefusal } from './decoded.ts'
export { fromHex, toHex } from './hex.ts'
export { addressMatches, broadcastAddress, isMeterAddress, wildcardAddress } from './dlt645/address.ts'
export { decodeFrame, encodeFrame, type Frame, longestFrameBytes, shortestFrameBytes } from './dlt645/frame.ts'
export { type ControlCode, functionCode, splitControlCode } from './dlt645/control-code.ts'
export { createFrameReader, type FrameReader } from './stream/frame-reader.ts'
export type { MeterTime } from './dlt645/meter-time.ts'
export type { Credentials } from './dlt645/credentials.ts'
export { type ControlAction, controlActions } from './dlt645/relay-command.ts'
export { errorsFor, type MeterErrorReason, type MeterErrors, meterErrors } from './dlt645/meter-error.ts'
export { decodeRequest, encodeRequest, type Request } from './dlt645/request.ts'
export { decodeReply, encodeReply, type Reply } from './dlt645/reply.ts'
export { answers, expectedReplyLength } from './dlt645/exchange.ts'
export type {
  DateAndWeekday,
  Item,
  Measured,
  PhaseValues,
  StatusWords,
  TimeOfDay,
  TotalAndPhases,
  TotalAndRates,
} from './dlt645/codec.ts'
export { statusWord3, type StatusWord3 } from './dlt645/status-word-3.ts'
export { identifiers, type IdentifierName, type ValueOf } from './dlt645/identifiers.table.ts'
export { decodeValue, encodeValue, identifierName } from './dlt645/value.ts'
export { crc16 } from './modbus/crc16.ts'
export { modbusFunction, mostReadRegisters, mostWriteRegisters } from './modbus/function-code.ts'
export { isSilenceBehindGateway, modbusExceptionName, type ModbusExceptionName } from './modbus/exception.ts'
export { decodeModbusRequest, encodeModbusRequest, type ModbusRequest } from './modbus/request.ts'
export { decodeModbusReply, encodeModbusReply, type ModbusReply } from './modbus/reply.ts'
export { answersModbus, modbusReplyBytes } from './modbus/exchange.ts'
export { decodeRtuFrame, encodeRtuFrame, type RtuFrame, rtuEnvelopeBytes } from './modbus/rtu-frame.ts'
export { decodeTcpFrame, encodeTcpFrame, mbapBytes, type TcpFrame } from './modbus/tcp-frame.ts'
export type { ReaderStatistics, StreamReader } from './modbus/byte-queue.ts'
export { createRtuReplyReader, type HeardRtu } from './modbus/rtu-reply-reader.ts'
export { createRtuRequestReader } from './modbus/rtu-request-reader.ts'
export { createTcpFrameReader } from './modbus/tcp-frame-reader.ts'
export {
  bitMask,
  type Certainty,
  decodeRegister,
  encodeRegister,
  type Register,
  registerSpan,
  type RegisterTable,
  type RegisterType,
  type RegisterValue,
} from './modbus/register.ts'
export { planReads, type ReadLimits, type RegisterSpan } from './modbus/read-plan.ts'
export { acrelAdf } from './modbus/table/acrel-adf.table.ts'
export { acrelDdsy1352 } from './modbus/table/acrel-ddsy1352.table.ts'
export { acrelDtsy1352 } from './modbus/table/acrel-dtsy1352.table.ts'
export { genericMeter } from './modbus/table/generic.table.ts'
