export { ProtocolError, type ProtocolErrorCode } from './error.ts'
export type { Decoded, DecodeErrorCode, DecodeRefusal } from './decoded.ts'
export { fromHex, toHex } from './hex.ts'
export { joinBytes } from './join-bytes.ts'
export { addressMatches, broadcastAddress, isMeterAddress, wildcardAddress } from './dlt645/address.ts'
export { decodeFrame, encodeFrame, type Frame, longestFrameBytes, shortestFrameBytes } from './dlt645/frame.ts'
export { type ControlCode, functionCode, splitControlCode } from './dlt645/control-code.ts'
export { createFrameReader, type FrameReader } from './stream/frame-reader.ts'
export type { MeterTime } from './dlt645/meter-time.ts'
export type { Moment, MomentOf } from './dlt645/moment.ts'
export type { FreezeTime } from './dlt645/freeze-time.ts'
export type { Credentials } from './dlt645/credentials.ts'
export type { Password } from './dlt645/password.ts'
export { bitRateOf, rateWordOf } from './dlt645/rate-word.ts'
export { type ControlAction, controlActions, type RestoringAction } from './dlt645/relay-command.ts'
export {
  controlErrorsFor,
  type ControlRefusal,
  type ControlResult,
  controlResult,
  controlResultFor,
  type ControlState,
  errorsFor,
  type MeterErrorReason,
  type MeterErrors,
  meterErrors,
  securityErrors,
  securityErrorsFor,
  type SecurityRefusal,
} from './dlt645/meter-error.ts'
export {
  decodeRequest,
  encodeRequest,
  functionOfKind,
  type MinuteTime,
  type OutputSignal,
  type Request,
  type RequestKind,
  type RequestOf,
} from './dlt645/request.ts'
export { decodeReply, encodeReply, type Reply } from './dlt645/reply.ts'
export { repliesFor } from './dlt645/follow-up.ts'
export { answers, expectedReplyLength } from './dlt645/exchange.ts'
export type {
  BitsValue,
  DateAndWeekday,
  Format,
  Measured,
  PhaseValues,
  StatusWords,
  TimeOfDay,
  TotalAndPhases,
  TotalAndRates,
  ValueOfFormat,
} from './dlt645/format.ts'
export type { LoadRecord, LoadRecords } from './dlt645/load-record.ts'
export { type AccountBits, statusWord3, type StatusWord3 } from './dlt645/status-word-3.ts'
export type { Access, Item, Row } from './dlt645/item.ts'
export { identifiers, type IdentifierName, type ValueOf } from './dlt645/identifiers.table.ts'
export { decodeValue, encodeValue, identifierName } from './dlt645/value.ts'
export { createDictionary, type Dictionary, standardDictionary } from './dlt645/dictionary.ts'
export type { Field, Quality } from './dlt645/fields.ts'
export type { MeterProfile } from './dlt645/profile.ts'
export type { Family } from './dlt645/family.ts'
export { axes, type Axis, type Label } from './dlt645/axis.ts'
export { formats } from './dlt645/format.ts'
export * as units from './dlt645/tables/units.ts'
export { meterProfiles } from './dlt645/tables/profiles.table.ts'
export {
  decodeSecurity,
  decodeSecurityReply,
  decodeSecurityRequest,
  encodeSecurityReply,
  encodeSecurityRequest,
  securityCommands,
  type SecurityName,
  securityName,
  type SecurityReplyOf,
  type SecurityRequestOf,
} from './dlt645/security.ts'
export { explainFrame } from './explain/explain-frame.ts'
export type { ExplainedField, Explanation } from './explain/explained.ts'
export { fieldText, quantityText } from './dlt645/value-text.ts'
export {
  answers1997,
  decodeReply1997,
  decodeRequest1997,
  decodeValue1997,
  encodeReply1997,
  encodeRequest1997,
  encodeValue1997,
  type Error1997,
  type Reply1997,
  type Request1997,
} from './dlt645-1997/message-1997.ts'
export {
  type Certainty as Certainty1997,
  item1997,
  type Item1997,
  item1997ByName,
  items1997,
} from './dlt645-1997/identifiers-1997.table.ts'
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
  type Certainty as RegisterCertainty,
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
