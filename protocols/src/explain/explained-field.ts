import type { Field } from '../dlt645/fields.ts'
import { fieldText } from '../dlt645/value-text.ts'
import type { ExplainedField } from './explained.ts'

/** A field whose data begins `base` bytes into the frame's data, which begins at `offset` of the frame. */
export function explainedField(
  field: Field,
  wire: Uint8Array,
  offset: number,
  base: number,
  clause: string,
): ExplainedField {
  const at = base + field.offset
  return {
    offset: offset + at,
    bytes: wire.subarray(at, at + field.bytes.length),
    meant: field.bytes,
    name: field.name,
    en: field.en,
    zh: field.zh,
    clause,
    value: fieldText(field),
    fields: field.fields.map((inner) => explainedField(inner, wire, offset, base, clause)),
  }
}
