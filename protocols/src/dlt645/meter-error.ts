import { ProtocolError } from '../error.ts'
import { functionCode } from './control-code.ts'

/** Why a meter refuses, in one byte; `other` is what has no word here. */
export type MeterErrorReason =
  | 'other'
  | 'no-data'
  | 'wrong-password'
  | 'rate-not-changeable'
  | 'too-many-year-zones'
  | 'too-many-day-periods'
  | 'too-many-tariffs'
  | ControlRefusal
  | SecurityRefusal

/** Why newer meters refuse a control command, in two bytes. */
export type ControlRefusal =
  | 'suspended'
  | 'verification-failed'
  | 'not-authenticated'
  | 'deadline-invalid'
  | 'keep-power'
  | 'restoring-trip-under-keep-power'
  | 'restore-time-invalid'
  | 'already-tripped'

/** Why the security chip of a meter refuses (function 03H). */
export type SecurityRefusal =
  | 'repeated-recharge'
  | 'verification-failed'
  | 'not-authenticated'
  | 'customer-number-differs'
  | 'purchase-count-wrong'
  | 'hoarding-limit-exceeded'
  | 'address-abnormal'
  | 'suspended'
  | 'closing-failed'

/**
 * What an error reply says. `raw` is the number as sent: one byte; two in replies of the security function, and of
 * function 1CH on newer meters (`raw` is then above FFH).
 */
export type MeterErrors = Readonly<{ raw: number; reasons: readonly MeterErrorReason[] }>

type Reasons = readonly MeterErrorReason[]

/** By bit, lowest first. Bit 7 is reserved; what one firmware says with it (no programming key) is `other` here. */
const reasonOfBit = Object.freeze([
  'other',
  'no-data',
  'wrong-password',
  'rate-not-changeable',
  'too-many-year-zones',
  'too-many-day-periods',
  'too-many-tariffs',
  'other',
] as const) satisfies Reasons

/** The two-byte status of newer meters; its top bit says that it is an error and has no reason of its own. */
const reasonOfControlBit: Reasons = Object.freeze([
  'suspended',
  'verification-failed',
  'wrong-password',
  'not-authenticated',
  'deadline-invalid',
  'keep-power',
  'restoring-trip-under-keep-power',
  'restore-time-invalid',
  'already-tripped',
])

const reasonOfSecurityBit: Reasons = Object.freeze([
  'other',
  'repeated-recharge',
  'verification-failed',
  'not-authenticated',
  'customer-number-differs',
  'purchase-count-wrong',
  'hoarding-limit-exceeded',
  'address-abnormal',
  'suspended',
  'closing-failed',
])

/** In a reply of function 1CH: the top bit of two bytes says that the command was refused. */
const controlErrorBit = 0x8000
const mostMeterErrors = 0xffff

function reasonsIn(raw: number, table: Reasons, ignored = 0): Reasons {
  const found = new Set<MeterErrorReason>()
  for (let bit = 0; bit < 16; bit++) {
    if ((raw & ~ignored & (1 << bit)) !== 0) found.add(table[bit] ?? 'other')
  }
  return [...found]
}

/**
 * The reasons in an error number of any function but 03H, each once, lowest bit first. Two bytes are the status of a
 * control command; without its top bit they mean nothing that is known.
 *
 * @throws ProtocolError `out-of-range` unless the number has one or two bytes.
 * @example
 * meterErrors(0x06) // { raw: 6, reasons: ['no-data', 'wrong-password'] }
 */
export function meterErrors(raw: number): MeterErrors {
  if (!Number.isInteger(raw) || raw < 0 || raw > mostMeterErrors) {
    throw new ProtocolError('out-of-range', 'an error number has one or two bytes')
  }
  if (raw <= 0xff) return { raw, reasons: reasonsIn(raw, reasonOfBit) }
  if ((raw & controlErrorBit) === 0) return { raw, reasons: ['other'] }
  const reasons = reasonsIn(raw, reasonOfControlBit, controlErrorBit)
  return { raw, reasons: reasons.length === 0 ? ['other'] : reasons }
}

