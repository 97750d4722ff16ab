import type { AirtimePlan } from '../domain/collection/airtime.ts'
import { judgeLine, type LineHealth } from '../domain/collection/line-health.ts'
import { pacesOfLine, pacesOfMeter, ruleBook } from '../domain/collection/schedule-rule.ts'
import type { Headend, LineStatus } from '../headend/headend.ts'
import { listLineMeters, listLines, type LineMeters, type LineRow } from '../store/lines.ts'
import { loadRules } from '../store/schedules.ts'
import { planLineAirtime } from './line-airtime.ts'
import type { FlowContext } from './process.ts'

export type LineReport = LineRow &
  Readonly<{
    health: LineHealth
    /** Null for a model that this program does not know. */
    airtime: AirtimePlan | null
    /** Of the last half to whole hour of machine time; null where nothing was counted. */
    measured: Readonly<{
      asked: number
      answered: number
      busyShare: number | null
      responseMs: number | null
      backingOff: number
    }>
    queueLength: number
  }>

/** Of all lines: what they have to carry, what they carried, and what is likely wrong with them. */
export type ReadLines = () => Promise<readonly LineReport[]>

/** Before anything was measured: what meters and gateways usually take. */
const usualTurnaroundMs = 100

export const createReadLines =
  ({ database, clock }: Pick<FlowContext, 'database' | 'clock'>, headend: Pick<Headend, 'lines'>): ReadLines =>
  async () => {
    const rows = await listLines(database, clock.now())
    const rules = ruleBook(await loadRules(database))
    const meters = new Map<number, LineMeters[]>()
    for (const group of await listLineMeters(database))
      meters.set(group.gatewayId, [...(meters.get(group.gatewayId) ?? []), group])
    const statuses = new Map(headend.lines().map((status) => [status.gatewayId, status]))
    return rows.map((row): LineReport => {
      const ofLine = meters.get(row.gatewayId) ?? []
      const here = statuses.get(row.gatewayId) ?? silentStatus(row.gatewayId)
      // Held by another process, which counts for itself: here nothing is known of its wire.
      const isElsewhere = row.online && !here.online
      const status = isElsewhere ? { ...silentStatus(row.gatewayId), online: true } : here
      const counted = countedOf(status)
      const silent = status.meters.filter(({ asked, answered }) => asked > 0 && answered === 0).length
      const airtime = planLineAirtime({
        line: row.line,
        meters: ofLine.map(({ protocol, count, ownId, ...subject }) => {
          const ofAll = pacesOfLine(rules, subject)
          return { protocol, count, paces: ownId === null ? ofAll : pacesOfMeter(rules, ownId, ofAll) }
        }),
        turnaroundMs: counted.responseMs ?? usualTurnaroundMs,
        deadShare: row.meters === 0 ? 0 : silent / row.meters,
        rate: clock.rate,
      })
      return {
        ...row,
        health: judgeLine(status),
        airtime: airtime.ok ? airtime.plan : null,
        measured: counted,
        queueLength: status.queueLength,
      }
    })
  }

const silentStatus = (gatewayId: number): LineStatus => ({
  gatewayId,
  online: false,
  queueLength: 0,
  linksLost: 0,
  unasked: 0,
  meters: [],
})

const countedOf = ({ meters }: LineStatus): LineReport['measured'] => {
  const sum = (value: (meter: LineStatus['meters'][number]) => number): number =>
    meters.reduce((total, meter) => total + value(meter), 0)
  const answered = sum((meter) => meter.answered)
  const windowMs = Math.max(0, ...meters.map((meter) => meter.windowMs))
  return {
    asked: sum(({ asked }) => asked),
    answered,
    busyShare: windowMs === 0 ? null : sum(({ busyMs }) => busyMs) / windowMs,
    responseMs: answered === 0 ? null : sum((meter) => (meter.responseMs ?? 0) * meter.answered) / answered,
    backingOff: meters.filter(({ isBackingOff }) => isBackingOff).length,
  }
}
