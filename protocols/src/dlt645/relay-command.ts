import { decoded, type Decoded, refused } from '../decoded.ts'
import { ProtocolError } from '../error.ts'
import { byteToHex } from '../hex.ts'
import { type Credentials, credentialsBytes, readCredentials, writeCredentials } from './credentials.ts'
import { type MeterTime, meterTimeBytes, readMeterTime, writeMeterTime } from './meter-time.ts'

/**
 * What function 1CH can order:
 *
 * - `trip`: open the relay, after the meter's own trip delay;
 * - `permit-close`: the customer may close by button; a meter without one may close at once;
 * - `direct-close`: close now;
 * - `alarm-on`, `alarm-off`: the pre-trip alarm;
 * - `keep-power-on`, `keep-power-off`: while on, the meter refuses every trip.
 *
 * The pre-trip orders 1DH and 1EH, which close again by themselves, are a kind of request of their own: who uses them
 * gives away the decision when supply comes back.
 */
export type ControlAction =
  | 'trip'
  | 'permit-close'
  | 'direct-close'
  | 'alarm-on'
  | 'alarm-off'
  | 'keep-power-on'
  | 'keep-power-off'

/** What happens by itself after a pre-trip. */
export type RestoringAction = 'direct-close' | 'permit-close'

/** The order, without the address: see `Request`. `validUntil` null means no deadline. */
export type RelayCommand = Readonly<{
  action: ControlAction
  credentials: Credentials
  validUntil: MeterTime | null
}>

export type PreTrip = Readonly<{
  restore: RestoringAction
  restoreAfterMinutes: number
  credentials: Credentials
  validUntil: MeterTime | null
}>

const codeOfAction: Readonly<Record<ControlAction, number>> = Object.freeze({
  trip: 0x1a,
  'permit-close': 0x1b,
  'direct-close': 0x1c,
  'alarm-on': 0x2a,
  'alarm-off': 0x2b,
  'keep-power-on': 0x3a,
  'keep-power-off': 0x3b,
})

export const controlActions: readonly ControlAction[] = Object.freeze(Object.keys(codeOfAction) as ControlAction[])

const actionOfCode: ReadonlyMap<number, ControlAction> = new Map(
  controlActions.map((action) => [codeOfAction[action], action]),
)

const codeOfRestore: Readonly<Record<RestoringAction, number>> = Object.freeze({
  'direct-close': 0x1d,
  'permit-close': 0x1e,
})
const restoreOfCode: ReadonlyMap<number, RestoringAction> = new Map([
  [codeOfRestore['direct-close'], 'direct-close'],
  [codeOfRestore['permit-close'], 'permit-close'],
])

const actionOffset = credentialsBytes
/** N2: the time until restoring. It means something for a pre-trip alone; some programs send 01H with other orders. */
const restoreOffset = actionOffset + 1
const deadlineOffset = actionOffset + 2
const minutesPerStep = 5
const mostSteps = 0xff
/** PA P0 P1 P2 C0 C1 C2 C3 N1 N2 ss mm hh DD MM YY. */
const relayCommandBytes = deadlineOffset + meterTimeBytes
/** At level 98, N1 to the deadline are ciphered as 16 bytes, and 4 bytes of authentication follow. */
export const cipherBytes = 20
export const cipheredCommandBytes = credentialsBytes + cipherBytes

/** Stands in each place of a deadline that never comes. */
const noDeadlineByte = 0x99

/** A plain order: the request it makes, without its address. */
export function decodeRelayCommand(
  data: Uint8Array,
): Decoded<(RelayCommand & { readonly kind: 'control' }) | (PreTrip & { readonly kind: 'pre-trip' })> {
  if (data.length !== relayCommandBytes) {
    return refused('wrong-length', `${data.length} bytes, a plain control command has ${relayCommandBytes}`)
  }
  const credentials = readCredentials(data, 0)
  if (!credentials.ok) return credentials
  const code = data[actionOffset] ?? 0
  const action = actionOfCode.get(code)
  const restore = restoreOfCode.get(code)
  if (action === undefined && restore === undefined) {
    return refused('out-of-range', `there is no control action ${byteToHex(code)}H`)
  }
  const deadline = readDeadline(data)
  if (!deadline.ok) return deadline
  const rest = { credentials: credentials.value, validUntil: deadline.value }
  if (action !== undefined) return decoded({ kind: 'control', action, ...rest })
  const steps = data[restoreOffset] ?? 0
  if (restore === undefined || steps === 0) return refused('out-of-range', 'a pre-trip without a time to restore')
  return decoded({ kind: 'pre-trip', restore, restoreAfterMinutes: steps * minutesPerStep, ...rest })
}

function readDeadline(data: Uint8Array): Decoded<MeterTime | null> {
  const endless = data.subarray(deadlineOffset).every((byte) => byte === noDeadlineByte)
  return endless ? decoded(null) : readMeterTime(data, deadlineOffset)
}

/** @throws ProtocolError `bad-credentials` or `out-of-range`. */
export function encodeRelayCommand({ action, ...command }: RelayCommand): Uint8Array {
  return orderBytes(codeOfAction[action], 0, command)
}

/** @throws ProtocolError `bad-credentials` or `out-of-range`. */
export function encodePreTrip({ restore, restoreAfterMinutes, ...command }: PreTrip): Uint8Array {
  const steps = restoreAfterMinutes / minutesPerStep
  if (!Number.isInteger(steps) || steps < 1 || steps > mostSteps) {
    throw new ProtocolError('out-of-range', `supply can be restored after 5 to ${mostSteps * minutesPerStep} minutes`)
  }
  return orderBytes(codeOfRestore[restore], steps, command)
}

function orderBytes(
  code: number,
  steps: number,
  { credentials, validUntil }: Readonly<{ credentials: Credentials; validUntil: MeterTime | null }>,
): Uint8Array {
  const data = new Uint8Array(relayCommandBytes)
  writeCredentials(data, 0, credentials)
  data[actionOffset] = code
  data[restoreOffset] = steps
  if (validUntil === null) data.fill(noDeadlineByte, deadlineOffset)
  else writeMeterTime(data, deadlineOffset, validUntil)
  return data
}
