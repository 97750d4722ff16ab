import { judgeLine, type LineCounts, type LineHealth, type MeterCounts } from './line-health.ts'

/** What only the process that holds a line's gateway knows of its wire. */
export type WireReport = Readonly<{
  health: LineHealth
  /** Of the last half to whole hour of machine time; null where nothing was counted. */
  measured: Readonly<{
    asked: number
    answered: number
    /** Part of that time for which the line was kept. */
    busyShare: number | null
    /** Mean time from question to answer beyond their own bytes. */
    responseMs: number | null
    backingOff: number
  }>
  /** Meters that were asked and have never answered. */
  silent: number
  queueLength: number
}>

export type WireCounts = Omit<LineCounts, 'meters'> &
  Readonly<{
    queueLength: number
    meters: readonly (MeterCounts &
      Readonly<{ windowMs: number; busyMs: number; responseMs: number | null; isBackingOff: boolean }>)[]
  }>

export const wireReportOf = (counts: WireCounts): WireReport => {
  const { meters, queueLength } = counts
  const sum = (value: (meter: WireCounts['meters'][number]) => number): number =>
    meters.reduce((total, meter) => total + value(meter), 0)
  const answered = sum((meter) => meter.answered)
  const windowMs = Math.max(0, ...meters.map((meter) => meter.windowMs))
  return {
    health: judgeLine(counts),
    measured: {
      asked: sum(({ asked }) => asked),
      answered,
      busyShare: windowMs === 0 ? null : sum(({ busyMs }) => busyMs) / windowMs,
      responseMs: answered === 0 ? null : sum((meter) => (meter.responseMs ?? 0) * meter.answered) / answered,
      backingOff: meters.filter(({ isBackingOff }) => isBackingOff).length,
    },
    silent: meters.filter(({ asked, answered: heard }) => asked > 0 && heard === 0).length,
    queueLength,
  }
}

/** Cut to what a person reads, so that a line on which nothing of note has changed says the same again. */
export const roundedReport = (report: WireReport): WireReport => {
  const { busyShare, responseMs } = report.measured
  return {
    ...report,
    measured: {
      ...report.measured,
      busyShare: busyShare === null ? null : Math.round(busyShare * 1_000) / 1_000,
      responseMs: responseMs === null ? null : Math.round(responseMs),
    },
  }
}
