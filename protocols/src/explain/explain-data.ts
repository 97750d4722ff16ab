import { byteToHex } from '../hex.ts'
import { decodeFormat } from '../dlt645/codec.ts'
import { type ControlCode, functionCode } from '../dlt645/control-code.ts'
import { operatorBytes, readOperator } from '../dlt645/credentials.ts'
import { identifierBytes, identifierText, readIdentifier } from '../dlt645/data-identifier.ts'
import type { Dictionary } from '../dlt645/dictionary.ts'
import { type Field, fieldsOf } from '../dlt645/fields.ts'
import { bcd, digits, type Format, moment, raw } from '../dlt645/format.ts'
import { readFreezeTime } from '../dlt645/freeze-time.ts'
import type { Item } from '../dlt645/item.ts'
import { controlResult, errorsOfFunction } from '../dlt645/meter-error.ts'
import { momentText, fieldText } from '../dlt645/value-text.ts'
import { bitRateOf } from '../dlt645/rate-word.ts'
import { isCurve } from '../dlt645/request-writer.ts'
import { securityCommand, securityName } from '../dlt645/security.ts'
import type { ExplainedField } from './explained.ts'
import { actionWords, outputWords, reasonWords, stateWords, type Words } from './words.table.ts'

/** A run of the data that is taken off its front, and what is said of it. */
type Part = Readonly<{
  name: string
  words: Words
  clause: string
  bytes: number
  value: (bytes: Uint8Array) => string
  fields?: (bytes: Uint8Array) => readonly Field[]
}>

export type ExplainedData = Readonly<{ fields: readonly ExplainedField[]; problems: readonly string[] }>

/** Everything about the data of an intact frame: `data` as meant, `wire` as sent, both from `offset` of the frame on. */
export function explainData(
  control: ControlCode,
  wire: Uint8Array,
  data: Uint8Array,
  offset: number,
  dictionary: Dictionary,
): ExplainedData {
  const parts = control.fromMeter
    ? control.abnormal
      ? errorParts(control.functionCode)
      : replyParts(control.functionCode, data, dictionary)
    : requestParts(control.functionCode, data, dictionary)
  return layParts(parts, wire, data, offset)
}

function layParts(parts: readonly Part[], wire: Uint8Array, data: Uint8Array, offset: number): ExplainedData {
  const fields: ExplainedField[] = []
  const problems: string[] = []
  let at = 0
  for (const part of parts) {
    const end = Math.min(data.length, at + part.bytes)
    if (end - at < Math.min(part.bytes, 1) || (Number.isFinite(part.bytes) && end - at < part.bytes)) {
      problems.push(`the data end in front of: ${part.words[0]}`)
    }
    const meant = data.subarray(at, end)
    const base = at
    fields.push({
      offset: offset + at,
      bytes: wire.subarray(at, end),
      meant,
      name: part.name,
      en: part.words[0],
      zh: part.words[1],
      clause: part.clause,
      value: meant.length < part.bytes && Number.isFinite(part.bytes) ? 'cut off' : part.value(meant),
      fields: (part.fields?.(meant) ?? []).map((field) => explainedField(field, wire, offset, base, part.clause)),
    })
    at = end
  }
  if (at < data.length) {
    problems.push(`${data.length - at} bytes of data more than the function has`)
    fields.push({
      offset: offset + at,
      bytes: wire.subarray(at),
      meant: data.subarray(at),
      name: 'surplus',
      en: 'more than is known',
      zh: '多余数据',
      clause: '',
      value: '',
      fields: [],
    })
  }
  return { fields, problems: [...problems, ...problemsIn(fields)] }
}

/** Values that begin with a question mark are none. */
const problemsIn = (fields: readonly ExplainedField[]): readonly string[] =>
  fields.flatMap(({ en, value, fields: inner }) => [
    ...(value.startsWith('? ') ? [`${en} is no value: ${value.slice(2)}`] : []),
    ...problemsIn(inner),
  ])

