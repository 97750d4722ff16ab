import type { LoadSample } from '../domain/malignant-load.ts'
import type { Headend } from '../headend/headend.ts'
import type { Reach } from '../store/headends.ts'
import { metersToLookAt, sampledMeters } from '../store/load-control.ts'
import { meterAccount, saveStatus } from '../store/meters.ts'
import { lookAtLoad } from './look-at-load.ts'
import { loop, pause, type FlowContext } from './process.ts'

/** Between two looks, elapsed time. */
const lookEveryMs = 1_000
/** Clocks move even when nothing is read: each meter with rules is looked at so often, wall time. */
const lookAgainAfterMs = 60_000
/** Meters in one transaction, and pages in one look. */
const pageOf = 200
const mostPages = 50
/** Samples under way at once, one per line: they must not crowd out the scheduled reads. */
const mostSamplesAtOnce = 32

/** Items of a sample: what is drawn, of what kind, and where the relay stands. */
const sampledItems = ['activePowerTotal', 'powerFactorTotal', 'statusWord3'] as const

/** Keeps applying the rules: after readings and status words, and with the clock. One process of a database does this. */
export const runLoadRules = async (context: FlowContext, signal: AbortSignal): Promise<void> =>
  loop(context, 'load-rules', signal, async () => {
    await lookAtAll(context)
    await pause(context.clock, lookEveryMs, signal)
  })

export type LoadSampler = Readonly<{ run(signal: AbortSignal): Promise<void> }>

/** Samples the meters whose rules ask for it, within reach of this process, and applies the rules to each sample at once. */
export const createLoadSampler = (context: FlowContext, headend: Pick<Headend, 'read'>, reach: Reach): LoadSampler => {
  const sampledAt = new Map<number, number>()
  const busyGateways = new Map<number, Promise<void>>()

  const sample = async (meterId: number, signal: AbortSignal): Promise<void> => {
    const taken = await takeSample(context, headend, meterId, signal)
    const meter = await meterAccount(context.database, meterId)
    if (taken !== null && meter !== null)
      await lookAtLoad(context, [{ meterId, accountId: meter.accountId }], new Map([[meterId, taken]]))
  }

  const sampleDue = async (signal: AbortSignal): Promise<void> => {
    const now = context.clock.now()
    const meters = await sampledMeters(context.database, reach)
    const known = new Set(meters.map(({ meterId }) => meterId))
    for (const meterId of sampledAt.keys()) if (!known.has(meterId)) sampledAt.delete(meterId)
    // Who has waited longest for a sample comes first, so that a slow line serves all of its meters in turn.
    const waiting = meters
      .filter(({ meterId, everyMs }) => isDue(sampledAt.get(meterId), now, everyMs))
      .toSorted((a, b) => (sampledAt.get(a.meterId) ?? -Infinity) - (sampledAt.get(b.meterId) ?? -Infinity))
    for (const { meterId, gatewayId } of waiting) {
      if (busyGateways.has(gatewayId) || busyGateways.size >= mostSamplesAtOnce) continue
      sampledAt.set(meterId, now)
      const work = sample(meterId, signal)
        .catch((error: unknown) => {
          if (!signal.aborted)
            context.log({ level: 'warn', what: `meter ${String(meterId)} was not sampled`, detail: error })
        })
        .finally(() => busyGateways.delete(gatewayId))
      busyGateways.set(gatewayId, work)
    }
  }

  return {
    async run(signal) {
      await loop(context, 'load-samples', signal, async () => {
        await sampleDue(signal)
        await pause(context.clock, lookEveryMs, signal)
      })
      await Promise.allSettled(busyGateways.values())
    },
  }
}

/** One look at every meter with rules that is due for it. */
export const lookAtAll = async (context: FlowContext): Promise<void> => {
  for (let page = 0; page < mostPages; page += 1) {
    const meters = await metersToLookAt(context.database, context.clock.now(), lookAgainAfterMs, pageOf)
    await lookAtLoad(context, meters)
    if (meters.length < pageOf) return
  }
}

const isDue = (before: number | undefined, now: number, everyMs: number): boolean =>
  before === undefined || now - before >= everyMs || now < before

const takeSample = async (
  context: FlowContext,
  headend: Pick<Headend, 'read'>,
  meterId: number,
  signal: AbortSignal,
): Promise<LoadSample | null> => {
  const { values, times } = await headend.read(meterId, sampledItems, { priority: 'scheduled', signal })
  const { activePowerTotal: milliwatts, powerFactorTotal: powerFactor = null, statusWord3: status } = values
  if (status !== undefined && times.statusWord3 !== undefined)
    await saveStatus(context.database, [
      {
        meterId,
        at: times.statusWord3,
        relay: status.relay,
        relayCommand: status.relayCommand,
        keepPower: status.keepPower,
        alarm: status.preTripAlarm,
      },
    ])
  const at = times.activePowerTotal
  if (milliwatts === undefined || milliwatts === null || at === undefined) return null
  return { at, watts: Math.round(milliwatts / 1_000), powerFactor }
}
