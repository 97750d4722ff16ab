import { sourceKey, type MeterEventSource } from '../../domain/meter-event.ts'
import type { EventRecordRead, MeterMoment, SignsRead } from '../../headend/headend.ts'
import type { EventField } from '../collect-events.ts'

type ScriptedRecord = Readonly<{ began: MeterMoment | null; ended?: MeterMoment; operatorCode?: string; empty?: true }>

/** A meter's counters, records and states as a test writes them down, and what was asked. */
export type ScriptedSigns = EventField & {
  states: readonly MeterEventSource[]
  counts: readonly (MeterEventSource & Readonly<{ count: number; recorded?: false }>)[]
  absent: SignsRead['absent']
  /** By `sourceKey`, the newest first. */
  records: Readonly<Record<string, readonly ScriptedRecord[]>>
  /** Instead of the next answers. */
  failing: 'no-answer' | 'gateway-offline' | null
  /** Called after each record was read. */
  afterRecord: () => void
  readonly asked: string[]
}

export const createScriptedSigns = (): ScriptedSigns => {
  const asked: string[] = []
  const nothing = { at: 0, states: null, counts: [], absent: [], frame: null, exchanges: [] } as const
  const field: ScriptedSigns = {
    states: [],
    counts: [],
    absent: [],
    records: {},
    failing: null,
    afterRecord: () => undefined,
    asked,
    readSigns: async (_, what, { without = [], only }) => {
      asked.push(only === undefined ? what : `recount ${only}`)
      if (field.failing !== null) return { ok: false, code: field.failing, detail: '', ...nothing }
      if (what === 'states') return { ok: true, ...nothing, states: field.states, frame: Uint8Array.of(0x68) }
      const counts = field.counts
        .filter(({ kind }) => !without.includes(kind) && (only ?? kind) === kind)
        .map((count) => ({ ...count, recorded: count.recorded ?? true }))
      return { ok: true, ...nothing, counts, absent: field.absent.filter((kind) => !without.includes(kind)) }
    },
    readEventRecord: async (_, source, last): Promise<EventRecordRead> => {
      asked.push(`${sourceKey(source)} ${String(last)}`)
      if (field.failing !== null) return { ok: false, code: field.failing, detail: '', exchanges: [] }
      const record = field.records[sourceKey(source)]?.[last - 1]
      field.afterRecord()
      if (record === undefined) return { ok: false, code: 'refused-by-meter', detail: 'no data', exchanges: [] }
      const { began, ended = null, operatorCode = null, empty = false } = record
      const frames = [Uint8Array.of(0x68, last)]
      return { ok: true, at: 0, empty, began, ended, operatorCode, value: { last }, frames, exchanges: [] }
    },
  }
  return field
}
