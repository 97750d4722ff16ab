import { objectionToPlace, partWithin, type BehindRefusal } from '../domain/meter-behind.ts'
import type { LineLoss } from '../domain/line-loss.ts'
import { ratio, type Ratio } from '../domain/quantity.ts'
import { writeAudit } from '../store/audit.ts'
import type { Sql } from '../store/database.ts'
import {
  endRelation,
  insertRelation,
  lockRelations,
  mastersAbove,
  masterPoints,
  pointsBehind,
  pointsByAddress,
  relationsOfSub,
  saveLossPoint,
  type LossPoint,
} from '../store/meter-behind.ts'
import type { ReconcileAsker, ReconcileContext, Reconciled, ReconcileSpan } from './reconcile.ts'
import { measureLoss, type MeasuredMeter } from './reconcile-line-loss.ts'

export type PlaceInput = ReconcileAsker & Readonly<{ sub: string; master: string; from: number }>
export type BehindResult = Readonly<{ ok: true } | { ok: false; code: BehindRefusal; address?: string }>

/** Puts a meter behind another from an instant on; where it was before ends there. Twice the same changes nothing. */
export const placeBehind = async (
  { database, clock }: Pick<ReconcileContext, 'database' | 'clock'>,
  input: PlaceInput,
): Promise<BehindResult> => database.transaction(async (sql) => placeInside(sql, input, clock.now()))

const placeInside = async (
  sql: Sql,
  { sub, master, from, operatorId }: PlaceInput,
  now: number,
): Promise<BehindResult> => {
  if (from > now) return { ok: false, code: 'in-the-future' }
  await lockRelations(sql)
  const [below, above] = [await pointOf(sql, sub), await pointOf(sql, master)]
  if (!below.ok) return below
  if (!above.ok) return above
  const [subId, masterId] = [below.point.meterId, above.point.meterId]
  if (below.point.siteId !== above.point.siteId) return { ok: false, code: 'other-site' }
  const relations = await relationsOfSub(sql, subId)
  const open = relations.find(({ to }) => to === null)
  if (open !== undefined && open.masterId === masterId && open.from === from) return { ok: true }
  const ended = relations.map((one) => (one === open && one.from < from ? { ...one, to: from } : one))
  const code = objectionToPlace(ended, { subId, masterId, from }, await mastersAbove(sql, masterId, from))
  if (code !== null) return { ok: false, code }
  if (open !== undefined) await endRelation(sql, open.id, from)
  await insertRelation(sql, { subId, masterId, from, to: null })
  await audited(sql, { subId, operatorId, now, action: 'meter:place-behind', detail: { master, from } })
  return { ok: true }
}

/** Takes a meter from behind its master at an instant. */
export const takeFromBehind = async (
  { database, clock }: Pick<ReconcileContext, 'database' | 'clock'>,
  { sub, at, operatorId }: ReconcileAsker & Readonly<{ sub: string; at: number }>,
): Promise<BehindResult> =>
  database.transaction(async (sql) => {
    const now = clock.now()
    if (at > now) return { ok: false, code: 'in-the-future' }
    await lockRelations(sql)
    const below = await pointOf(sql, sub)
    if (!below.ok) return below
    const open = (await relationsOfSub(sql, below.point.meterId)).find(({ to }) => to === null)
    if (open === undefined) return { ok: false, code: 'not-behind' }
    if (open.from >= at) return { ok: false, code: 'not-later' }
    await endRelation(sql, open.id, at)
    await audited(sql, { subId: open.subId, operatorId, now, action: 'meter:take-from-behind', detail: { at } })
    return { ok: true }
  })

/** What a meter's registers leave out, and from which loss on a master is an item. Null: from none. */
export const setLossPoint = async (
  { database, clock }: Pick<ReconcileContext, 'database' | 'clock'>,
  {
    address,
    operatorId,
    ...change
  }: ReconcileAsker & Readonly<{ address: string; ratio?: number; limit?: number | null }>,
): Promise<BehindResult> =>
  database.transaction(async (sql) => {
    const found = await pointOf(sql, address)
    if (!found.ok) return found
    const { meterId: subId } = found.point
    await saveLossPoint(sql, subId, change)
    await audited(sql, { subId, operatorId, now: clock.now(), action: 'meter:loss-point', detail: change })
    return { ok: true }
  })

type Point = Readonly<{ ok: true; point: LossPoint }> | Extract<BehindResult, { ok: false }>

const pointOf = async (sql: Sql, address: string): Promise<Point> => {
  const [point, ...others] = await pointsByAddress(sql, address)
  if (point === undefined) return { ok: false, code: 'unknown-meter', address }
  return others.length > 0 ? { ok: false, code: 'ambiguous-meter', address } : { ok: true, point }
}

const audited = async (
  sql: Sql,
  {
    subId,
    operatorId,
    now: at,
    action,
    detail,
  }: Readonly<{
    subId: number
    operatorId: number | null
    now: number
    action: string
    detail: Record<string, unknown>
  }>,
): Promise<void> => writeAudit(sql, { at, operatorId, action, subject: `meter:${String(subId)}`, detail })

/** How much before an end of a span a reading may be: a reading interval and its round. */
const lossToleranceMs = 35 * 60_000

export type MeasuredPoint = Readonly<{ master: LossPoint; result: Reconciled<LineLoss> }>

/** The loss behind one master over a span, by the relations that held in it. */
export const measurePoint = async (
  context: ReconcileContext,
  master: LossPoint,
  { from, to, operatorId }: ReconcileAsker & ReconcileSpan,
): Promise<MeasuredPoint> => {
  const span = { from, to }
  const subs = (await pointsBehind(context.database, master.meterId, span)).flatMap(({ behind, ...point }) => {
    const part = partWithin(behind, span)
    return part === null ? [] : [measured(point, part)]
  })
  const question = { master: measured(master, span), subs, limit: limitOf(master), toleranceMs: lossToleranceMs }
  return { master, result: await measureLoss(context, { ...question, ...span, operatorId }) }
}

/** Of all masters, or of one by its address. */
export const mastersOf = async (sql: Sql, address: string | null): Promise<readonly LossPoint[]> =>
  (await masterPoints(sql)).filter((point) => address === null || point.address === address)

const millionths = 1_000_000n
const limitOf = ({ limit }: LossPoint): Ratio | null => (limit === null ? null : ratio(BigInt(limit), millionths))

const measured = (point: LossPoint, part: ReconcileSpan): MeasuredMeter => ({
  meterId: point.meterId,
  address: point.address,
  name: lossName(point),
  multiplier: BigInt(point.ratio),
  ...part,
})

/** As a run names its master. */
export const lossName = ({ address, place }: Pick<LossPoint, 'address' | 'place'>): string =>
  `${address} ${place}`.trim()
