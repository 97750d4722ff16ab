import { toHex, type ExplainedField, type Explanation } from '@xianfu/protocols'
import type { Desk, Language } from '../desk.ts'
import { problemIn, valueIn } from './explanation-words.ts'

type Style = Pick<Desk, 'paint' | 'language'>

/** So many bytes stand in one line of the table, which is an address; the others follow below. */
const bytesInLine = 6
const bytesWidth = 3 * bytesInLine + 1

const said = (en: string, zh: string): Readonly<Record<Language, string>> => ({ en, zh })
const intact = said('intact', '正确')
const broken = said('BROKEN', '有错误')
const wrong = said('wrong', '错误')
const directions = {
  request: said('request', '请求'),
  reply: said('reply', '应答'),
  unknown: said('unknown direction', '方向未知'),
}

/** A frame as a table: offset, bytes as they passed, in the data less 33H, what they mean, and where that is written. */
export const explanationLines = (explanation: Explanation, length: number, style: Style): readonly string[] => {
  const { language, paint } = style
  const { ok, protocol, direction, problems, fields } = explanation
  const size = language === 'zh' ? `${String(length)} 字节` : `${String(length)} bytes`
  const verdict = ok ? paint('green', intact[language]) : paint('red', broken[language])
  const name = protocol === 'unknown' ? (language === 'zh' ? '未知规约' : 'no protocol') : protocol
  return [
    `${paint('bold', name)} ${directions[direction][language]}, ${size}, ${verdict}`,
    ...problems.map((problem) => paint('red', `${wrong[language]}: ${problemIn(problem, language)}`)),
    ...fields.flatMap((field) => fieldLines(field, 0, null, style)),
  ]
}

/** Parts that say what their whole has said already: the bits of a word have its bytes, a single value those of its item. */
const fieldLines = (
  field: ExplainedField,
  depth: number,
  above: ExplainedField | null,
  style: Style,
): readonly string[] => {
  const { language, paint } = style
  const hidesBytes = above !== null && above.offset === field.offset && above.bytes.length === field.bytes.length
  const isOff = field.value === 'no'
  const [first = '', ...others] = hidesBytes ? [''] : rowsOf(field, paint)
  const name = nameOf(field, above, language)
  const value = valueIn(field.value, language)
  const words = `${'  '.repeat(depth)}${name}${value === '' || name === '' ? value : `: ${value}`}`
  const clause = field.clause === '' || hidesBytes || depth > 0 ? '' : paint('dim', `  [${field.clause}]`)
  const offset = hidesBytes ? '    ' : String(field.offset).padStart(4)
  const columns = hidesBytes ? ' '.repeat(2 * bytesWidth) : first
  return [
    `${offset}  ${columns}${isOff ? paint('dim', words) : words}${clause}`.trimEnd(),
    ...others.map((more) => `      ${more}`.trimEnd()),
    ...field.fields.flatMap((inner) => fieldLines(inner, depth + 1, field, style)),
  ]
}

/** A single value is called after its item, which stands above it. */
const nameOf = (field: ExplainedField, above: ExplainedField | null, language: Language): string => {
  if (above !== null && field.name === 'value' && above.fields.length === 1) return language === 'zh' ? '值' : 'value'
  return language === 'zh' ? field.zh : field.en
}

/** Bytes as they passed, and beside them what they mean where that is something else. */
const rowsOf = ({ bytes, meant }: ExplainedField, paint: Style['paint']): readonly string[] => {
  const isShifted = bytes.some((byte, index) => byte !== meant[index])
  const rows: string[] = []
  for (let at = 0; at < bytes.length; at += bytesInLine) {
    const column = (all: Uint8Array): string => toHex(all.subarray(at, at + bytesInLine)).padEnd(bytesWidth)
    rows.push(paint('cyan', column(bytes)) + (isShifted ? column(meant) : ' '.repeat(bytesWidth)))
  }
  return rows
}

/** Parts of the envelope, which a short line does not tell. */
const envelope: ReadonlySet<string> = new Set([
  'wakeUp',
  'start',
  'secondStart',
  'length',
  'checksum',
  'end',
  'noise',
  'behind',
])

/** A frame in one line: whom it concerns, what it does, and the values in it. Passwords are not told. */
export const summaryOf = ({ fields, problems }: Explanation, language: Language): string => {
  const [address, control, ...data] = fields.filter(({ name }) => !envelope.has(name))
  const parts = data.map((field) => summaryPart(field, language)).filter((part) => part !== '')
  const words = [address, control].flatMap((field) => (field === undefined ? [] : valueIn(field.value, language)))
  const wrongs = problems.map((problem) => problemIn(problem, language))
  return [words.join('  '), parts.join(', '), ...(wrongs.length === 0 ? [] : [`! ${wrongs.join('; ')}`])]
    .filter((part) => part !== '')
    .join('  ')
}

const summaryPart = (field: ExplainedField, language: Language): string => {
  if (field.name === 'password') return ''
  const value = valueIn(field.value, language)
  if (field.name === 'identifier') return value
  const name = language === 'zh' ? field.zh : field.en
  if (value !== '') return field.name === 'value' || field.name === 'data' ? value : `${name} ${value}`
  return field.fields.map((inner) => summaryPart(inner, language)).join(', ')
}
