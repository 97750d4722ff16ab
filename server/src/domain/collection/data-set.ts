/**
 * What is collected of a meter, in sets that each have a pace of their own. In falling urgency: where a line has time for
 * one thing only, it is the energy that is charged for.
 */
export const dataSets = ['energy', 'instantaneous', 'states', 'events', 'demand', 'freeze', 'parameters'] as const

export type DataSet = (typeof dataSets)[number]

export const isDataSet = (text: string): text is DataSet => dataSets.some((one) => one === text)

/** Minutes between two collections of a set; null: not collected. */
export type Pace = number | null

/** Where nobody has said otherwise. Of the energy the interval of the site stands before it. */
export const defaultPaces: Readonly<Record<DataSet, Pace>> = Object.freeze({
  energy: 30,
  instantaneous: 240,
  states: 60,
  events: 360,
  demand: 1_440,
  freeze: 1_440,
  parameters: 10_080,
})

const minutesOfDay = 1_440
/** A month of the longest kind, in days. */
const longestPaceDays = 31

/** Energy at least once a day; anything longer than a day in whole days, so that it stays aligned to the clock. */
export const isPace = (dataSet: DataSet, minutes: number): boolean => {
  if (!Number.isInteger(minutes) || minutes < 1) return false
  if (minutes <= minutesOfDay) return true
  return dataSet !== 'energy' && minutes % minutesOfDay === 0 && minutes <= longestPaceDays * minutesOfDay
}
