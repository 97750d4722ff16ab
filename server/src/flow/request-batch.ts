import { approvalOf, mostMetersPerBatch, type BatchKind, type SkipReason } from '../domain/batch.ts'
import type { Reach } from '../domain/reach.ts'
import { problemOfParameters, type Parameter, type ParametersProblem } from '../domain/parameter.ts'
import { writeAudit } from '../store/audit.ts'
import { findBatchByKey, insertBatch, type Selection } from '../store/batches.ts'
import type { Sql } from '../store/database.ts'
import { batchChannel, notify, notifyLive } from '../store/notify.ts'
import { openWorkItems } from '../store/work-items.ts'
import { judgeBatch, type JudgedMeter } from './judge-batch.ts'
import type { FlowContext } from './process.ts'

export type BatchOrder = Readonly<{
  kind: BatchKind
  selection: Selection
  /** A trip also of who has enough money, a close also of who was stopped for debt; shown to the second person. */
  override: boolean
  /** Of a download: what is written into each meter. */
  parameters: readonly Parameter[]
  /** Only meters of these sites are meant, whatever is selected; absent: of all. */
  reach?: Reach
}>

export type PreviewedMeter = Readonly<{
  meterId: number
  place: string
  address: string
  accountNumber: string | null
  customerName: string | null
  /** Micro-yuan in text; null without an account. */
  balance: string | null
  stage: string | null
  relay: 'closed' | 'open' | 'unknown'
  keepPower: boolean
  protected: boolean
  skip: SkipReason | null
}>

export type PreviewBatch = (
  order: BatchOrder,
) => Promise<Readonly<{ ok: true; meters: readonly PreviewedMeter[] } | { ok: false; code: SelectionRefusal }>>

export type SelectionRefusal = 'nothing-selected' | 'too-many-meters' | ParametersProblem

/** Shows what a batch would do to whom, and who would be left out and why; nothing is kept. */
export const createPreviewBatch =
  ({ database, clock }: Pick<FlowContext, 'database' | 'clock'>): PreviewBatch =>
  async (order) => {
    const judged = await judgeSelection(database, order, clock.now())
    return judged.ok ? { ok: true, meters: judged.meters.map(seenOf) } : judged
  }

export type BatchRequest = BatchOrder &
  Readonly<{ key: string; reason: string; operator: Readonly<{ id: number; login: string }> }>

export type BatchRequested = Readonly<
  | { ok: true; id: string; fresh: boolean }
  | { ok: false; code: SelectionRefusal | 'nothing-to-do' | 'same-key-other-input' }
>
export type RequestBatch = (request: BatchRequest) => Promise<BatchRequested>

/**
 * Writes a batch down with everything that was known of each meter. It waits for a second person, or begins at once where
 * its kind needs none. The same key makes one batch.
 */
export const createRequestBatch =
  ({ database, clock, ids }: Pick<FlowContext, 'database' | 'clock' | 'ids'>): RequestBatch =>
  async (request) =>
    database.transaction(async (sql) => {
      const now = clock.now()
      const { key, kind, selection, parameters, override, reason, operator } = request
      const input = { key, kind, selection, parameters, override, reason, requestedBy: operator.id }
      const known = await findBatchByKey(sql, input)
      if (known !== null)
        return known.sameInput ? { ok: true, id: known.id, fresh: false } : { ok: false, code: 'same-key-other-input' }
      const judged = await judgeSelection(sql, request, now)
      if (!judged.ok) return judged
      const included = judged.meters.filter(({ skip }) => skip === null).length
      if (included === 0) return { ok: false, code: 'nothing-to-do' }
      const id = ids.uuid()
      const state = approvalOf[kind] === 'none' ? 'running' : 'waiting'
      const items = judged.meters.map((one) => ({
        meterId: one.meter.meterId,
        because: one.skip,
        seen: seenOf(one),
      }))
      await insertBatch(sql, { ...input, id, state, items }, now)
      await writeAudit(sql, {
        at: now,
        operatorId: operator.id,
        action: 'batch:request',
        subject: `batch:${id}`,
        detail: { kind, override, reason, parameters, meters: included, leftOut: judged.meters.length - included },
      })
      if (state === 'running') await notify(sql, batchChannel)
      else {
        const detail = { what: kind, meters: included, requestedBy: operator.login, reason, override }
        const subject = `batch:${id}`
        await openWorkItems(sql, [{ kind: 'approve-batch', subject, siteId: onlySite(judged.meters), detail }], now)
      }
      await notifyLive(sql, ['batch'])
      return { ok: true, id, fresh: true }
    })

/** Of all meters of a batch, so that its approval is told to their branch; null when they are of several. */
const onlySite = (meters: readonly JudgedMeter[]): number | null => {
  const sites = new Set(meters.map(({ meter }) => meter.siteId))
  const [site] = sites
  return sites.size === 1 && site !== undefined ? site : null
}

type Judged = Readonly<{ ok: true; meters: readonly JudgedMeter[] } | { ok: false; code: SelectionRefusal }>

const judgeSelection = async (sql: Sql, order: BatchOrder, now: number): Promise<Judged> => {
  if (order.kind === 'write-parameters') {
    const code = problemOfParameters(order.parameters)
    if (code !== null) return { ok: false, code }
  }
  const meters = await judgeBatch(sql, order, now, mostMetersPerBatch + 1)
  if (meters.length === 0) return { ok: false, code: 'nothing-selected' }
  return meters.length > mostMetersPerBatch ? { ok: false, code: 'too-many-meters' } : { ok: true, meters }
}

const seenOf = ({ meter, credit, skip }: JudgedMeter): PreviewedMeter => ({
  meterId: meter.meterId,
  place: meter.place,
  address: meter.address,
  accountNumber: meter.accountNumber,
  customerName: meter.customerName,
  balance: credit === null ? null : credit.facts.balance.toString(),
  stage: credit?.facts.stage ?? null,
  relay: meter.relay,
  keepPower: meter.keepPower,
  protected: credit?.facts.protected ?? false,
  skip,
})
