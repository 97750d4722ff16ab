import { createDictionary, meterProfiles, toHex, type Dictionary, type Field, type Item } from '@xianfu/protocols'
import type { Language } from '../desk.ts'
import { fieldsText } from './field-text.ts'

/** The generations and models of meters whose identifiers we know apart. */
export const profileNames = Object.keys(meterProfiles) as (keyof typeof meterProfiles)[]

export type ProfileName = (typeof profileNames)[number]

export const dictionaryOf = (profile: ProfileName): Dictionary => createDictionary(meterProfiles[profile])

/** What the data of an identifier say; `isWhole` when every byte was understood. */
export type Explained = Readonly<{ isWhole: boolean; value: unknown; text: string; fields: readonly Field[] }>

/** An identifier without a line in the tables is shown as bytes: it is not known, which is no mistake of the meter. */
export const explainData = (
  dictionary: Dictionary,
  identifier: number,
  data: Uint8Array,
  language: Language,
): Explained => {
  const fields = dictionary.fields(identifier, data)
  if (!fields.ok) return { isWhole: true, value: toHex(data), text: toHex(data), fields: [] }
  const strict = dictionary.decode(identifier, data)
  const text = fieldsText(fields.value, language)
  if (strict.ok) return { isWhole: true, value: plain(strict.value), text, fields: fields.value }
  const trouble = language === 'zh' ? '不完整' : 'cannot be understood'
  return { isWhole: false, value: null, text: `${trouble} (${strict.detail}): ${text}`, fields: fields.value }
}

export const itemName = (item: Item, language: Language): string => (language === 'zh' ? item.zh : item.en)

/** Bytes as people read them, so that a value can be printed as JSON. */
const plain = (value: unknown): unknown => {
  if (value instanceof Uint8Array) return toHex(value)
  if (Array.isArray(value)) return value.map(plain)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, plain(part)]))
}
