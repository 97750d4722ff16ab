import { lineLoss, type LineLoss, type LossMeter } from '../domain/line-loss.ts'
import { formatKwh, type Ratio } from '../domain/quantity.ts'
import type { Database } from '../store/database.ts'
import { metersByAddress, readingsBefore, type NewItem } from '../store/reconciliation.ts'
import {
  keepRun,
  type ReconcileAsker,
  type ReconcileContext,
  type Reconciled,
  type ReconcileSpan,
} from './reconcile.ts'

/** A meter as people name it, with the ratio of its transformers. */
export type AskedMeter = Readonly<{ address: string; multiplier: bigint }>
export type LineLossRequest = ReconcileAsker &
  ReconcileSpan &
  Readonly<{
    master: AskedMeter
    subs: readonly AskedMeter[]
    limit: Ratio | null
    /** How much before the ends of the span a reading may be. */
    toleranceMs: number
  }>
export type LineLossResult = Readonly<
  | ({ ok: true } & Reconciled<LineLoss>)
  | { ok: false; code: 'unknown-meters' | 'ambiguous-meters'; addresses: readonly string[] }
>

/** A master meter against the sum of its sub-meters over a span, as a person names them. */
export const reconcileLineLoss = async (
  context: ReconcileContext,
  request: LineLossRequest,
): Promise<LineLossResult> => {
  const { master, subs, from, to } = request
  const asked = [master, ...subs]
  const addresses = asked.map(({ address }) => address)
  const known = await metersByAddress(context.database, addresses)
  const timesOf = (address: string): number => known.filter((meter) => meter.address === address).length
  const unknown = addresses.filter((address) => timesOf(address) === 0)
  if (unknown.length > 0) return { ok: false, code: 'unknown-meters', addresses: unknown }
  const ambiguous = addresses.filter((address, index) => timesOf(address) > 1 || addresses.indexOf(address) !== index)
  if (ambiguous.length > 0) return { ok: false, code: 'ambiguous-meters', addresses: ambiguous }
  const [first, ...others] = asked.map(({ address, multiplier }): MeasuredMeter => {
    const { meterId = 0, place = '' } = known.find((meter) => meter.address === address) ?? {}
    return { meterId, address, name: `${address} ${place}`.trim(), multiplier, from, to }
  })
  if (first === undefined) throw new Error('a master meter is always asked for')
  return { ok: true, ...(await measureLoss(context, { ...request, master: first, subs: others })) }
}

/** A meter and the part of the span in which it counts: a sub-meter may have come or gone within it. */
export type MeasuredMeter = Readonly<{ meterId: number; address: string; name: string; multiplier: bigint }> &
  ReconcileSpan

export type LossQuestion = ReconcileAsker &
  ReconcileSpan &
  Readonly<{ master: MeasuredMeter; subs: readonly MeasuredMeter[]; limit: Ratio | null; toleranceMs: number }>

/** Measures, keeps the run, and puts its findings into the inbox under the master meter. */
export const measureLoss = async (
  context: ReconcileContext,
  { master, subs, limit, from, to, toleranceMs, operatorId }: LossQuestion,
): Promise<Reconciled<LineLoss>> => {
  const [first, ...others] = await withReadings(context.database, [master, ...subs], toleranceMs)
  if (first === undefined) throw new Error('a master meter is always asked for')
  const comparison = lineLoss(first, others, limit)
  const summary = {
    master: comparison.master === null ? null : formatKwh(comparison.master),
    measured: formatKwh(comparison.measured),
    loss: comparison.loss === null ? null : formatKwh(comparison.loss),
    lossPercent: comparison.lossPercent,
    findings: comparison.findings.length,
  }
  const span = `${new Date(from).toISOString()}/${new Date(to).toISOString()}`
  const items = comparison.findings.map((finding): NewItem => ({
    kind: finding.kind,
    fingerprint: `line-loss/${master.address}/${span}/${finding.kind}${'meterId' in finding ? `/${String(finding.meterId)}` : ''}${'which' in finding ? `/${finding.which}` : ''}`,
    accountId: null,
    detail: {
      span,
      lossPercent: comparison.lossPercent,
      ...Object.fromEntries(
        Object.entries(finding).map(([name, value]) => [name, typeof value === 'bigint' ? value.toString() : value]),
      ),
    },
    work: { kind: 'line-loss', subject: `meter:${String(master.meterId)}`, meterId: master.meterId },
  }))
  const input = {
    from,
    to,
    limit: limit === null ? null : { ...limit },
    meters: [first, ...others].map(({ meterId, multiplier, start, end }) => ({
      meterId,
      multiplier,
      start: start === null ? null : start.totalWh,
      end: end === null ? null : end.totalWh,
    })),
  }
  const found = { kind: 'line-loss', subject: first.name, from, to, operatorId, summary, input, items } as const
  return { comparison, ...(await keepRun(context, found)) }
}

/** The readings at both ends of each meter's part; one query for all that begin, and one for all that end, together. */
const withReadings = async (
  database: Database,
  meters: readonly MeasuredMeter[],
  toleranceMs: number,
): Promise<readonly LossMeter[]> => {
  const at = async (instants: readonly number[], of: (meter: MeasuredMeter) => number) =>
    new Map(
      await Promise.all(
        [...new Set(instants)].map(async (instant) => {
          const ids = meters.filter((meter) => of(meter) === instant).map(({ meterId }) => meterId)
          return [instant, await readingsBefore(database, ids, instant - toleranceMs, instant)] as const
        }),
      ),
    )
  const starts = await at(
    meters.map(({ from }) => from),
    ({ from }) => from,
  )
  const ends = await at(
    meters.map(({ to }) => to),
    ({ to }) => to,
  )
  return meters.map(({ meterId, name, multiplier, from, to }) => ({
    meterId,
    name,
    multiplier,
    start: starts.get(from)?.get(meterId) ?? null,
    end: ends.get(to)?.get(meterId) ?? null,
  }))
}
