import { planAirtime, type AirtimeGroup, type AirtimePlan } from '../domain/collection/airtime.ts'
import { collectedSets, type Paces } from '../domain/collection/schedule-rule.ts'
import { exchangesFor } from '../headend/driver/exchange-bytes.ts'
import type { LineConfig, MeterProtocol } from '../headend/headend.ts'
import { defaultLimits, longestMeterResponseMs } from '../headend/limits.ts'
import { silentCharactersMs } from '../headend/line/response-time.ts'
import { dataSetItems } from './data-set-items.ts'

/** Meters of a line that are alike in language, model and paces. */
export type AirtimeMeters = Readonly<{ count: number; protocol: MeterProtocol; paces: Paces }>

export type LineAirtime = Readonly<{
  line: LineConfig
  meters: readonly AirtimeMeters[]
  /** From the last byte of a question to the first of its answer, gateway and network included. */
  turnaroundMs: number
  /** Share of meters that do not answer, 0 to 1. */
  deadShare: number
  /** How many times faster than its lines talk a demonstration lives: its half hours are so much shorter. */
  rate?: number
}>

export type LineAirtimeResult = Readonly<
  { ok: true; plan: AirtimePlan } | { ok: false; unknownModels: readonly string[] }
>

/** What a question to a silent meter costs beyond its bytes: the standard's longest response, a gateway's, and the guard. */
const silenceMs = longestMeterResponseMs + defaultLimits.gatewayLatencyMs + defaultLimits.guardMs

/** The airtime of a line from its meters: what each set costs follows from what the drivers would ask. */
export const planLineAirtime = ({
  line,
  meters,
  turnaroundMs,
  deadShare,
  rate = 1,
}: LineAirtime): LineAirtimeResult => {
  const unknownModels = new Set<string>()
  const groups = meters.map(({ count, protocol, paces }): AirtimeGroup => {
    const name = protocol.kind === 'dlt645' ? 'dlt645' : protocol.model
    const sets = collectedSets(paces).flatMap((dataSet) => {
      const exchanges = exchangesFor(protocol, dataSetItems[dataSet])
      const minutes = paces[dataSet]
      if (exchanges === null) unknownModels.add(name)
      return exchanges === null || minutes === null || exchanges.length === 0
        ? []
        : [{ dataSet, minutes: minutes / rate, exchanges }]
    })
    const quietMs = protocol.kind === 'modbus-rtu' ? silentCharactersMs(line) : 0
    return { name, meters: count, turnaroundMs, quietMs, sets }
  })
  if (unknownModels.size > 0) return { ok: false, unknownModels: [...unknownModels] }
  return { ok: true, plan: planAirtime({ ...line, groups, deadShare, silenceMs }) }
}

/** Meters that are alike are counted together. */
export const alikeMeters = (
  meters: readonly Readonly<{ protocol: MeterProtocol; paces: Paces }>[],
): readonly AirtimeMeters[] => {
  const groups = new Map<string, AirtimeMeters>()
  for (const { protocol, paces } of meters) {
    const language = protocol.kind === 'dlt645' ? protocol.kind : `${protocol.kind} ${protocol.model}`
    const key = `${language} ${JSON.stringify(paces)}`
    const known = groups.get(key)
    groups.set(key, { protocol, paces, count: (known?.count ?? 0) + 1 })
  }
  return [...groups.values()]
}
