import { lifetimeMs, urgencyOf } from '../domain/relay-command.ts'
import { writeAudit } from '../store/audit.ts'
import { findCommandByKey, queueCommands } from '../store/commands.ts'
import { lockAccounts } from '../store/credit.ts'
import type { Sql } from '../store/database.ts'
import { meterAccount } from '../store/meters.ts'
import { commandChannel, notify, notifyLive } from '../store/notify.ts'
import type { RequestCommand, RequestCommandInput, RequestCommandResult } from './abilities.ts'
import type { FlowContext } from './process.ts'

/** A command that a person asks for. It lives the same life as the policy's own and is written into the audit log. */
export const createRequestCommand =
  (context: FlowContext): RequestCommand =>
  async (input) =>
    context.database.transaction(async (sql) => requestOnce(sql, context, input))

const requestOnce = async (
  sql: Sql,
  context: FlowContext,
  input: RequestCommandInput,
): Promise<RequestCommandResult> => {
  const now = context.clock.now()
  const meter = await meterAccount(sql, input.meterId)
  if (meter === null) return { ok: false, code: 'unknown-meter' }
  if (meter.accountId !== null) await lockAccounts(sql, [meter.accountId])
  const known = await findCommandByKey(sql, input.meterId, input.key)
  if (known !== null)
    return known.kind === input.kind ? { ok: true, ...known } : { ok: false, code: 'same-key-other-input' }
  const id = context.ids.uuid()
  const queued = await queueCommands(
    sql,
    [
      {
        id,
        bucket: meter.bucket,
        meterId: input.meterId,
        accountId: meter.accountId,
        kind: input.kind,
        urgency: urgencyOf[input.kind],
        requestedBy: input.operator.login,
        key: input.key,
        reason: input.reason,
        evidence: { operatorId: input.operator.id },
        paymentId: null,
        expiresAt: now + lifetimeMs[input.kind],
      },
    ],
    now,
  )
  if (queued.length === 0) return { ok: false, code: 'command-already-open' }
  await writeAudit(sql, {
    at: now,
    operatorId: input.operator.id,
    action: `command:${input.kind}`,
    subject: `meter:${String(input.meterId)}`,
    detail: { commandId: id, reason: input.reason },
  })
  await notify(sql, commandChannel)
  await notifyLive(sql, [`meter:${String(input.meterId)}`, `command:${String(input.meterId)}`])
  return { ok: true, id, kind: input.kind, state: 'queued', createdAt: now }
}
