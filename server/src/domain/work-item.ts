import { approveWithinMs } from './batch.ts'
import type { Role } from './role.ts'

/** What a person must look at. An alarm ends by itself when its state is over; work ends when somebody says so. */
export type WorkItemKind =
  | 'approve-batch'
  | 'approve-operation'
  | 'approve-stop'
  | 'cash-difference'
  | 'check-meter'
  | 'clock-off'
  | 'closing-down'
  | 'energy-while-open'
  | 'field-reconnect'
  | 'field-trip'
  | 'gateway-offline'
  | 'late-restore'
  | 'line-dead'
  | 'line-loss'
  | 'malignant-load'
  | 'meter-fault'
  | 'meter-silent'
  | 'meter-suspect'
  | 'meter-unread'
  | 'notice-undelivered'
  | 'overload'
  | 'owing-protected'
  | 'payment-difference'
  | 'purse-difference'
  | 'relay-moved'
  | 'supply-fault'
  | 'theft-sign'

export type Severity = 'notice' | 'warning' | 'critical'

export type WorkItemRule = Readonly<{
  severity: Severity
  /** Time to its end, wall time; null: none is promised. */
  dueAfterMs: number | null
  /** Closed by the system when what it tells is over; a person may close it too. */
  endsByItself: boolean
}>

const hourMs = 3_600_000
const dayMs = 24 * hourMs
const rule = (severity: Severity, dueAfterMs: number | null, endsByItself: boolean): WorkItemRule =>
  Object.freeze({ severity, dueAfterMs, endsByItself })

/** The product's defaults. Field work: 2 h from the payment to power in town (fee-control practice). */
export const workItemRules: Readonly<Record<WorkItemKind, WorkItemRule>> = Object.freeze({
  'approve-batch': rule('warning', approveWithinMs, true),
  'approve-operation': rule('warning', dayMs, true),
  'approve-stop': rule('warning', dayMs, true),
  'cash-difference': rule('warning', dayMs, false),
  'check-meter': rule('warning', dayMs, true),
  'clock-off': rule('notice', 7 * dayMs, true),
  'closing-down': rule('notice', 30 * dayMs, true),
  'energy-while-open': rule('critical', dayMs, true),
  'field-reconnect': rule('critical', 2 * hourMs, true),
  'field-trip': rule('warning', 3 * dayMs, true),
  'gateway-offline': rule('warning', dayMs, true),
  'late-restore': rule('warning', dayMs, false),
  'line-dead': rule('warning', dayMs, true),
  'line-loss': rule('warning', 7 * dayMs, false),
  'malignant-load': rule('warning', dayMs, false),
  'meter-fault': rule('warning', 7 * dayMs, true),
  'meter-silent': rule('notice', 3 * dayMs, true),
  'meter-suspect': rule('warning', 3 * dayMs, true),
  'meter-unread': rule('warning', dayMs, true),
  'notice-undelivered': rule('warning', dayMs, true),
  overload: rule('warning', dayMs, false),
  'owing-protected': rule('notice', null, true),
  'payment-difference': rule('warning', dayMs, false),
  'purse-difference': rule('warning', dayMs, false),
  'relay-moved': rule('critical', dayMs, false),
  'supply-fault': rule('warning', 3 * dayMs, true),
  'theft-sign': rule('critical', 3 * dayMs, false),
})

/** What tells of the field by itself, and is watched live; the other kinds are work that follows from money and people. */
export const fieldAlarms: readonly WorkItemKind[] = Object.freeze([
  'energy-while-open',
  'gateway-offline',
  'line-dead',
  'malignant-load',
  'meter-fault',
  'meter-silent',
  'overload',
  'relay-moved',
  'supply-fault',
  'theft-sign',
])

/** Shares of the time to the deadline after which the next one up is told, in hundredths. */
const escalationPercents = [50, 80, 100] as const

/** Steps that have passed by `now`: 0 … 3. */
export const escalationAt = (openedAt: number, dueAt: number | null, now: number): number =>
  dueAt === null
    ? 0
    : escalationPercents.filter((percent) => (now - openedAt) * 100 >= (dueAt - openedAt) * percent).length

/** What whoever is on duty in the field can not do anything about begins one further up. */
const beginsWithManager: ReadonlySet<string> = new Set<WorkItemKind>(['approve-operation', 'cash-difference'])

/** Whose it is when nobody has taken it: who is on duty, then the team's leader, then the head of the house. */
export const roleToLook = (kind: string, escalation: number): Role =>
  escalation > 1 ? 'administrator' : escalation === 1 || beginsWithManager.has(kind) ? 'manager' : 'field-engineer'

export type WorkItemState = Readonly<{ closed: boolean; acknowledged: boolean; ownerId: number | null }>
export type WorkItemDeed = 'take' | 'acknowledge' | 'close'
export type WorkItemRefusal = 'unknown-work-item' | 'work-item-closed' | 'work-item-acknowledged' | 'reason-missing'

/** Why a person may not do this to an item; null: they may. Taking over from somebody is allowed and audited. */
export const objectionToDeed = (
  state: WorkItemState | null,
  deed: WorkItemDeed,
  reason: string,
): WorkItemRefusal | null => {
  if (state === null) return 'unknown-work-item'
  if (state.closed) return 'work-item-closed'
  if (deed === 'acknowledge' && state.acknowledged) return 'work-item-acknowledged'
  return deed === 'close' && reason.trim() === '' ? 'reason-missing' : null
}
