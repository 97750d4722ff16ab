import type { CreditStage } from '../../domain/credit-policy.ts'
import type { RelayCommandKind, RelayCommandState } from '../../domain/relay-command.ts'
import type { Sql } from '../database.ts'

export type CommandView = Readonly<{
  id: string
  meter_id: number
  kind: RelayCommandKind
  state: RelayCommandState
  requested_by: string
  reason: string
  attempts: number
  at: number
  finished_at: number | null
  failure: string | null
  /** Machine milliseconds from the cause (payment, click) to the end. */
  took_ms: number | null
  /** The batch that ordered it, who approved that, and whether it overrides balances. */
  batch_id: string | null
  batch_approved_by: string | null
  batch_override: boolean | null
  /** As `flow/post` wrote it for a command of the policy; a person's command has none of these. */
  evidence: Readonly<{
    balance?: string
    stage?: CreditStage
    lastReadAt?: number | null
    earliestStopAt?: number | null
  }>
}>

export type CommandEventView = Readonly<{
  command_id: string
  at: number
  kind: string
  text: string
  request: Uint8Array | null
  response: Uint8Array | null
  duration_ms: number | null
}>

const commandsShown = 50

export const viewCommands = async (sql: Sql, meterId: number): Promise<readonly CommandView[]> =>
  sql.query<CommandView>(
    `select c.id, c.meter_id, c.kind, c.state, c.requested_by, c.reason, c.attempts, c.at, c.finished_at, c.failure, c.evidence,
            (extract(epoch from c.real_finished_at - coalesce(p.real_at, c.real_at)) * 1000)::float8 as took_ms,
            b.id as batch_id, d.name as batch_approved_by, b.override as batch_override
     from relay_command c left join payment p on p.id = c.payment_id
     left join batch_item i on i.command_id = c.id left join batch b on b.id = i.batch_id left join operator d on d.id = b.decided_by
     where c.meter_id = $1 order by c.at desc, c.id desc limit ${String(commandsShown)}`,
    [meterId],
  )

export const viewCommandEvents = async (
  sql: Sql,
  commandIds: readonly string[],
): Promise<readonly CommandEventView[]> =>
  sql.query<CommandEventView>(
    `select command_id, at, kind, text, request, response, duration_ms from command_event
     where command_id = any($1::uuid[]) order by id`,
    [commandIds],
  )
