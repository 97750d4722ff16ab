import type { IdentifierName } from '@xianfu/protocols'
import type { Asker } from '../../headend/driver/ask-line.ts'
import { createModbusUnit } from '../../headend/driver/field-meter.ts'
import { modbusReadPlan } from '../../headend/driver/modbus-read.ts'
import type { ReadFailure, ReadPlan } from '../../headend/driver/read-meter.ts'
import { defaultLimits } from '../../headend/limits.ts'
import type { Turn } from '../../headend/line/line.ts'
import type { MeterModel } from '../../headend/model/meter-model.ts'
import type { MeterItem } from './meter-items.ts'
import { valueText } from './meter-values.ts'

/** A Modbus meter as a field engineer names it. */
export type ModbusTarget = Readonly<{ kind: 'modbus-rtu' | 'modbus-tcp'; unit: number; model: MeterModel }>

export type ModbusReadOptions = Readonly<{
  target: ModbusTarget
  items: readonly MeterItem[]
  json: boolean
  print(line: string): void
  complain(line: string): void
  /** What to look at when the meter is silent. */
  whatToCheck: string
}>

/** Reads what can be read at once, prints item by item, and resolves with the exit code. */
export const readModbusAndPrint = async (turn: Turn, asker: Asker, options: ModbusReadOptions): Promise<number> => {
  const { target, items, print, complain } = options
  const { kind, unit, model } = target
  const names = items.map(({ name }) => name).filter((name) => name !== null)
  const plan = modbusReadPlan(
    asker,
    createModbusUnit({ kind, unit, model: model.name, wiring: 'in-line' }, model),
    names,
  )
  if (!options.json) print(`unit ${String(unit)}, ${model.name}`)
  const failure = await readParts(turn, plan)
  if (failure?.code === 'no-answer') {
    complain(`Unit ${String(unit)} gave ${failure.detail}. ${options.whatToCheck}`)
    return 1
  }
  const { values } = plan.finish()
  const results = items.map((item) => resultOf(item, values[item.name as IdentifierName], model))
  if (options.json) print(JSON.stringify({ unit, model: model.name, items: results }))
  else for (const { item, text } of results) print(`${item.padEnd(12)} ${text}`)
  if (failure !== null) complain(`Unit ${String(unit)}: ${failure.detail}.`)
  return failure === null && results.every(({ value }) => value !== null) ? 0 : 1
}

const resultOf = (item: MeterItem, value: unknown, model: MeterModel) => {
  const known = item.name !== null && model.items[item.name] !== undefined
  if (value !== undefined)
    return { item: item.label, name: item.name, value, text: valueText(item.name, value, new Uint8Array(0)) }
  const text = known ? 'was not read' : `the model ${model.name} does not have it`
  return { item: item.label, name: item.name, value: null, text }
}

/** The first failure; a silent meter ends it, a refusal does not. */
const readParts = async (turn: Turn, plan: ReadPlan): Promise<ReadFailure | null> => {
  let first: ReadFailure | null = null
  for (const part of plan.parts) {
    let read = await part.read(turn, undefined)
    for (
      let attempt = 1;
      attempt < defaultLimits.readAttempts.person && !read.ok && read.code === 'no-answer';
      attempt += 1
    )
      read = await part.read(turn, undefined)
    if (read.ok) continue
    first ??= { code: read.code, detail: read.detail }
    if (read.code !== 'refused-by-meter') break
  }
  return first
}