function explainedField(field: Field, wire: Uint8Array, offset: number, base: number, clause: string): ExplainedField {
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

const part = (
  name: string,
  words: Words,
  clause: string,
  bytes: number,
  value: (bytes: Uint8Array) => string,
): Part => ({ name, words, clause, bytes, value })

/** A part whose value a format reads. */
const formatted = (name: string, words: Words, clause: string, format: Format): Part =>
  part(name, words, clause, format.bytes, (bytes) => {
    const [field] = fieldsOf(format, bytes)
    return field === undefined ? '' : fieldText(field)
  })

const either = (words: Words | undefined, code: number): string =>
  words === undefined ? `? ${byteToHex(code)}H is not known` : `${words[0]} ${words[1]}`
const all = (list: readonly Words[]): string => list.map((words) => words.join(' ')).join('; ')

const passwordParts = (what: Words): readonly Part[] => [
  formatted('level', [`${what[0]}level`, `${what[1]}密码级别 PA`], '7.1', bcd(1)),
  // At the ciphered levels it is no number.
  part('password', [`${what[0]}password`, `${what[1]}密码 P0P1P2`], '7.1', 3, (bytes) => {
    const digitsRead = decodeFormat(digits(3), bytes)
    return digitsRead.ok ? String(digitsRead.value) : 'no digits (levels 98 and 99)'
  }),
]
const operatorPart = part('operator', ['operator', '操作者代码 C0C1C2C3'], '7.1', operatorBytes, (bytes) =>
  readOperator(bytes, 0),
)
const credentialParts: readonly Part[] = [...passwordParts(['', '']), operatorPart]
const cipherParts: readonly Part[] = [
  formatted('cipher', ['cipher', '密文'], 'SG', raw(16)),
  formatted('mac', ['code of authentication', 'MAC'], 'SG', raw(4)),
]

const identifierPart = (item: Pick<Item, 'en' | 'zh' | 'clause'> | null): Part =>
  part('identifier', ['data identifier', '数据标识'], item?.clause ?? '', identifierBytes, (bytes) => {
    const id = identifierText(readIdentifier(bytes))
    return item === null ? `${id} in no table` : `${id} ${item.en} ${item.zh}`
  })

/** Whatever is left, as the value of an item. */
const itemPart = (item: Item | null): Part =>
  item === null
    ? part('data', ['data', '数据'], '', Infinity, () => 'not known')
    : {
        ...part('data', [item.en, item.zh], item.clause, Infinity, () => ''),
        fields: (bytes) => fieldsOf(item, bytes),
      }

const securityItem = (identifier: number): Pick<Item, 'en' | 'zh' | 'clause'> | null => {
  const command = securityCommand(identifier)
  return command === null ? null : { en: securityName(identifier) ?? '', zh: command.zh, clause: command.clause }
}
const securityPart = (identifier: number, direction: 'request' | 'reply'): Part => {
  const format = securityCommand(identifier)?.[direction]
  return format === undefined
    ? part('data', ['data', '数据'], 'SG', Infinity, () => 'not known')
    : { ...part('data', ['data', '数据'], 'SG', Infinity, () => ''), fields: (bytes) => fieldsOf(format, bytes) }
}

const timePart = formatted('time', ['time', '时间'], '7.6', moment('YYMMDDhhmmss'))
const sequencePart = part('sequence', ['sequence number', '帧序号 SEQ'], '7.3', 1, ([byte = 0]) => String(byte))
const ratePart = part('rateWord', ['rate word', '通信速率特征字 Z'], '7.9', 1, ([byte = 0]) => {
  const rate = bitRateOf(byte)
  return rate === null ? `? ${byteToHex(byte)}H names no rate` : `${rate} bit/s`
})
const outputPart = part('output', ['output of the terminal', '多功能端子输出类型'], '7.15', 1, ([byte = 0]) =>
  either(outputWords.get(byte), byte),
)

function requestParts(code: number, data: Uint8Array, dictionary: Dictionary): readonly Part[] {
  const identifier = readIdentifier(data)
  const item = dictionary.byId(identifier)
  switch (code) {
    case functionCode.security: {
      const security = securityItem(identifier)
      return [identifierPart(security), operatorPart, securityPart(identifier, 'request')]
    }
    case functionCode.setTime:
      return [timePart]
    case functionCode.read:
      return readParts(item, data, identifier)
    case functionCode.readFollowUp:
      return [identifierPart(item), sequencePart]
    case functionCode.write:
      return [identifierPart(item), ...credentialParts, itemPart(item)]
    case functionCode.writeAddress:
      return [formatted('newAddress', ['new address', '通信地址'], '7.7', digits(6))]
    case functionCode.freeze:
      return [part('when', ['when to freeze', '冻结时间'], '7.8', 4, freezeText)]
    case functionCode.changeRate:
      return [ratePart]
    case functionCode.changePassword:
      return [identifierPart(item), ...passwordParts(['authorising ', '原']), ...passwordParts(['new ', '新'])]
    case functionCode.clearDemand:
      return credentialParts
    case functionCode.clearMeter:
      return data.length > 8 ? [...credentialParts, ...cipherParts] : credentialParts
    case functionCode.clearEvents:
      return [...credentialParts, part('events', ['events to clear', '事件清零数据标识'], '7.13', 4, eventsText)]
    case functionCode.control:
      return data.length === 28 ? [...credentialParts, ...cipherParts] : [...credentialParts, ...orderParts]
    case functionCode.selectOutput:
      return [outputPart]
    default:
      return []
  }
}

function readParts(item: Item | null, data: Uint8Array, identifier: number): readonly Part[] {
  const blocks = formatted('blocks', ['number of blocks', '负荷记录块数 N'], '7.2', bcd(1))
  const from = formatted('from', ['from this time on', '给定时间'], '7.2', moment('YYMMDDhhmm'))
  if (data.length <= identifierBytes) return [identifierPart(item)]
  if (data.length === identifierBytes + 1) return [identifierPart(item), blocks]
  return isCurve(identifier) ? [identifierPart(item), from, blocks] : [identifierPart(item), blocks, from]
}

const deadline = moment('YYMMDDhhmmss')
const orderParts: readonly Part[] = [
  part('action', ['order', '控制命令类型 N1'], 'SG 7.14', 1, ([byte = 0]) => either(actionWords.get(byte), byte)),
  part('restoreAfter', ['time to restore', '自动恢复时间 N2'], 'SG 7.14', 1, ([byte = 0]) =>
    byte === 0 ? 'none' : `${5 * byte} min (with 1DH and 1EH alone)`,
  ),
  part('validUntil', ['valid until', '命令有效截止时间'], 'SG 7.14', 6, (bytes) => {
    const read = decodeFormat(deadline, bytes)
    if (!read.ok) return '? no such time'
    return read.value === null ? 'no deadline' : momentText(read.value as Readonly<Record<string, number>>)
  }),
]

function freezeText(bytes: Uint8Array): string {
  const when = readFreezeTime(bytes)
  if (!when.ok) return '? no such time'
  const { every } = when.value
  return every === 'now' ? 'now' : `every ${every} at ${momentText(when.value)}`
}

function eventsText(bytes: Uint8Array): string {
  const id = readIdentifier(bytes)
  return id === 0xffff_ffff ? 'all of them' : identifierText(id)
}

function replyParts(code: number, data: Uint8Array, dictionary: Dictionary): readonly Part[] {
  const identifier = readIdentifier(data)
  const item = dictionary.byId(identifier)
  switch (code) {
    case functionCode.security: {
      const security = securityItem(identifier)
      return data.length > identifierBytes
        ? [identifierPart(security), securityPart(identifier, 'reply')]
        : [identifierPart(security)]
    }
    case functionCode.read:
      return [identifierPart(item), itemPart(item)]
    case functionCode.readFollowUp:
      return [
        identifierPart(item),
        part('data', ['the next data', '后续数据'], item?.clause ?? '', Math.max(0, data.length - 5), () => 'a part'),
        sequencePart,
      ]
    case functionCode.readAddress:
      return [formatted('address', ['address', '通信地址'], '7.5', digits(6))]
    case functionCode.changeRate:
      return [ratePart]
    case functionCode.changePassword:
      return passwordParts(['new ', '新'])
    case functionCode.control:
      return data.length === 0 ? [] : [part('result', ['what was done', '执行结果'], 'FWA', data.length, resultText)]
    case functionCode.selectOutput:
      return [outputPart]
    default:
      return []
  }
}

function resultText(bytes: Uint8Array): string {
  const result = controlResult(bytes)
  if (result.kind === 'none') return ''
  if (result.kind === 'refused') return all(result.errors.reasons.map((reason) => reasonWords[reason]))
  return all(result.states.map((state) => stateWords[state] ?? [state, state]))
}

function errorParts(code: number): readonly Part[] {
  const bytes = code === functionCode.security ? 2 : code === functionCode.control ? 0 : 1
  const words: Words =
    code === functionCode.security ? ['security error', '安全认证错误 SERR'] : ['error', '错误信息字 ERR']
  const text = ([low = 0, high = 0]: Uint8Array): string => {
    const { reasons } = errorsOfFunction(code, (high << 8) | low)
    return reasons.length === 0 ? 'no reason told' : all(reasons.map((reason) => reasonWords[reason]))
  }
  // A refused control command says so in one byte or, on newer meters, in two.
  return [{ ...part('error', words, 'C.8', bytes === 0 ? Infinity : bytes, text) }]
}
