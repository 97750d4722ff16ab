import type { AirtimePlan } from '../domain/collection/airtime.ts'
import { pacesOfLine, pacesOfMeter, ruleBook } from '../domain/collection/schedule-rule.ts'
import { wireReportOf, type WireCounts, type WireReport } from '../domain/collection/wire-report.ts'
import type { Headend } from '../headend/headend.ts'
import { listLineHolders } from '../store/line-reports.ts'
import { listLineMeters, listLines, type LineMeters, type LineRow } from '../store/lines.ts'
import { loadRules } from '../store/schedules.ts'
import { planLineAirtime } from './line-airtime.ts'
import type { FlowContext } from './process.ts'

export type LineReport = LineRow &
  WireReport &
  Readonly<{
    /** Null for a model that this program does not know. */
    airtime: AirtimePlan | null
    /** The process that holds its gateway; null when nobody does. */
    holder: Readonly<{
      name: string
      /** This process: what is told of the wire is of this moment. */
      isHere: boolean
      /** Real time since its holder was sure of what is told of the wire; null while it has told nothing. */
      ageMs: number | null
    }> | null
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
    const holders = await listLineHolders(database)
    return rows.map((row): LineReport => {
      const ofLine = meters.get(row.gatewayId) ?? []
      // One by one: what is counted of a million meters is not held all at once.
      const here = headend.lines(row.gatewayId)[0] ?? silentStatus(false)
      const by = holders.get(row.gatewayId)
      // Held by another process: what it has told of its wire, if it has.
      const isElsewhere = row.online && !here.online
      const told = isElsewhere ? (by?.told ?? null) : null
      const wire = told?.report ?? wireReportOf(isElsewhere ? silentStatus(true) : here)
      const airtime = planLineAirtime({
        line: row.line,
        meters: ofLine.map(({ protocol, count, ownId, ...subject }) => {
          const ofAll = pacesOfLine(rules, subject)
          return { protocol, count, paces: ownId === null ? ofAll : pacesOfMeter(rules, ownId, ofAll) }
        }),
        turnaroundMs: wire.measured.responseMs ?? usualTurnaroundMs,
        deadShare: row.meters === 0 ? 0 : Math.min(1, wire.silent / row.meters),
        rate: clock.rate,
      })
      return {
        ...row,
        ...wire,
        airtime: airtime.ok ? airtime.plan : null,
        holder: by === undefined ? null : { name: by.name, isHere: !isElsewhere, ageMs: told?.ageMs ?? null },
      }
    })
  }

/** Where nothing is known of the wire: nobody holds it, or its holder has not told yet. */
const silentStatus = (online: boolean): WireCounts => ({
  online,
  queueLength: 0,
  linksLost: 0,
  unasked: 0,
  meters: [],
})
