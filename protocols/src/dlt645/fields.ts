import { decodeFormat, hasSeparators, separatorByte, statusWordsEnd } from './codec.ts'
import { type BitTable, type Format, isOpenEnded, mostRates, type NumberFormat } from './format.ts'
import { loadClasses, loadRecordParts } from './load-record.ts'
import { type Numeric, readBinary } from './number.ts'
import { keyWord, phaseStatusWord, statusWord1, statusWord2, statusWord7 } from './tables/status.table.ts'
import { wordsOf } from './item.ts'
import { zhOf } from './tables/words.table.ts'

/**
 * - `good`: a value;
 * - `absent`: the meter says that it has none (FFH or EEH in every place, times that never were);
 * - `invalid`: the bytes are no value of this kind;
 * - `missing`: the reply ends before it; `surplus`: bytes behind the last one that is known.
 */
export type Quality = 'good' | 'absent' | 'invalid' | 'missing' | 'surplus'

/** One named part of data: where it stands, what it says, and whether that is to be believed. */
export type Field = Readonly<{
  name: string
  en: string
  zh: string
  /** Counted from the first byte of the data. */
  offset: number
  bytes: Uint8Array
  /** As `decodeValue` gives it, null when the quality is not `good`. */
  value: unknown
  /** The unit of a number, in its base units, and what one step of its last digit is in it. */
  unit: string
  scale: number
  quality: Quality
  fields: readonly Field[]
}>

type Name = Readonly<{ name: string; zh?: string }>

/**
 * Takes data apart as far as they go: what is short, long or unreadable spoils its own field and no other. Block reads
 * give one field for each value.
 */
export function fieldsOf(format: Format, data: Uint8Array): readonly Field[] {
  return inside(format, data, 0)
}

const none: readonly Field[] = Object.freeze([])

/** The fields of the data from `offset` to its end, which hold one value of the format. */
function inside(format: Format, data: Uint8Array, offset: number): readonly Field[] {
  switch (format.codec) {
    case 'phases':
      return several(numberOf(format), ['a', 'b', 'c'], 3, data, offset)
    case 'totalAndPhases':
      return several(numberOf(format), ['total', 'a', 'b', 'c'], 4, data, offset)
    case 'totalAndRates':
      return several(numberOf(format), rateNames, 1, data, offset)
    case 'rates':
      return several(format.of, rateNames, 1, data, offset)
    case 'list':
      return several(format.of, numberNames(format.most), format.least, data, offset)
    case 'record':
      return partsOf(format.fields, data, offset)
    case 'statusWords':
      return statusWords(data, offset)
    case 'loadRecords':
      return loadRecords(data, offset, format.asked)
    default: {
      const end = isOpenEnded(format) ? data.length : Math.min(data.length, offset + format.bytes)
      const first = leaf({ name: 'value' }, format, data, offset, end)
      return end < data.length ? [first, surplus(data, end)] : [first]
    }
  }
}

const numberOf = ({ bytes, signed, scale, unit }: Format): NumberFormat => ({
  codec: 'number',
  bytes,
  signed,
  scale,
  unit,
})

const rateNames: readonly string[] = Object.freeze(
  Array.from({ length: 1 + mostRates }, (_, index) => (index === 0 ? 'total' : `rate${index}`)),
)

function* numberNames(most: number): Generator<string> {
  for (let number = 1; number <= most; number++) yield `number${number}`
}

/**
 * Values of one format, one after the other, perhaps with AAH behind each: as many as there are, and at least so many,
 * the rest of which are then missing.
 */
function several(
  format: Format,
  names: Iterable<string>,
  least: number,
  data: Uint8Array,
  offset: number,
): readonly Field[] {
  const fields: Field[] = []
  let at = offset
  for (const name of names) {
    if (at >= data.length && fields.length >= least) break
    const end = Math.min(data.length, at + format.bytes)
    fields.push(fieldOf({ name }, format, data, at, end))
    at = hasSeparators(format) && data[end] === separatorByte ? end + 1 : end
  }
  return at < data.length ? [...fields, surplus(data, at)] : fields
}

function partsOf(parts: Readonly<Record<string, Format>>, data: Uint8Array, offset: number): readonly Field[] {
  const fields: Field[] = []
  let at = offset
  for (const [name, format] of Object.entries(parts)) {
    const end = isOpenEnded(format) ? data.length : Math.min(data.length, at + format.bytes)
    fields.push(fieldOf({ name }, format, data, at, end))
    at = end
  }
  return at < data.length ? [...fields, surplus(data, at)] : fields
}

/** One field; formats of several values have their parts inside. */
function fieldOf(name: Name, format: Format, data: Uint8Array, offset: number, end: number): Field {
  const whole = leaf(name, format, data, offset, end)
  if (isLeaf(format)) return whole
  const window = data.subarray(0, end)
  return { ...whole, fields: inside(format, window, offset) }
}

const isLeaf = ({ codec }: Format): boolean =>
  codec !== 'record' &&
  codec !== 'list' &&
  codec !== 'rates' &&
  codec !== 'phases' &&
  codec !== 'totalAndPhases' &&
  codec !== 'totalAndRates' &&
  codec !== 'statusWords' &&
  codec !== 'loadRecords'

