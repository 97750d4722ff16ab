/** Why a slave refuses, by its code. */
const nameOfCode = Object.freeze({
  0x01: 'illegal-function',
  0x02: 'illegal-address',
  0x03: 'illegal-value',
  0x04: 'device-failure',
  0x05: 'acknowledged-and-working',
  0x06: 'device-busy',
  0x08: 'memory-parity-error',
  0x0a: 'gateway-path-unavailable',
  0x0b: 'gateway-target-silent',
} as const)

export type ModbusExceptionName = (typeof nameOfCode)[keyof typeof nameOfCode] | 'unknown'

/**
 * The name of an exception code.
 *
 * @example
 * modbusExceptionName(2) // 'illegal-address'
 */
export const modbusExceptionName = (code: number): ModbusExceptionName =>
  code in nameOfCode ? nameOfCode[code as keyof typeof nameOfCode] : 'unknown'

/** A gateway's word that the meter behind it gave no answer: silence, told by somebody else. */
export const isSilenceBehindGateway = (code: number): boolean => code === 0x0a || code === 0x0b
