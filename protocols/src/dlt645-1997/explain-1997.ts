import type { ControlCode } from '../dlt645/control-code.ts'
import { fieldsOf } from '../dlt645/fields.ts'
import type { ExplainedField } from '../explain/explained.ts'
import { explainedField } from '../explain/explained-field.ts'
import { item1997 } from './identifiers-1997.table.ts'
import { errorReasons1997 } from './message-1997.ts'

/** Function codes of 1997 that 2007 does not have. */
const functions1997: readonly number[] = Object.freeze([0x01, 0x02, 0x04, 0x0a, 0x0c, 0x0f, 0x10])
const readAgain = 0x03

/** Whether control byte and length are those of the old protocol: 03H without data is "read again" there. */
export const is1997 = (control: number, length: number): boolean =>
  functions1997.includes(control & 0x1f) || (control === readAgain && length === 0)

type Explained = Readonly<{ fields: readonly ExplainedField[]; problems: readonly string[] }>

/** The data of a frame of 1997: an identifier of two bytes and its value, or the error byte. */
export function explain1997Data(control: ControlCode, wire: Uint8Array, data: Uint8Array, offset: number): Explained {
  const clause = '1997'
  const at = (from: number, to: number) => ({
    offset: offset + from,
    bytes: wire.subarray(from, to),
    meant: data.subarray(from, to),
    clause,
  })
  if (data.length === 0) return { fields: [], problems: [] }
  if (control.abnormal) {
    const value = errorReasons1997(data[0] ?? 0).join(', ')
    return {
      fields: [{ ...at(0, data.length), name: 'error', en: 'error', zh: '错误信息字', value, fields: [] }],
      problems: [],
    }
  }
  const identifier = (data[0] ?? 0) | ((data[1] ?? 0) << 8)
  const item = item1997(identifier)
  const id = identifier.toString(16).toUpperCase().padStart(4, '0')
  const fields: ExplainedField[] = [
    {
      ...at(0, Math.min(2, data.length)),
      name: 'identifier',
      en: 'data identifier',
      zh: '数据标识',
      value: item === null ? `${id} in no table` : `${id} ${item.en} ${item.zh}`,
      fields: [],
    },
  ]
  if (data.length > 2) {
    const inner = item === null || !control.fromMeter ? [] : fieldsOf(item, data.subarray(2))
    fields.push({
      ...at(2, data.length),
      name: 'data',
      en: item?.en ?? 'data',
      zh: item?.zh ?? '数据',
      value: inner.length === 0 ? 'not known' : '',
      fields: inner.map((field) => explainedField(field, wire, offset, 2, clause)),
    })
  }
  return { fields, problems: data.length < 2 ? ['the identifier is cut off'] : [] }
}
