import { byteToHex, toHex } from '../hex.ts'
import { decodeFormat } from '../dlt645/codec.ts'
import { type ControlCode, functionCode } from '../dlt645/control-code.ts'
import { credentialsBytes, operatorBytes, readOperator } from '../dlt645/credentials.ts'
import { identifierBytes, identifierText, readIdentifier } from '../dlt645/data-identifier.ts'
import type { Dictionary } from '../dlt645/dictionary.ts'
import { type Field, fieldsOf } from '../dlt645/fields.ts'
import { bcd, binary, digits, type Format, moment, raw } from '../dlt645/format.ts'
import { readFreezeTime } from '../dlt645/freeze-time.ts'
import type { Item } from '../dlt645/item.ts'
import { controlResult, errorsOfFunction } from '../dlt645/meter-error.ts'
import { momentText, fieldText } from '../dlt645/value-text.ts'
import { bitRateOf } from '../dlt645/rate-word.ts'
import { areParameters, isCurve } from '../dlt645/request-writer.ts'
import { securityCommand, securityName } from '../dlt645/security.ts'
import type { ExplainedField } from './explained.ts'
import { explainedField } from './explained-field.ts'
import { actionWords, functionSource, outputWords, reasonWords, stateWords, type Words } from './words.table.ts'

/** A run of the data that is taken off its front, and what is said of it. */
type Part = Readonly<{
  name: string
  words: Words
  /** Where the meaning is written; the sources of the function where it has none of its own. */
  clause?: string
  bytes: number
  value: (bytes: Uint8Array) => string
  fields?: (bytes: Uint8Array) => readonly Field[]
}>

export type ExplainedData = Readonly<{ fields: readonly ExplainedField[]; problems: readonly string[] }>

/**
 * Everything about the data of an intact frame: `data` as meant, `wire` as sent, both from `offset` of the frame on.
 */
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
  return layParts(parts, { wire, data, offset, clause: functionSource(control.functionCode) })
}

type Place = Readonly<{ wire: Uint8Array; data: Uint8Array; offset: number; clause: string }>

function layParts(parts: readonly Part[], { wire, data, offset, clause: source }: Place): ExplainedData {
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
    const clause = part.clause ?? source
    fields.push({
      offset: offset + at,
      bytes: wire.subarray(at, end),
      meant,
      name: part.name,
      en: part.words[0],
      zh: part.words[1],
      clause,
      value: meant.length < part.bytes && Number.isFinite(part.bytes) ? 'cut off' : part.value(meant),
      fields: (part.fields?.(meant) ?? []).map((field) => explainedField(field, wire, offset, base, clause)),
    })
    at = end
  }
  if (at < data.length) {
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
  fields.flatMap(({ name, en, value, meant, fields: inner }) =>
    name === 'surplus'
      ? [`${meant.length} bytes of data more than is known: ${toHex(meant)}`]
      : [...(value.startsWith('? ') ? [`${en} is no value: ${value.slice(2)}`] : []), ...problemsIn(inner)],
  )

const part = (name: string, words: Words, bytes: number, value: (bytes: Uint8Array) => string): Part => ({
  name,
  words,
  bytes,
  value,
})

/** A part whose value a format reads. */
const formatted = (name: string, words: Words, format: Format): Part =>
  part(name, words, format.bytes, (bytes) => {
    const [field] = fieldsOf(format, bytes)
    return field === undefined ? '' : fieldText(field)
  })

const either = (words: Words | undefined, code: number): string =>
  words === undefined ? `? ${byteToHex(code)}H is not known` : `${words[0]} ${words[1]}`
const all = (list: readonly Words[]): string => list.map((words) => words.join(' ')).join('; ')

const passwordParts = (what: Words): readonly Part[] => [
  formatted('level', [`${what[0]}level`, `${what[1]}密码级别 PA`], bcd(1)),
  // At the ciphered levels it is no number.
  part('password', [`${what[0]}password`, `${what[1]}密码 P0P1P2`], 3, (bytes) => {
    const digitsRead = decodeFormat(digits(3), bytes)
    return digitsRead.ok ? String(digitsRead.value) : 'no digits (levels 98 and 99)'
  }),
]
const operatorPart = part('operator', ['operator', '操作者代码 C0C1C2C3'], operatorBytes, (bytes) =>
  readOperator(bytes, 0),
)
const credentialParts: readonly Part[] = [...passwordParts(['', '']), operatorPart]
const cipherWords: Words = ['cipher', '密文']
const macPart = formatted('mac', ['code of authentication', 'MAC'], raw(4))
const cipherParts: readonly Part[] = [formatted('cipher', cipherWords, raw(16)), macPart]

const identifierPart = (item: Pick<Item, 'en' | 'zh' | 'clause'> | null): Part => ({
  ...part('identifier', ['data identifier', '数据标识'], identifierBytes, (bytes) => {
    const id = identifierText(readIdentifier(bytes))
    return item === null ? `${id} in no table` : `${id} ${item.en} ${item.zh}`
  }),
  ...clauseOf(item),
})
const clauseOf = (item: Pick<Item, 'clause'> | null): Pick<Part, 'clause'> =>
  item === null ? {} : { clause: item.clause }

/** Whatever is left, or so many bytes, as the value of an item. */
const itemPart = (item: Item | null, bytes = Infinity): Part =>
  item === null
    ? part('data', ['data', '数据'], bytes, () => 'not known')
    : {
        ...part('data', [item.en, item.zh], bytes, () => ''),
        clause: item.clause,
        fields: (data) => fieldsOf(item, data),
      }

/** At level 99 four bytes of authentication follow the value; at level 98 the value is ciphered as well. */
function writtenParts(item: Item | null, data: Uint8Array): readonly Part[] {
  const level = data[identifierBytes]
  const bytes = data.length - identifierBytes - credentialsBytes - macPart.bytes
  if (bytes < 0 || (level !== 0x98 && level !== 0x99)) return [itemPart(item)]
  return [level === 0x99 ? itemPart(item, bytes) : part('cipher', cipherWords, bytes, toHex), macPart]
}

const securityItem = (identifier: number): Pick<Item, 'en' | 'zh' | 'clause'> | null => {
  const command = securityCommand(identifier)
  return command === null ? null : { en: securityName(identifier) ?? '', zh: command.zh, clause: command.clause }
}
const securityPart = (identifier: number, direction: 'request' | 'reply'): Part => {
  const format = securityCommand(identifier)?.[direction]
  return format === undefined
    ? part('data', ['data', '数据'], Infinity, () => 'not known')
    : { ...part('data', ['data', '数据'], Infinity, () => ''), fields: (bytes) => fieldsOf(format, bytes) }
}

const timePart = formatted('time', ['time', '时间'], moment('YYMMDDhhmmss'))
const sequencePart = part('sequence', ['sequence number', '帧序号 SEQ'], 1, ([byte = 0]) => String(byte))
const ratePart = part('rateWord', ['rate word', '通信速率特征字 Z'], 1, ([byte = 0]) => {
  const rate = bitRateOf(byte)
  return rate === null ? `? ${byteToHex(byte)}H names no rate` : `${rate} bit/s`
})
const outputPart = part('output', ['output of the terminal', '多功能端子输出类型'], 1, ([byte = 0]) =>
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
      return [identifierPart(item), ...credentialParts, ...writtenParts(item, data)]
    case functionCode.writeAddress:
      return [formatted('newAddress', ['new address', '通信地址'], digits(6))]
    case functionCode.freeze:
      return [part('when', ['when to freeze', '冻结时间'], 4, freezeText)]
    case functionCode.changeRate:
      return [ratePart]
    case functionCode.changePassword:
      return [identifierPart(item), ...passwordParts(['authorising ', '原']), ...passwordParts(['new ', '新'])]
    case functionCode.clearDemand:
      return credentialParts
    case functionCode.clearMeter:
      return data.length > 8 ? [...credentialParts, ...cipherParts] : credentialParts
    case functionCode.clearEvents:
      return [...credentialParts, part('events', ['events to clear', '事件清零数据标识'], 4, eventsText)]
    case functionCode.control:
      return data.length === 28 ? [...credentialParts, ...cipherParts] : [...credentialParts, ...orderParts]
    case functionCode.selectOutput:
      return [outputPart]
    default:
      return []
  }
}

