import type { NoticeContent } from './notice-contents.ts'
import type { NoticeFact } from './notice-chain.ts'
import type { ListEntry } from './protection-list.ts'
import type { MicroYuan } from './quantity.ts'
import type { RelayCommandKind, RelayCommandState } from './relay-command.ts'
import type { StopTerms } from './stop-terms.ts'
import type { TripWindow } from './trip-window.ts'
import type { WorkItemKind } from './work-item.ts'

/**
 * Where an account stands on the way from enough money to no supply. What becomes of its meters on that way (a trip that is
 * queued, sent, proven; supply on its way back) is told by their commands: see `power-state`.
 */
export type CreditStage =
  | 'normal'
  | 'warned-1'
  | 'warned-2'
  | 'stop-due'
  | 'await-approval'
  | 'suspended'
  | 'stop-notified'
  | 'cut-off'

export type NoticeKind =
  | 'reminder'
  | 'warning-1'
  | 'warning-2'
  | 'emergency-offer'
  | 'pre-stop'
  | 'pre-stop-again'
  | 'authority-copy'
  | 'stopped'
  | 'reconnect-permitted'
  | 'reconnected'
  | 'failed'

export type Thresholds = Readonly<{
  alarm1: MicroYuan
  alarm2: MicroYuan
  /** At or below: supply is stopped. 0, or below 0 where credit was granted. */
  cutOff: MicroYuan
  /** Above: a stopped account gets its supply back. */
  restore: MicroYuan
}>

export type CreditTerms = Readonly<{
  thresholds: Thresholds
  noticeLeadMs: number
  reconnect: 'direct-close' | 'permit-close'
  tripWindow: TripWindow
  timeZone: string
  /** The product's defaults when absent. */
  stop?: StopTerms
}>

export type MeterFacts = Readonly<{
  meterId: number
  relay: 'closed' | 'open' | 'unknown'
  keepPower: boolean
  alarm: boolean
  /** It can be told to warn by itself; absent: it can. And when it last refused to, or did not answer. */
  hasAlarm?: boolean
  lastFailedAlarmAt?: number | null
  /** Of the last good reading. */
  lastReadAt: number | null
  newestHeld: boolean
  /** A trip of this policy has, or may have, reached the meter. */
  restoreOwed: boolean
  openCommands: readonly Readonly<{ id: string; kind: RelayCommandKind; state: RelayCommandState }>[]
  /** Trips of this policy that failed since the account is cut off, and the newest failure of each kind. */
  failedTrips: number
  lastFailedTripAt: number | null
  lastFailedCloseAt: number | null
}>

export type NoTripKind = 'holiday' | 'weather' | 'event'

/** The newest approval that was asked for a stop of the account. */
export type ApprovalFact = Readonly<{
  state: 'open' | 'approved' | 'refused' | 'withdrawn'
  /** Persons that must agree. */
  persons: number
  /** Approved: until when it counts. Refused: until when the account is left alone. */
  until: number | null
}>

export type CreditFacts = Readonly<{
  balance: MicroYuan
  stage: CreditStage
  stageSince: number
  earliestStopAt: number | null
  /** When the customer was first told of the stop that is on its way; null: no stop is. */
  toldAt: number | null
  /** Permanently on the protected list, from the archive. */
  protected: boolean
  /** Entries of the lists, also those that have ended lately or begin later. */
  lists: readonly ListEntry[]
  /**
   * What of the charges of this period and the one before changed the price of energy that was charged already (a late
   * reading, a final price); above zero where the customer paid more by it. By itself it stops nobody.
   */
  trueUp: MicroYuan
  /** Spans in which nobody of the site is tripped (holidays, storms, an examination): `[from, to)`, wall time. */
  noTrip: readonly Readonly<{ from: number; to: number; kind?: NoTripKind }>[]
  /** The guard has frozen the trips of the site until a person releases them. */
  tripsFrozen: boolean
  /** Newest notices of the account, in any order. */
  notices: readonly NoticeFact[]
  /** Channels by which customers can be told, the first choice first. */
  channels: readonly string[]
  /** What a notice would have to say and nobody has written down (telephone, signature …). */
  absent: readonly NoticeContent[]
  /** Due day of the oldest bill that is still unpaid. */
  overdueSince: number | null
  approval: ApprovalFact | null
  emergency: Readonly<{ offeredAt: number | null; granted: MicroYuan }>
  /** A payment was announced and may still arrive until then. */
  paymentExpectedUntil: number | null
  lastPaymentAt: number | null
  meters: readonly MeterFacts[]
}>

/** Codes that explain a decision, in the order in which they were found. */
export type Reason =
  | 'no-agreement'
  | 'enough-money'
  | 'below-alarm-1'
  | 'below-alarm-2'
  | 'used-up'
  | 'post-paid'
  | 'legal-path-incomplete'
  | 'protected'
  | 'vulnerable'
  | 'bill-disputed'
  | 'complaint-open'
  | 'public-area'
  | 'important-customer'
  | 'true-up-only'
  | 'keep-power'
  | 'reading-missing'
  | 'reading-too-old'
  | 'reading-held'
  | 'emergency-credit-offered'
  | 'approval-awaited'
  | 'approval-refused'
  | 'approval-missing'
  | 'notice-sent'
  | 'notice-sent-again'
  | 'notice-missing'
  | 'notice-incomplete'
  | 'notice-not-delivered'
  | 'lead-time-running'
  | 'outside-trip-window'
  | 'friendly-hours'
  | 'public-holiday'
  | 'no-trip-day'
  | 'no-trip-weather'
  | 'no-trip-event'
  | 'payment-on-its-way'
  | 'trips-frozen'
  | 'trip'
  | 'supply-stopped'
  | 'closing-down-due'
  | 'trip-failed-lately'
  | 'trip-failed-field-work'
  | 'not-used-up-any-more'
  | 'restore'
  | 'waiting-for-restore-amount'
  | 'restore-failed-lately'

/** A notice to be sent by a channel, not before `sendAt` (wall time). */
export type NoticeOrder = Readonly<{ kind: NoticeKind; channel: string; sendAt: number }>

export type Decision = Readonly<{
  stage: CreditStage
  earliestStopAt: number | null
  toldAt: number | null
  reasons: readonly Reason[]
  notices: readonly NoticeOrder[]
  /** Notices that wait for their hour and whose cause is over must not leave any more. */
  withdrawNotices: boolean
  commands: readonly Readonly<{ meterId: number; kind: RelayCommandKind }>[]
  /** Queued commands that must not leave any more. */
  cancel: readonly string[]
  /** What a person must look at as long as it is decided so; without a meter it is about the account. */
  workItems: readonly Readonly<{ kind: WorkItemKind; meterId?: number }>[]
  /** Ask so many persons, or take back what was asked. */
  approval: Readonly<{ kind: 'request'; persons: number } | { kind: 'withdraw' }> | null
  /** Emergency credit: offer it, or its use is over (repaid). */
  emergency: 'offer' | 'over' | null
  /** When time alone may change the decision, wall time; null: only events do. */
  lookAgainAt: number | null
}>
