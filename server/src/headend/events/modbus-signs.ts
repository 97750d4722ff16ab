import { planReads, registerSpan } from '@xianfu/protocols'
import type { MeterEventSource } from '../../domain/meter-event.ts'
import { noteAnswer, type FieldMeter, type ModbusUnit } from '../driver/field-meter.ts'
import { readSpan } from '../driver/modbus-read.ts'
import { turnFailureWords } from '../driver/read-meter.ts'
import type { EventCount, Exchange, SignsOptions, SignsRead } from '../headend.ts'
import type { MeterModel } from '../model/meter-model.ts'
import { readRegister, registerNamed, type ReadSpan } from '../model/model-registers.ts'
import { noSigns } from './no-signs.ts'

/** What the registers of a model tell of events: counters and bits of its status, in the fewest reads. */
export const readModbusSigns = async (
  meter: FieldMeter,
  unit: ModbusUnit,
  options: SignsOptions,
): Promise<SignsRead> => {
  const { model } = unit
  if (model.events === null) return { ok: true, ...noSigns, at: meter.clock.now() }
  const names = new Set([...model.events.counters, ...model.events.states].map(({ register }) => register))
  const wanted = [...names].map((name) => registerSpan(registerNamed(model, name)))
  const spans: ReadSpan[] = []
  const exchanges: Exchange[] = []
  let at = meter.clock.now()
  for (const span of planReads(wanted, model.reading)) {
    const turn = await meter.line.run(options, async (own) => readSpan(own, meter, unit, span, options.signal))
    if (!turn.ok) return { ok: false, code: turn.code, detail: turnFailureWords[turn.code], ...noSigns, exchanges }
    const { exchanges: own, ...read } = turn.value
    exchanges.push(...own)
    noteAnswer(meter, read.ok || read.code !== 'no-answer')
    if (!read.ok) return { ...read, ...noSigns, exchanges }
    spans.push({ ...span, data: read.data })
    at = read.at
  }
  const counts = countsIn(model, spans)
  const states = statesIn(model, spans)
  if (counts === null || states === null)
    return { ok: false, code: 'bad-answer', detail: 'a register holds no value', ...noSigns, exchanges }
  const frame = exchanges.findLast(({ response }) => response !== null)?.response ?? null
  return { ok: true, at, states, counts, absent: [], frame, exchanges }
}

const countsIn = (model: MeterModel, spans: readonly ReadSpan[]): readonly EventCount[] | null => {
  const counts: EventCount[] = []
  for (const { kind, register } of model.events?.counters ?? []) {
    const read = readRegister(model, register, spans)
    if (!read.ok || typeof read.value !== 'number') return null
    counts.push({ kind, phase: null, count: read.value, recorded: false })
  }
  return counts
}

const statesIn = (model: MeterModel, spans: readonly ReadSpan[]): readonly MeterEventSource[] | null => {
  const states: MeterEventSource[] = []
  for (const { kind, register, bit } of model.events?.states ?? []) {
    const read = readRegister(model, register, spans)
    const at = registerNamed(model, register).bits?.[bit]
    if (!read.ok || typeof read.value !== 'number' || at === undefined) return null
    if ((read.value & (1 << at)) !== 0) states.push({ kind, phase: null })
  }
  return states
}
