import type { DayHour } from '@xianfu/contract'

const hourMs = 3_600_000

export type DayColumns = Readonly<{
  /** Hour of the day, `00` … `23`. */
  labels: readonly string[]
  energyKwh: readonly number[]
  charged: readonly number[]
  paid: readonly number[]
}>

/** The hours of a day up to the one that is running, the silent ones too. */
export const dayColumns = (from: number, hours: readonly DayHour[], now: number): DayColumns => {
  const count = Math.min(Math.max(Math.floor((now - from) / hourMs) + 1, 1), 25)
  const found = new Map(hours.map((hour) => [Math.floor((hour.at - from) / hourMs), hour]))
  const column = (value: (hour: DayHour) => number): number[] =>
    Array.from({ length: count }, (_, index) => {
      const hour = found.get(index)
      return hour === undefined ? 0 : value(hour)
    })
  return {
    labels: Array.from({ length: count }, (_, index) => String(index).padStart(2, '0')),
    energyKwh: column(({ usedWh }) => Number(usedWh) / 1_000),
    charged: column(({ charged }) => Number(charged)),
    paid: column(({ paid }) => Number(paid)),
  }
}
