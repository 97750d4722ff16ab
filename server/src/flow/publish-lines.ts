import { roundedReport, wireReportOf } from '../domain/collection/wire-report.ts'
import type { GatewayStatus, Headend } from '../headend/headend.ts'
import { confirmLineReports, saveLineReports, type NamedReport } from '../store/line-reports.ts'
import { loop, pause, type FlowContext } from './process.ts'

/** So often every line is looked at, elapsed time; a gateway that has just come is told of at the next look. */
export const publishEveryMs = 30_000
const lookEveryMs = 5_000
/** Lines judged in one go: each has some two hundred meters. */
const linesInOneGo = 50
/** Lines written in one statement. */
const linesPerWrite = 500

/** Tells the house what this process knows of the wires it holds. */
export type LinePublisher = Readonly<{
  /** One look. Only lines of which something else is to be told than before are written. */
  step(signal: AbortSignal): Promise<void>
}>

export const createLinePublisher = (
  { database, clock }: Pick<FlowContext, 'database' | 'clock'>,
  self: string,
  headend: Pick<Headend, 'lines'>,
  gateways: () => readonly GatewayStatus[],
): LinePublisher => {
  /** What was told last of each line that we hold. */
  const told = new Map<number, string>()
  let roundMs = -Infinity

  const write = async (changed: readonly (NamedReport & Readonly<{ text: string }>)[]): Promise<void> => {
    if (changed.length === 0) return
    const written = new Set(await saveLineReports(database, self, changed))
    for (const { gatewayId, text } of changed) if (written.has(gatewayId)) told.set(gatewayId, text)
  }

  return {
    async step(signal) {
      const held = gateways().flatMap(({ gatewayId, online }) => (online ? [gatewayId] : []))
      const ours = new Set(held)
      for (const id of told.keys()) if (!ours.has(id)) told.delete(id)
      const now = clock.elapsedMs()
      const isRound = now - roundMs >= publishEveryMs
      const wanted = isRound ? held : held.filter((id) => !told.has(id))
      let changed: (NamedReport & Readonly<{ text: string }>)[] = []
      for (const [index, gatewayId] of wanted.entries()) {
        const [status] = headend.lines(gatewayId)
        if (status === undefined) continue
        const report = roundedReport(wireReportOf(status))
        const text = JSON.stringify(report)
        if (told.get(gatewayId) !== text) changed.push({ gatewayId, report, text })
        if (changed.length >= linesPerWrite) {
          await write(changed)
          changed = []
        }
        if (index % linesInOneGo === linesInOneGo - 1) await pause(clock, 0, signal)
        if (signal.aborted) return
      }
      await write(changed)
      if (!isRound) return
      roundMs = now
      // Fewer than were told: the database has lost them, and all are told again.
      if ((await confirmLineReports(database, self)) < told.size) told.clear()
    },
  }
}

/** Beside the house alone: what the house holds itself it knows without being told. */
export const runLinePublisher = async (
  context: FlowContext,
  publisher: LinePublisher,
  signal: AbortSignal,
): Promise<void> =>
  loop(context, 'publish-lines', signal, async () => {
    await publisher.step(signal)
    await pause(context.clock, lookEveryMs, signal)
  })
