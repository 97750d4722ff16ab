import {
  approvalHoldsMs,
  decides,
  objectionToAskAgain,
  objectionToVerdict,
  type ApprovalRefusal,
  type Verdict,
} from '../domain/stop-approval.ts'
import { writeAudit } from '../store/audit.ts'
import { loadCredit, lockAccounts } from '../store/credit.ts'
import type { Sql } from '../store/database.ts'
import {
  accountOfApproval,
  addVoice,
  decideApproval,
  newestApproval,
  readApproval,
  requestApprovals,
} from '../store/stop-approvals.ts'
import { messageFor } from './notice-message.ts'
import { post } from './post.ts'
import type { FlowContext } from './process.ts'

type ApprovalContext = Pick<FlowContext, 'database' | 'clock' | 'ids'>

export type VerdictInput = Readonly<{ approvalId: number; verdict: Verdict; operatorId: number }>
export type VerdictResult = Readonly<
  { ok: true; state: 'open' | 'approved' | 'refused' } | { ok: false; code: ApprovalRefusal }
>
export type GiveVerdict = (input: VerdictInput) => Promise<VerdictResult>

/** A person agrees to a stop or refuses it; what follows is decided in the same transaction. */
export const createGiveVerdict =
  ({ database, clock, ids }: ApprovalContext): GiveVerdict =>
  async ({ approvalId, verdict, operatorId }) =>
    database.transaction(async (sql): Promise<VerdictResult> => {
      const now = clock.now()
      const accountId = await accountOfApproval(sql, approvalId)
      if (accountId === null) return { ok: false, code: 'unknown-approval' }
      await lockAccounts(sql, [accountId])
      const approval = await readApproval(sql, approvalId)
      const code = objectionToVerdict(approval, verdict, operatorId, now)
      if (approval === null || code !== null) return { ok: false, code: code ?? 'unknown-approval' }
      const state = verdict.kind === 'refuse' ? 'refused' : decides(approval) ? 'approved' : 'open'
      if (verdict.kind === 'approve') await addVoice(sql, approvalId, operatorId, now)
      if (verdict.kind === 'refuse')
        await decideApproval(
          sql,
          approvalId,
          { state: 'refused', until: verdict.until, because: verdict.reason.trim() },
          now,
        )
      else if (state === 'approved')
        await decideApproval(sql, approvalId, { state, until: now + approvalHoldsMs, because: null }, now)
      await tell(sql, {
        accountId,
        operatorId,
        now,
        action: `stop:${verdict.kind}`,
        detail: { approvalId, ...verdict },
      })
      await post(sql, ids, { now, accountIds: [accountId], postings: [] })
      return { ok: true, state }
    })

export type AskAgainInput = Readonly<{ accountId: number; operatorId: number; reason: string }>
export type AskAgainResult = Readonly<{ ok: true; approvalId: number } | { ok: false; code: ApprovalRefusal }>
export type AskAgain = (input: AskAgainInput) => Promise<AskAgainResult>

/** Asks again for a stop that was refused; another person than this one decides. */
export const createAskAgain =
  ({ database, clock, ids }: ApprovalContext): AskAgain =>
  async ({ accountId, operatorId, reason }) =>
    database.transaction(async (sql): Promise<AskAgainResult> => {
      const now = clock.now()
      await lockAccounts(sql, [accountId])
      const before = await newestApproval(sql, accountId)
      const code = objectionToAskAgain(before, reason)
      const [record] = await loadCredit(sql, [accountId])
      if (before === null || record === undefined || code !== null)
        return { ok: false, code: code ?? 'unknown-approval' }
      const notice = messageFor('pre-stop', record, record.facts.balance, null).text
      await requestApprovals(sql, [{ accountId, persons: before.persons, requestedBy: operatorId, notice }], now)
      await tell(sql, { accountId, operatorId, now, action: 'stop:ask-again', detail: { reason: reason.trim() } })
      await post(sql, ids, { now, accountIds: [accountId], postings: [] })
      const asked = await newestApproval(sql, accountId)
      return { ok: true, approvalId: asked?.id ?? before.id }
    })

const tell = async (
  sql: Sql,
  told: Readonly<{ accountId: number; operatorId: number; now: number; action: string; detail: object }>,
): Promise<void> => {
  const { accountId, operatorId, now: at, action, detail } = told
  await writeAudit(sql, { at, operatorId, action, subject: `account:${String(accountId)}`, detail })
}