/**
 * The reasons in the error word SERR of function 03H.
 *
 * @throws ProtocolError `out-of-range` unless the number has two bytes at most.
 * @example
 * securityErrors(0x0002) // { raw: 2, reasons: ['repeated-recharge'] }
 */
export function securityErrors(raw: number): MeterErrors {
  if (!Number.isInteger(raw) || raw < 0 || raw > mostMeterErrors) {
    throw new ProtocolError('out-of-range', 'a security error has two bytes')
  }
  return { raw, reasons: reasonsIn(raw, reasonOfSecurityBit) }
}

/** What an error number means in a reply to a function. */
export const errorsOfFunction = (code: number, raw: number): MeterErrors =>
  code === functionCode.security ? securityErrors(raw) : meterErrors(raw)

/**
 * The error byte for some reasons, as a virtual meter needs it; a reason that one byte cannot say is `other`.
 *
 * @example
 * errorsFor(['wrong-password']) // { raw: 4, reasons: ['wrong-password'] }
 */
export const errorsFor = (reasons: readonly MeterErrorReason[]): MeterErrors =>
  meterErrors(numberOf(reasons, reasonOfBit))

/** The error word of function 03H for some reasons. */
export const securityErrorsFor = (reasons: readonly MeterErrorReason[]): MeterErrors =>
  securityErrors(numberOf(reasons, reasonOfSecurityBit))

/** The two-byte status with which newer meters refuse a control command; `other` is the bare error bit. */
export const controlErrorsFor = (reasons: readonly MeterErrorReason[]): MeterErrors =>
  meterErrors(
    reasons.reduce((raw, reason) => {
      const bit = reasonOfControlBit.indexOf(reason)
      return bit < 0 ? raw : raw | (1 << bit)
    }, controlErrorBit),
  )

const numberOf = (reasons: Reasons, table: Reasons): number =>
  reasons.reduce((raw, reason) => raw | (1 << Math.max(0, table.indexOf(reason))), 0)

/** What newer meters say they have done, in the two bytes of a normal reply to function 1CH. */
export type ControlState =
  | 'closed'
  | 'closing-permitted'
  | 'tripped'
  | 'trip-delayed'
  | 'tripped-with-restoring'
  | 'trip-delayed-by-current'
  | 'keep-power-on'
  | 'keep-power-off'
  | 'alarm-on'
  | 'alarm-off'
  | 'unknown'

const stateOfBit: readonly ControlState[] = Object.freeze([
  'closed',
  'closing-permitted',
  'tripped',
  'trip-delayed',
  'tripped-with-restoring',
  'trip-delayed-by-current',
  'unknown',
  'unknown',
  'keep-power-on',
  'keep-power-off',
  'alarm-on',
  'alarm-off',
])

/**
 * The `result` of a control reply in words. Most meters send none. The top bit turns it into a refusal, which some
 * firmware puts into a normal reply.
 */
export type ControlResult = Readonly<
  | { kind: 'none' }
  | { kind: 'done'; raw: number; states: readonly ControlState[] }
  | { kind: 'refused'; raw: number; errors: MeterErrors }
>

/**
 * @example
 * controlResult(fromHex('04 00')) // { kind: 'done', raw: 4, states: ['tripped'] }
 */
export function controlResult(result: Uint8Array): ControlResult {
  const [low, high = 0] = result
  if (low === undefined) return { kind: 'none' }
  const raw = (high << 8) | low
  if ((raw & controlErrorBit) !== 0) return { kind: 'refused', raw, errors: meterErrors(raw) }
  const states = new Set<ControlState>()
  for (let bit = 0; bit < 15; bit++) if ((raw & (1 << bit)) !== 0) states.add(stateOfBit[bit] ?? 'unknown')
  return { kind: 'done', raw, states: [...states] }
}

/** The two bytes for what has been done, as a newer virtual meter sends them. */
export function controlResultFor(states: readonly ControlState[]): Uint8Array {
  const raw = states.reduce((word, state) => word | (1 << Math.max(0, stateOfBit.indexOf(state))), 0)
  return Uint8Array.of(raw, raw >> 8)
}
