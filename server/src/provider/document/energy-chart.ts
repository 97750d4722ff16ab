import { accent, faint, grey, type Sheet } from './paper.ts'

export type ChartBar = Readonly<{ label: string; value: number }>

const chartHeight = 84
const axisWidth = 40

/** Bars of daily energy with one labelled line at the top and the days underneath. */
export const drawEnergyChart = (sheet: Sheet, bars: readonly ChartBar[]): void => {
  if (bars.length === 0) return
  sheet.need(chartHeight + 30)
  const highest = Math.max(...bars.map(({ value }) => value), 0)
  const top = niceCeiling(highest)
  const [x0, y0] = [sheet.left + axisWidth, sheet.y() + chartHeight]
  const width = sheet.width - axisWidth
  for (const part of [0, 0.5, 1]) {
    const y = y0 - chartHeight * part
    sheet.rule(x0, y, x0 + width, y, faint)
    const label = { size: 7, color: grey, align: 'right', width: axisWidth - 6 } as const
    sheet.text(String(Number((top * part).toPrecision(6))), sheet.left, y - 5, label)
  }
  const step = width / bars.length
  const every = Math.ceil(bars.length / 16)
  for (const [index, { label, value }] of bars.entries()) {
    const height = top === 0 ? 0 : (Math.max(value, 0) / top) * chartHeight
    sheet.box(x0 + index * step + step * 0.18, y0 - height, step * 0.64, height, accent)
    if (index % every !== 0) continue
    const place = x0 + index * step - step
    sheet.text(label, place, y0 + 3, { size: 7, color: grey, align: 'center', width: step * 3 })
  }
  sheet.move(chartHeight + 24)
}

/** The next of 1, 2, 5 × a power of ten, so that the axis is easy to read. */
export const niceCeiling = (value: number): number => {
  if (value <= 0) return 1
  const power = 10 ** Math.floor(Math.log10(value))
  const factor = [1, 2, 5, 10].find((one) => one * power >= value) ?? 10
  return factor * power
}
