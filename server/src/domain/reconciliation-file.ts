import { parseMoney, type MicroYuan } from './quantity.ts'
import type { ObservedBalance } from './reconciliation-balance.ts'
import type { TheirRow } from './reconciliation.ts'

/** Tables that others send, as text: cells by column name, every problem told with its line. */

export type FileProblem = Readonly<{ line: number; words: string }>
export type ReadFile<T> = Readonly<{ ok: true; rows: readonly T[] } | { ok: false; problems: readonly FileProblem[] }>

export type ChannelColumns = Readonly<{
  delimiter: ',' | ';' | '\t'
  /** Names in the head line. */
  reference: string
  amount: string
  at: string | null
  /** The amounts are in this unit. */
  unit: 'yuan' | 'fen'
  /** Lines whose cell in this column is another one are left out: a state that is not "paid". */
  only: Readonly<{ column: string; value: string }> | null
}>

/** Longest file that is read at once. */
const maximumLines = 200_000

type Row = Readonly<{ line: number; cell(column: string): string }>

export const readChannelFile = (text: string, columns: ChannelColumns): ReadFile<TheirRow> => {
  const { reference, amount, at, only, unit } = columns
  const needed = [reference, amount, ...(at === null ? [] : [at]), ...(only === null ? [] : [only.column])]
  const table = readTable(text, columns.delimiter, needed)
  if (!table.ok) return table
  const rows = only === null ? table.rows : table.rows.filter(({ cell }) => cell(only.column) === only.value)
  return collect<TheirRow>(rows, ({ line, cell }) => {
    const money = parseAmount(cell(amount), unit)
    if (cell(reference) === '') return { line, words: `"${reference}" is empty` }
    if (money === null) return { line, words: `"${amount}" is no amount: "${cell(amount)}"` }
    return { line, reference: cell(reference), amount: money, at: at === null ? null : cell(at) }
  })
}

/** `meter,balance` and, if it is there, `at`. */
export const readBalanceFile = (text: string): ReadFile<ObservedBalance> => {
  const table = readTable(text, ',', ['meter', 'balance'])
  if (!table.ok) return table
  return collect<ObservedBalance>(table.rows, ({ line, cell }) => {
    const balance = parseAmount(cell('balance'), 'yuan')
    if (!/^\d{1,12}$/u.test(cell('meter'))) return { line, words: `"meter" is no address: "${cell('meter')}"` }
    if (balance === null) return { line, words: `"balance" is no amount: "${cell('balance')}"` }
    return { line, address: cell('meter').padStart(12, '0'), balance, at: cell('at') === '' ? null : cell('at') }
  })
}

const collect = <T extends object>(rows: readonly Row[], read: (row: Row) => T | FileProblem): ReadFile<T> => {
  const results = rows.map(read)
  const problems = results.filter((one): one is FileProblem => 'words' in one)
  return problems.length > 0 ? { ok: false, problems } : { ok: true, rows: results as readonly T[] }
}

/** Thousands separators and a currency sign are left out; anything else is no amount. */
const parseAmount = (text: string, unit: 'yuan' | 'fen'): MicroYuan | null => {
  const plain = text.replace(/^([+-]?)[¥￥]/u, '$1').replace(/^\+/u, '')
  const digits = /^-?\d{1,3}(?:,\d{3})+(?:\.\d+)?$/u.test(plain) ? plain.replaceAll(',', '') : plain
  if (unit === 'yuan') return parseMoney(digits)
  const whole = /^(-?)(\d+)$/u.exec(digits)
  if (whole === null) return null
  const padded = (whole[2] ?? '').padStart(3, '0')
  return parseMoney(`${whole[1] ?? ''}${padded.slice(0, -2)}.${padded.slice(-2)}`)
}

/** The head is the first line that has all the columns: banks write titles above it, and sums below a blank line. */
const readTable = (text: string, delimiter: string, needed: readonly string[]): ReadFile<Row> => {
  const cells = splitCells(text.replace(/^\u{FEFF}/u, ''), delimiter)
  if (!cells.ok) return cells
  if (cells.rows.length > maximumLines) return refuse(maximumLines, `more than ${String(maximumLines)} lines`)
  const head = cells.rows.findIndex(({ values }) => needed.every((name) => values.includes(name)))
  const names = cells.rows[head]?.values
  if (names === undefined)
    return refuse(1, `no line names all the columns ${needed.map((name) => `"${name}"`).join(', ')}`)
  const body = cells.rows.slice(head + 1)
  const blank = body.findIndex(({ values }) => values.every((value) => value === ''))
  const used = blank < 0 ? body : body.slice(0, blank)
  const short = used.filter(
    ({ values }) => values.length < names.length && needed.some((name) => values[names.indexOf(name)] === undefined),
  )
  if (short.length > 0)
    return { ok: false, problems: short.map(({ line }) => ({ line, words: 'has fewer cells than the head line' })) }
  return {
    ok: true,
    rows: used.map(({ line, values }) => ({ line, cell: (column) => values[names.indexOf(column)] ?? '' })),
  }
}

const refuse = (line: number, words: string): ReadFile<never> => ({ ok: false, problems: [{ line, words }] })

type Cells = Readonly<{ line: number; values: readonly string[] }>

/** Cells in double quotes may hold delimiters, line ends and doubled quotes. */
const splitCells = (text: string, delimiter: string): ReadFile<Cells> => {
  const rows: Cells[] = []
  let [values, cell, line, from]: [string[], string, number, number] = [[], '', 1, 1]
  let quoted = false
  const endCell = (): void => {
    values.push(clean(cell))
    cell = ''
  }
  const endRow = (): void => {
    endCell()
    rows.push({ line: from, values })
    values = []
  }
  for (let index = 0; index < text.length; index += 1) {
    const character = text[index]
    if (character === '\n') line += 1
    if (quoted) {
      if (character !== '"') cell += character
      else if (text[index + 1] === '"') {
        cell += '"'
        index += 1
      } else quoted = false
    } else if (character === '"' && cell.trim() === '') {
      quoted = true
      cell = ''
    } else if (character === delimiter) endCell()
    else if (character === '\n') {
      endRow()
      from = line
    } else cell += character
  }
  if (quoted) return refuse(from, 'a quote is opened and not closed')
  if (cell !== '' || values.length > 0) endRow()
  return { ok: true, rows }
}

/** Some channels write a back-quote or a tab before numbers, so that a spreadsheet leaves them alone. */
const clean = (cell: string): string =>
  cell
    .trim()
    .replace(/^[`'\t]+/u, '')
    .trim()
