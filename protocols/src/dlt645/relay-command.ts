import { decoded, refused, type Decoded } from '../decoded.ts'
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
 * The pre-trip orders 1DH and 1EH, which close again by themselves, are not spoken: who tripped shall also decide when
 * supply comes back.
 */
export type ControlAction =
  | 'trip'
  | 'permit-close'
  | 'direct-close'
  | 'alarm-on'
  | 'alarm-off'
  | 'keep-power-on'
  | 'keep-power-off'

/** The order, without the address: see `Request`. `validUntil` null means no deadline. */
export type RelayCommand = Readonly<{
  action: ControlAction
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

const actionOffset = credentialsBytes
// N2 stands between action and deadline; it means something for 1DH and 1EH alone, and some programs send 01H there.
const deadlineOffset = actionOffset + 2
/** PA P0 P1 P2 C0 C1 C2 C3 N1 N2 ss mm hh DD MM YY. The ciphered form of 28 bytes is not spoken. */
const relayCommandBytes = deadlineOffset + meterTimeBytes

/** Stands in each place of a deadline that never comes. */
const noDeadlineByte = 0x99

export function decodeRelayCommand(data: Uint8Array): Decoded<RelayCommand> {
  if (data.length !== relayCommandBytes) {
    return refused('wrong-length', `${data.length} bytes, a plain control command has ${relayCommandBytes}`)
  }
  const credentials = readCredentials(data, 0)
  if (!credentials.ok) return credentials
  const code = data[actionOffset] ?? 0
  const action = actionOfCode.get(code)
  if (action === undefined) return refused('out-of-range', `control action ${byteToHex(code)}H is not spoken`)
  const endless = data.subarray(deadlineOffset).every((byte) => byte === noDeadlineByte)
  if (endless) return decoded({ action, credentials: credentials.value, validUntil: null })
  const validUntil = readMeterTime(data, deadlineOffset)
  return validUntil.ok ? decoded({ action, credentials: credentials.value, validUntil: validUntil.value }) : validUntil
}

/** @throws ProtocolError `bad-credentials` or `out-of-range`. */
export function encodeRelayCommand(command: RelayCommand): Uint8Array {
  const data = new Uint8Array(relayCommandBytes)
  writeCredentials(data, 0, command.credentials)
  data[actionOffset] = codeOfAction[command.action]
  if (command.validUntil === null) data.fill(noDeadlineByte, deadlineOffset)
  else writeMeterTime(data, deadlineOffset, command.validUntil)
  return data
}
