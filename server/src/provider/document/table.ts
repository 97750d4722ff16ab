import { faint, grey, ink, wash, type Sheet } from './paper.ts'

export type Column = Readonly<{ head: string; /** Part of the width. */ share: number; align?: 'left' | 'right' }>
export type Row = Readonly<{ cells: readonly string[]; strong?: boolean; quiet?: boolean }>

const padding = 4
const size = 8.5

/** A table that wraps its cells and carries its head on to the next page. */
export const drawTable = (sheet: Sheet, columns: readonly Column[], rows: readonly Row[]): void => {
  const whole = columns.reduce((sum, { share }) => sum + share, 0)
  const widths = columns.map(({ share }) => (sheet.width * share) / whole)
  const drawRow = (cells: readonly string[], color: string, at: number): void => {
    let x = sheet.left
    for (const [index, column] of columns.entries()) {
      const width = widths[index] ?? 0
      const style = { size, color, align: column.align ?? 'left', width: width - 2 * padding }
      sheet.text(cells[index] ?? '', x + padding, at + padding, style)
      x += width
    }
  }
  const heightOf = (cells: readonly string[]): number =>
    2 * padding +
    Math.max(...cells.map((cell, index) => sheet.heightOf(cell, { size, width: (widths[index] ?? 0) - 2 * padding })))
  const heads = columns.map(({ head }) => head)
  const drawHead = (): void => {
    const height = heightOf(heads)
    sheet.box(sheet.left, sheet.y(), sheet.width, height, wash)
    drawRow(heads, grey, sheet.y())
    sheet.move(height)
  }
  sheet.need(heightOf(heads) * 3)
  drawHead()
  for (const { cells, strong = false, quiet = false } of rows) {
    const height = heightOf(cells)
    const before = sheet.y()
    sheet.need(height)
    if (sheet.y() < before) drawHead()
    if (strong) sheet.box(sheet.left, sheet.y(), sheet.width, height, wash)
    drawRow(cells, quiet ? grey : ink, sheet.y())
    sheet.move(height)
    sheet.rule(sheet.left, sheet.y(), sheet.left + sheet.width, sheet.y(), faint)
  }
  sheet.move(10)
}

/** A heading of a section; stays with what follows. */
export const drawHeading = (sheet: Sheet, words: string): void => {
  sheet.need(110)
  sheet.text(words, sheet.left, sheet.y(), { size: 11 })
  sheet.move(20)
}

/** Pairs of a quiet name and a value, in two columns. */
export const drawFacts = (sheet: Sheet, facts: readonly (readonly [string, string])[]): void => {
  const half = sheet.width / 2
  const nameWidth = 92
  for (let index = 0; index < facts.length; index += 2) {
    const pair = facts.slice(index, index + 2)
    const valueStyle = { size: 9.5, width: half - nameWidth - 10 }
    const height = Math.max(...pair.map(([, value]) => sheet.heightOf(value, valueStyle))) + 5
    sheet.need(height)
    for (const [column, [name, value]] of pair.entries()) {
      const x = sheet.left + column * half
      sheet.text(name, x, sheet.y(), { size: 8.5, color: grey, width: nameWidth })
      sheet.text(value, x + nameWidth, sheet.y(), valueStyle)
    }
    sheet.move(height)
  }
  sheet.move(6)
}