function leaf({ name, zh }: Name, format: Format, data: Uint8Array, offset: number, end: number): Field {
  const bytes = data.subarray(offset, Math.max(offset, end))
  const words = { name, en: wordsOf(name), zh: zh ?? zhOf(name), offset, bytes, unit: format.unit, scale: format.scale }
  if (bytes.length === 0 && format.bytes > 0) return { ...words, value: null, quality: 'missing', fields: none }
  const decoded = decodeFormat(format, bytes)
  const inner = bitFields(format, data, offset)
  if (decoded.ok) {
    const quality = decoded.value === null ? 'absent' : 'good'
    return { ...words, value: decoded.value, quality, fields: inner }
  }
  const quality = isFilled(bytes) ? 'absent' : 'invalid'
  return { ...words, value: null, quality, fields: none }
}

const isFilled = (bytes: Uint8Array): boolean => {
  const [first] = bytes
  return (first === 0xff || first === 0xee) && bytes.every((byte) => byte === first)
}

function surplus(data: Uint8Array, offset: number): Field {
  const bytes = data.subarray(offset)
  return {
    name: 'surplus',
    en: 'more than is known',
    zh: '多余数据',
    offset,
    bytes,
    value: null,
    unit: '',
    scale: 1,
    quality: 'surplus',
    fields: none,
  }
}

/** The conditions of a word, one field for each bit that has a name. */
function bitFields(format: Format, data: Uint8Array, offset: number): readonly Field[] {
  if (format.codec === 'statusWord3') return wordFields(statusWord3Bits, data, offset, 2)
  return format.codec === 'bits' ? wordFields(format.bits, data, offset, format.bytes) : none
}

function wordFields(bits: BitTable, data: Uint8Array, offset: number, length: number): readonly Field[] {
  const bytes = data.subarray(offset, offset + length)
  const raw = readBinary(data, offset, length)
  return bits.flatMap((bit, index) =>
    bit === null
      ? []
      : [
          {
            name: bit[0],
            en: wordsOf(bit[0]),
            zh: bit[1],
            offset,
            bytes,
            value: Math.floor(raw / 2 ** index) % 2 === 1,
            unit: '',
            scale: 1,
            quality: 'good' as const,
            fields: none,
          },
        ],
  )
}

/** Status word 3 bit by bit; the pairs of bits are told by `StatusWord3`. */
const statusWord3Bits: BitTable = Object.freeze([
  ['dayTableSet2', '当前运行时段: 第二套'],
  ['supplyBit1', '供电方式(位1)'],
  ['supplyBit2', '供电方式(位2)'],
  ['programmingAllowed', '编程允许'],
  ['relayOpen', '继电器状态: 断'],
  ['zoneTableSet2', '当前运行时区: 第二套'],
  ['relayCommandOpen', '继电器命令状态: 断'],
  ['preTripAlarm', '预跳闸报警状态'],
  ['prepaidByEnergy', '电量型预付费'],
  ['prepaidByMoney', '电费型预付费'],
  ['ratePriceSet2', '当前运行费率电价: 第二套'],
  ['ladderSet2', '当前阶梯: 第二套'],
  ['keepPower', '保电状态'],
  ['authenticated', '身份认证状态: 有效'],
  ['localAccountBit', '本地开户(位14)'],
  ['remoteAccountBit', '远程开户(位15)'],
])

const word = { bytes: 2, signed: false, scale: 1, unit: '' } as const
const wordFormats: readonly Format[] = Object.freeze([
  statusWord1,
  statusWord2,
  { codec: 'statusWord3', ...word },
  phaseStatusWord,
  phaseStatusWord,
  phaseStatusWord,
  statusWord7,
])
const laterWord: Format = Object.freeze({ codec: 'bits', bits: [], ...word })

function statusWords(data: Uint8Array, offset: number): readonly Field[] {
  const end = offset + statusWordsEnd(data.subarray(offset))
  const fields: Field[] = []
  for (let at = offset, number = 1; at < end; at += 2, number++) {
    const zh = `电表运行状态字${number}`
    const format = wordFormats[number - 1] ?? laterWord
    fields.push(fieldOf({ name: `statusWord${number}`, zh }, format, data, at, Math.min(end, at + 2)))
  }
  if (end < data.length) fields.push(fieldOf({ name: 'keyWord' }, keyWord, data, end, data.length))
  return fields
}

function loadRecords(data: Uint8Array, offset: number, asked: number): readonly Field[] {
  const fields: Field[] = []
  let at = offset
  while (at < data.length) {
    const parts = loadRecordParts(data, at, asked)
    if (!parts.ok) break
    const { end, damaged, classes } = parts.value
    const inner = [
      leaf({ name: 'at' }, recordTime, data, at + 3, at + 8),
      ...classes.flatMap((place, index) => (place === null ? [] : groupFields(loadClasses[index] ?? [], data, place))),
    ]
    const name = `record${fields.length + 1}`
    const bytes = data.subarray(at, end)
    const quality = damaged ? 'invalid' : 'good'
    fields.push({
      name,
      en: wordsOf(name),
      zh: zhOf(name),
      offset: at,
      bytes,
      value: null,
      unit: '',
      scale: 1,
      quality,
      fields: inner,
    })
    at = end
  }
  return at < data.length ? [...fields, surplus(data, at)] : fields
}
const recordTime: Format = Object.freeze({ codec: 'moment', pattern: 'YYMMDDhhmm', ...word, bytes: 5 })

function groupFields(
  group: readonly (readonly [name: string, format: Numeric])[],
  data: Uint8Array,
  { from, bytes }: Readonly<{ from: number; bytes: number }>,
): readonly Field[] {
  const fields: Field[] = []
  let at = from
  for (const [name, format] of group) {
    if (at >= from + bytes) break
    fields.push(leaf({ name }, { codec: 'number', ...format }, data, at, at + format.bytes))
    at += format.bytes
  }
  return fields
}
