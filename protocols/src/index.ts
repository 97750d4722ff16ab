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
