import type { CreditStage, MeterFacts } from './credit-facts.ts'
import { closes, type RelayCommandState } from './relay-command.ts'

/**
 * Where the supply behind one meter stands: the state machine of fee-control practice. The stage is the account's; all from
 * `trip-queued` to `field-reconnect` follows from the commands, so it can never say anything else than they do.
 */
export type PowerState =
  | Exclude<CreditStage, 'cut-off' | 'stop-notified'>
  | 'pre-stop-notified'
  | 'trip-queued'
  | 'trip-sent'
  | 'trip-verifying'
  | 'stopped'
  | 'trip-failed'
  | 'field-trip'
  | 'reconnect-due'
  | 'reconnect-sent'
  | 'await-button'
  | 'reconnect-verifying'
  | 'reconnect-failed'
  | 'field-reconnect'

export const powerStates: readonly PowerState[] = [
  'normal',
  'warned-1',
  'warned-2',
  'stop-due',
  'await-approval',
  'pre-stop-notified',
  'trip-queued',
  'trip-sent',
  'trip-verifying',
  'stopped',
  'trip-failed',
  'field-trip',
  'reconnect-due',
  'reconnect-sent',
  'await-button',
  'reconnect-verifying',
  'reconnect-failed',
  'field-reconnect',
  'suspended',
]

type Facts = Pick<MeterFacts, 'relay' | 'restoreOwed' | 'failedTrips' | 'lastFailedCloseAt'> &
  Readonly<{
    /** What the meter was last told to do with its relay, as its status word says. */
    relayCommand: MeterFacts['relay']
    openCommands: readonly Readonly<{
      kind: MeterFacts['openCommands'][number]['kind']
      state: RelayCommandState
      /** Bytes have left so many times. */
      attempts: number
    }>[]
  }>

/** Trips of one cut-off that may fail before only field work helps. */
const mostFailedTrips = 3

export const powerStateOf = (stage: CreditStage, meter: Facts): PowerState => {
  const close = meter.openCommands.find(({ kind }) => closes(kind))
  if (close !== undefined) {
    if (close.state === 'sent') return 'reconnect-sent'
    if (close.state === 'acknowledged') return 'reconnect-verifying'
    return close.attempts > 0 ? 'reconnect-failed' : 'reconnect-due'
  }
  if (meter.restoreOwed && stage !== 'cut-off')
    return meter.lastFailedCloseAt === null ? 'reconnect-due' : 'field-reconnect'
  // Told to close and still open: it waits for the button, which is no fault.
  if (meter.relay === 'open' && meter.relayCommand === 'closed' && !meter.restoreOwed) return 'await-button'
  const trip = meter.openCommands.find(({ kind }) => kind === 'trip')
  if (trip?.state === 'sent') return 'trip-sent'
  if (trip?.state === 'acknowledged') return 'trip-verifying'
  if (meter.relay === 'open') return 'stopped'
  if (trip !== undefined) return trip.attempts > 0 ? 'trip-failed' : 'trip-queued'
  if (stage !== 'cut-off') return stage === 'stop-notified' ? 'pre-stop-notified' : stage
  if (meter.failedTrips >= mostFailedTrips) return 'field-trip'
  return meter.failedTrips > 0 ? 'trip-failed' : 'pre-stop-notified'
}