function readParts(item: Item | null, data: Uint8Array, identifier: number): readonly Part[] {
  const blocks = formatted('blocks', ['number of blocks', '负荷记录块数 N'], binary(1))
  const from = formatted('from', ['from this time on', '给定时间'], moment('YYMMDDhhmm'))
  if (data.length <= identifierBytes) return [identifierPart(item)]
  const more = data.length - identifierBytes
  if (areParameters(more)) return [identifierPart(item), part('parameters', ['parameters', '参数'], more, toHex)]
  if (data.length === identifierBytes + 1) return [identifierPart(item), blocks]
  return isCurve(identifier) ? [identifierPart(item), from, blocks] : [identifierPart(item), blocks, from]
}

const deadline = moment('YYMMDDhhmmss')
const orderParts: readonly Part[] = [
  part('action', ['order', '控制命令类型 N1'], 1, ([byte = 0]) => either(actionWords.get(byte), byte)),
  part('restoreAfter', ['time to restore', '自动恢复时间 N2'], 1, ([byte = 0]) =>
    byte === 0 ? 'none' : `${5 * byte} min (with 1DH and 1EH alone)`,
  ),
  part('validUntil', ['valid until', '命令有效截止时间'], 6, (bytes) => {
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
        part('data', ['the next data', '后续数据'], Math.max(0, data.length - 5), () => 'a part'),
        sequencePart,
      ]
    case functionCode.readAddress:
      return [formatted('address', ['address', '通信地址'], digits(6))]
    case functionCode.changeRate:
      return [ratePart]
    case functionCode.changePassword:
      return passwordParts(['new ', '新'])
    case functionCode.control:
      return data.length === 0 ? [] : [part('result', ['what was done', '执行结果'], data.length, resultText)]
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
  const words: Words =
    code === functionCode.security ? ['security error', '安全认证错误 SERR'] : ['error', '错误信息字 ERR']
  const text = ([low = 0, high = 0]: Uint8Array): string => {
    const { reasons } = errorsOfFunction(code, (high << 8) | low)
    return reasons.length === 0 ? 'no reason told' : all(reasons.map((reason) => reasonWords[reason]))
  }
  // A refused control command says so in one byte or, on newer meters, in two; a few meters send one byte of SERR.
  return [part('error', words, code === functionCode.security || code === functionCode.control ? Infinity : 1, text)]
}
