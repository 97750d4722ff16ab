import { decodeValue, encodeValue, identifiers, standardDictionary, type IdentifierName } from '@xianfu/protocols'
import { createModbusUnit } from '../../../headend/driver/field-meter.ts'
import { modbusReadPlan } from '../../../headend/driver/modbus-read.ts'
import type { ReadFailure, ReadPlan } from '../../../headend/driver/read-meter.ts'
import { defaultLimits } from '../../../headend/limits.ts'
import type { MeterModel } from '../../../headend/model/meter-model.ts'
import type { Desk } from '../desk.ts'
import { explainData } from '../explain/identifier.ts'
import { cannotBeDone } from '../refusal.ts'
import type { MeterItem } from './meter-items.ts'
import type { Session } from './session.ts'

/** A Modbus meter as a field engineer names it. */
export type ModbusTarget = Readonly<{ kind: 'modbus-rtu' | 'modbus-tcp'; unit: number; model: MeterModel }>

/** Reads what can be read at once, and prints item by item; whether everything asked was answered. */
export const readModbus = async (
  session: Session,
  target: ModbusTarget,
  { items, json }: Readonly<{ items: readonly MeterItem[]; json: boolean }>,
  desk: Desk,
): Promise<boolean> => {
  const { kind, unit, model } = target
  const names = items.map(({ name }) => name).filter(isOfModels)
  const plan = modbusReadPlan(
    session.asker,
    createModbusUnit({ kind, unit, model: model.name, wiring: 'in-line' }, model),
    names,
  )
  if (!json) desk.print(`unit ${desk.paint('bold', String(unit))}, ${model.name}`)
  const failure = await readParts(session, plan)
  if (failure?.code === 'no-answer')
    throw cannotBeDone(`Unit ${String(unit)} gave ${failure.detail}. ${session.whatToCheck}`)
  const { values } = plan.finish()
  const results = items.map((item) => resultOf(item, values, model, desk))
  if (json)
    desk.print(
      JSON.stringify({ unit, model: model.name, at: new Date(desk.clock.now()).toISOString(), items: results }),
    )
  else for (const { item, text } of results) desk.print(`${item.padEnd(12)} ${text}`)
  if (failure !== null) desk.complain(desk.paint('red', `Unit ${String(unit)}: ${failure.detail}.`))
  return failure === null && results.every(({ value }) => value !== null)
}

/** Registers are mapped to the names of the identifier table; words of families mean nothing to them. */
const isOfModels = (name: string | null): name is IdentifierName => name !== null && Object.hasOwn(identifiers, name)

type Values = ReturnType<ReadPlan['finish']>['values']

const resultOf = (item: MeterItem, values: Values, model: MeterModel, { language }: Desk) => {
  const { label, name } = item
  const value = isOfModels(name) ? values[name] : undefined
  if (isOfModels(name) && value !== undefined)
    return { item: label, name, value: value as unknown, text: textOf(name, value, language) }
  const known = isOfModels(name) && model.items[name] !== undefined
  const text = known ? 'was not read' : `the model ${model.name} does not have it`
  return { item: label, name, value: null, text }
}

/** In the words of any other meter: the value as a DL/T 645 meter would tell it. */
const textOf = (name: IdentifierName, value: unknown, language: Desk['language']): string => {
  const data = encodeValue(name, value as never)
  return decodeValue(name, data).ok
    ? explainData(standardDictionary, identifiers[name].id, data, language).text
    : JSON.stringify(value)
}

/** The first failure; a silent meter ends it, a refusal does not. */
const readParts = async (session: Session, plan: ReadPlan): Promise<ReadFailure | null> => {
  let first: ReadFailure | null = null
  for (const part of plan.parts) {
    let read = await part.read(session.wire, undefined)
    for (
      let attempt = 1;
      attempt < defaultLimits.readAttempts.person && !read.ok && read.code === 'no-answer';
      attempt += 1
    )
      read = await part.read(session.wire, undefined)
    // A line of its own has nobody to give way to.
    if (read.ok || read.code === 'gave-way') continue
    first ??= { code: read.code, detail: read.detail }
    if (read.code !== 'refused-by-meter') break
  }
  return first
}
