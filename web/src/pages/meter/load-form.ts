import type { LoadRules } from '@xianfu/contract'

type Span = NonNullable<LoadRules['schedule']>['on'][number]

/** What a person fills in: numbers as typed, rules switched on or off. */
export type LoadForm = Readonly<{
  reconnect: LoadRules['reconnect']
  sampleEverySeconds: number | null
  overload: NonNullable<LoadRules['overload']> | null
  /** One span a line, and the holidays. */
  schedule: Readonly<{ spans: string; holidays: string }> | null
  singleRun: NonNullable<LoadRules['singleRun']> | null
  malignantLoad: NonNullable<LoadRules['malignantLoad']> | null
}>

/** What a rule begins with when it is switched on. */
export const firstRules = Object.freeze({
  overload: { limitWatts: 3_000, forMinutes: 5, recloseTimes: 3, recloseAfterMinutes: 10 },
  schedule: { spans: '1234567 06:00-23:00', holidays: '' },
  singleRun: { mostMinutes: 120, mostEnergyWh: null, startsOnPayment: false },
  malignantLoad: {
    stepWatts: 800,
    leastPowerFactor: 980,
    withinSeconds: 120,
    stepAlone: false,
    act: 'alarm',
    recloseTimes: 1,
    recloseAfterMinutes: 10,
  },
} as const)

export const formOf = (rules: LoadRules | null): LoadForm => ({
  reconnect: rules?.reconnect ?? 'permit-close',
  sampleEverySeconds: rules?.sampleEverySeconds ?? null,
  overload: rules?.overload ?? null,
  schedule:
    rules?.schedule === undefined
      ? null
      : { spans: rules.schedule.on.map(spanText).join('\n'), holidays: rules.schedule.holidays.join('\n') },
  singleRun: rules?.singleRun ?? null,
  malignantLoad: rules?.malignantLoad ?? null,
})

/** The rules of a form, or the first line of the schedule that cannot be read. */
export const rulesFrom = (form: LoadForm): Readonly<{ rules: LoadRules } | { badLine: number }> => {
  const { reconnect, sampleEverySeconds, overload, schedule, singleRun, malignantLoad } = form
  const spans = (schedule?.spans ?? '').split('\n').filter((line) => line.trim() !== '')
  const on = spans.map(spanFrom)
  const badLine = on.indexOf(null)
  if (badLine >= 0) return { badLine: badLine + 1 }
  const holidays = (schedule?.holidays ?? '').split(/[\s,，、]+/u).filter((day) => day !== '')
  return {
    rules: {
      reconnect,
      sampleEverySeconds,
      ...(overload === null ? {} : { overload }),
      ...(schedule === null ? {} : { schedule: { on: on.filter((span) => span !== null), holidays } }),
      ...(singleRun === null ? {} : { singleRun }),
      ...(malignantLoad === null ? {} : { malignantLoad }),
    },
  }
}

const spanPattern = /^([1-7Hh]{1,8})\s+(\d{1,2}):(\d{2})\s*[-–]\s*(\d{1,2}):(\d{2})$/u

/** People count Monday 1 to Sunday 7; the contract counts from Sunday 0. */
const spanFrom = (line: string): Span | null => {
  const found = spanPattern.exec(line.trim())
  if (found === null) return null
  const [, days = '', fromHour, fromMinutes, toHour, toMinutes] = found
  const fromMinute = Number(fromHour) * 60 + Number(fromMinutes)
  const toMinute = Number(toHour) * 60 + Number(toMinutes)
  const isTime = Number(fromMinutes) < 60 && Number(toMinutes) < 60 && fromMinute < toMinute && toMinute <= 1_440
  if (!isTime) return null
  const types = [...new Set(days.toUpperCase())].map((day) => (day === 'H' ? ('holiday' as const) : Number(day) % 7))
  return { days: types, fromMinute, toMinute }
}

const clockText = (minute: number): string =>
  `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`

export const spanText = ({ days, fromMinute, toMinute }: Span): string => {
  const order = (day: Span['days'][number]): number => (day === 'holiday' ? 8 : day === 0 ? 7 : day)
  const text = days
    .toSorted((a, b) => order(a) - order(b))
    .map((day) => (day === 'holiday' ? 'H' : String(order(day))))
    .join('')
  return `${text} ${clockText(fromMinute)}-${clockText(toMinute)}`
}
