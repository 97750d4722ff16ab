import { dataSets, defaultPaces, type DataSet, type Pace } from './data-set.ts'

/** For whom a rule holds, from the widest to the most specific. A line is what is behind one gateway. */
export const scheduleScopes = ['company', 'site', 'line', 'meter'] as const
export type ScheduleScope = (typeof scheduleScopes)[number]

/** `subjectId`: the site, gateway or meter; null for the company. */
export type ScheduleRule = Readonly<{
  scope: ScheduleScope
  subjectId: number | null
  dataSet: DataSet
  minutes: Pace
}>

export type Paces = Readonly<Record<DataSet, Pace>>

/** All rules, found by whom they are for. */
export type RuleBook = ReadonlyMap<string, Partial<Record<DataSet, Pace>>>

const keyOf = (scope: ScheduleScope, subjectId: number | null): string => `${scope} ${String(subjectId ?? '')}`

export const ruleBook = (rules: readonly ScheduleRule[]): RuleBook => {
  const book = new Map<string, Partial<Record<DataSet, Pace>>>()
  for (const { scope, subjectId, dataSet, minutes } of rules) {
    const key = keyOf(scope, subjectId)
    book.set(key, { ...book.get(key), [dataSet]: minutes })
  }
  return book
}

/** Whom the paces are asked for. `siteMinutes`: the interval of the site, for the energy where no rule says more. */
export type ScheduleSubject = Readonly<{ siteId: number; gatewayId: number; siteMinutes: number }>

/** What holds for the meters of a line that have no rule of their own: line before site before company. */
export const pacesOfLine = (book: RuleBook, { siteId, gatewayId, siteMinutes }: ScheduleSubject): Paces => ({
  ...defaultPaces,
  energy: siteMinutes,
  ...book.get(keyOf('company', null)),
  ...book.get(keyOf('site', siteId)),
  ...book.get(keyOf('line', gatewayId)),
})

/** The same object as the line's where the meter has no rule of its own: a million meters share a few thousand. */
export const pacesOfMeter = (book: RuleBook, meterId: number, ofLine: Paces): Paces => {
  const own = book.get(keyOf('meter', meterId))
  return own === undefined ? ofLine : { ...ofLine, ...own }
}

export const collectedSets = (paces: Paces): readonly DataSet[] => dataSets.filter((one) => paces[one] !== null)
