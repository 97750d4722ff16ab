import { ProtocolError } from '../error.ts'

/** Why a meter refuses. */
export type MeterErrorReason =
  | 'other'
  | 'no-data'
  | 'wrong-password'
  | 'rate-not-changeable'
  | 'too-many-year-zones'
  | 'too-many-day-periods'
  | 'too-many-tariffs'

/**
 * What an error reply says. `raw` is the number as sent: one byte, or two on newer meters that answer function 1CH with
 * a status (`raw` is then above FFH).
 */
export type MeterErrors = Readonly<{ raw: number; reasons: readonly MeterErrorReason[] }>

/** By bit, lowest first. Bit 7 is reserved; what one firmware says with it (no programming key) is `other` here. */
const reasonOfBit: readonly MeterErrorReason[] = Object.freeze([
  'other',
  'no-data',
  'wrong-password',
  'rate-not-changeable',
  'too-many-year-zones',
  'too-many-day-periods',
  'too-many-tariffs',
  'other',
])

/** The bit of the two-byte status that says "password wrong or not authorised"; its other bits have no reason here. */
const wrongPasswordStatusBit = 0x0004
export const mostMeterErrors = 0xffff

/**
 * The reasons in an error number, each once, lowest bit first.
 *
 * @throws ProtocolError `out-of-range` unless the number has one or two bytes.
 * @example
 * meterErrors(0x06) // { raw: 6, reasons: ['no-data', 'wrong-password'] }
 */
export function meterErrors(raw: number): MeterErrors {
  if (!Number.isInteger(raw) || raw < 0 || raw > mostMeterErrors) {
    throw new ProtocolError('out-of-range', 'an error number has one or two bytes')
  }
  if (raw > 0xff) return { raw, reasons: (raw & wrongPasswordStatusBit) === 0 ? ['other'] : ['wrong-password'] }
  const reasons = reasonOfBit.filter((reason, bit) => (raw & (1 << bit)) !== 0)
  return { raw, reasons: [...new Set(reasons)] }
}

/**
 * The error byte for some reasons, as a virtual meter needs it.
 *
 * @example
 * errorsFor(['wrong-password']) // { raw: 4, reasons: ['wrong-password'] }
 */
export const errorsFor = (reasons: readonly MeterErrorReason[]): MeterErrors =>
  meterErrors(reasons.reduce((raw, reason) => raw | (1 << reasonOfBit.indexOf(reason)), 0))
