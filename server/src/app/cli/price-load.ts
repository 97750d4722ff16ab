import { parseDay } from '../../domain/tariff/day-number.ts'
import { instantsOf, type ZoneDays } from '../../domain/tariff/tariff-clock.ts'

/** What was used, as a CSV file tells it: half hours of several households, or the registers of one meter. */
export type Load = Readonly<
  | { kind: 'half-hours'; households: readonly string[]; rows: readonly HalfHour[] }
  | { kind: 'registers'; columns: readonly RegisterColumn[]; rows: readonly RegisterRow[] }
>

/** One half hour; a null is a cell that was left empty. */
export type HalfHour = Readonly<{ line: number; at: number; energies: readonly (bigint | null)[] }>
export type RegisterRow = Readonly<{ line: number; at: number; values: readonly bigint[] }>

const registerColumns = [
  'total_wh',
  'rate1',
  'rate2',
  'rate3',
  'rate4',
  'forward_varh',
  'reverse_varh',
  'demand_w',
] as const
export type RegisterColumn = (typeof registerColumns)[number]

/** A line of the file (0: the file as a whole) and what is wrong with it. */
export type LoadProblem = Readonly<{ line: number; words: string }>
export type LoadResult = Readonly<{ ok: true; load: Load } | { ok: false; problems: readonly LoadProblem[] }>

export const slotMs = 1_800_000

export const readLoad = (text: string, days: ZoneDays): LoadResult => {
  const lines = text.replace(/^\uFEFF/u, '').split(/\r?\n/u)
  const header = (lines[0] ?? '').split(',').map((cell) => cell.trim())
  const [first, ...columns] = header
  if (first === 'start') return readHalfHours(columns, lines, days)
  if (first === 'at') return readRegisters(columns, lines, days)
  const words = 'the first line must be "start,HOUSEHOLD,…" (Wh per half hour) or "at,total_wh,…" (registers)'
  return { ok: false, problems: [{ line: 1, words }] }
}

type Row = Readonly<{ line: number; at: number; cells: readonly string[] }>

/** Splits the lines, reads their times, and puts them in order. An empty line is no row. */
const readRows = (lines: readonly string[], width: number, days: ZoneDays, problems: LoadProblem[]): readonly Row[] => {
  const rows: Row[] = []
  for (const [index, text] of lines.entries()) {
    if (index === 0 || text.trim() === '') continue
    const line = index + 1
    const [time = '', ...cells] = text.split(',').map((cell) => cell.trim())
    const at = instantOf(time, days)
    if (typeof at === 'string') problems.push({ line, words: at })
    else if (cells.length !== width)
      problems.push({ line, words: `has ${String(cells.length)} values, the first line names ${String(width)}` })
    else rows.push({ line, at, cells })
  }
  if (rows.length === 0 && problems.length === 0) problems.push({ line: 0, words: 'has no rows' })
  return rows.sort((a, b) => a.at - b.at)
}

/** Two rows of one time must say the same; then they count once. */
const withoutDuplicates = (rows: readonly Row[], problems: LoadProblem[]): readonly Row[] =>
  rows.filter((row, index) => {
    const before = rows[index - 1]
    if (before === undefined || before.at !== row.at) return true
    if (before.cells.join() !== row.cells.join())
      problems.push({ line: row.line, words: `is of the same time as line ${String(before.line)}, with other values` })
    return false
  })

const readHalfHours = (households: readonly string[], lines: readonly string[], days: ZoneDays): LoadResult => {
  const problems: LoadProblem[] = []
  if (households.length === 0 || households.includes(''))
    problems.push({ line: 1, words: 'must name a household in each column after "start"' })
  if (new Set(households).size !== households.length) problems.push({ line: 1, words: 'names a household twice' })
  const rows = withoutDuplicates(readRows(lines, households.length, days, problems), problems)
  const energyOf = (text: string, line: number, household: number): bigint | null => {
    if (text === '') return null
    if (/^\d{1,12}$/u.test(text)) return BigInt(text)
    problems.push({ line, words: `${households[household] ?? ''}: must be whole watt-hours, not "${text}"` })
    return null
  }
  const read = rows.map(({ line, at, cells }) => {
    if (days.msOfDay(at) % slotMs !== 0)
      problems.push({ line, words: 'must begin at a full or half hour: a half hour has one price' })
    return { line, at, energies: cells.map((cell, index) => energyOf(cell, line, index)) }
  })
  return problems.length === 0 ? { ok: true, load: { kind: 'half-hours', households, rows: read } } : refuse(problems)
}

const readRegisters = (names: readonly string[], lines: readonly string[], days: ZoneDays): LoadResult => {
  const problems: LoadProblem[] = []
  const columns = names.flatMap((name) => registerColumns.filter((column) => column === name))
  if (columns.length !== names.length || new Set(columns).size !== columns.length || columns[0] !== 'total_wh')
    problems.push({ line: 1, words: `must be "at,total_wh" and then any of ${registerColumns.slice(1).join(', ')}` })
  const rows = withoutDuplicates(readRows(lines, names.length, days, problems), problems)
  const read = rows.map(({ line, at, cells }) => ({
    line,
    at,
    values: cells.map((cell, index) => {
      if (/^\d{1,15}$/u.test(cell)) return BigInt(cell)
      problems.push({ line, words: `${names[index] ?? ''}: must be a whole number, not "${cell}"` })
      return 0n
    }),
  }))
  if (problems.length === 0) checkRising(columns, read, problems)
  return problems.length === 0 ? { ok: true, load: { kind: 'registers', columns, rows: read } } : refuse(problems)
}

/** A register counts upwards; what falls is another meter or a reset, and nobody can be billed for it. */
const checkRising = (
  columns: readonly RegisterColumn[],
  rows: readonly RegisterRow[],
  problems: LoadProblem[],
): void => {
  for (const [index, row] of rows.entries()) {
    const before = rows[index - 1]
    for (const [at, column] of columns.entries())
      if (before !== undefined && column !== 'demand_w' && (row.values[at] ?? 0n) < (before.values[at] ?? 0n))
        problems.push({
          line: row.line,
          words: `${column} is lower than in line ${String(before.line)}: price each meter by a file of its own, and write a register that rolled over as if it had one more digit`,
        })
  }
}

const refuse = (problems: readonly LoadProblem[]): LoadResult => ({
  ok: false,
  problems: problems.toSorted((a, b) => a.line - b.line),
})

/** `2013-01-01T00:30`, with seconds, `Z` or an offset if need be; otherwise what is wrong with it. */
const instantOf = (text: string, days: ZoneDays): number | string => {
  const match = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}):(\d{2})(?::(\d{2}))?(Z|[+-]\d{2}:\d{2})?$/u.exec(text)
  const [, date = '', hour = '', minute = '', second = '00', zone] = match ?? []
  const day = parseDay(date)
  if (match === null || day === null || Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59)
    return `must begin with a time like "2013-01-01T00:30", not "${text}"`
  const msOfDay = ((Number(hour) * 60 + Number(minute)) * 60 + Number(second)) * 1_000
  if (zone !== undefined) return Date.parse(`${date}T${hour}:${minute}:${second}${zone}`)
  const instants = instantsOf(days, day, msOfDay)
  const [only] = instants
  if (instants.length === 1 && only !== undefined) return only
  return instants.length === 0
    ? `${text} does not exist in this time zone: the clock was put forward`
    : `${text} comes twice in this time zone: write its offset, like ${text}+08:00`
}
