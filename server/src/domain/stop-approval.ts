/** Persons decide on a stop: who may, how often, and for how long it counts. */

/** An approval that was not used for so long is asked for again (wall time): what it rested on is old. */
export const approvalHoldsMs = 10 * 86_400_000
/** The longest time for which a refusal leaves an account alone. */
const longestRefusalMs = 365 * 86_400_000

export type ApprovalRecord = Readonly<{
  state: 'open' | 'approved' | 'refused' | 'withdrawn'
  persons: number
  /** Who asked; null: the policy. */
  requestedBy: number | null
  /** Who has agreed so far. */
  voices: readonly number[]
}>

export type Verdict = Readonly<{ kind: 'approve' } | { kind: 'refuse'; until: number; reason: string }>

export type ApprovalRefusal =
  | 'unknown-approval'
  | 'approval-closed'
  | 'own-request'
  | 'second-person-needed'
  | 'reason-missing'
  | 'end-not-plausible'

/** Why this person may not say this now; null: they may. One person has one voice, and never on their own request. */
export const objectionToVerdict = (
  approval: ApprovalRecord | null,
  verdict: Verdict,
  operatorId: number,
  now: number,
): ApprovalRefusal | null => {
  if (approval === null) return 'unknown-approval'
  if (approval.state !== 'open') return 'approval-closed'
  if (approval.requestedBy === operatorId) return 'own-request'
  if (verdict.kind === 'approve') return approval.voices.includes(operatorId) ? 'second-person-needed' : null
  if (verdict.reason.trim() === '') return 'reason-missing'
  return verdict.until > now && verdict.until <= now + longestRefusalMs ? null : 'end-not-plausible'
}

/** Whether one more voice decides. */
export const decides = (approval: ApprovalRecord): boolean => approval.voices.length + 1 >= approval.persons

/** A refused stop may be asked for again before the refusal ends: by a person, whose request another one decides on. */
export const objectionToAskAgain = (
  newest: Pick<ApprovalRecord, 'state'> | null,
  reason: string,
): Extract<ApprovalRefusal, 'unknown-approval' | 'approval-closed' | 'reason-missing'> | null => {
  if (newest === null) return 'unknown-approval'
  if (newest.state !== 'refused') return 'approval-closed'
  return reason.trim() === '' ? 'reason-missing' : null
}
