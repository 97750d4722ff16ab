import { decodeRegister, registerSpan, type Decoded, type Register, type RegisterSpan } from '@xianfu/protocols'
import type { MeterModel } from './meter-model.ts'

/** What has been read of a meter: spans of registers with their bytes. */
export type ReadSpan = RegisterSpan & Readonly<{ data: Uint8Array }>

/** @throws Error when the model has no such register: a mistake in the model, found by its test. */
export const registerNamed = (model: MeterModel, name: string): Register => {
  const register = model.table.registers[name]
  if (register === undefined) throw new Error(`The model ${model.name} has no register ${name}.`)
  return register
}

/** The value of a register among what was read. */
export const readRegister = (
  model: MeterModel,
  name: string,
  spans: readonly ReadSpan[],
): Decoded<number | string | Uint8Array> => {
  const register = registerNamed(model, name)
  const { start, count } = registerSpan(register)
  const span = spans.find((each) => each.start <= start && start + count <= each.start + each.count)
  if (span === undefined) return { ok: false, code: 'wrong-length', detail: `${name} was not read` }
  const offset = 2 * (start - span.start)
  return decodeRegister(register, span.data.subarray(offset, offset + 2 * count))
}
