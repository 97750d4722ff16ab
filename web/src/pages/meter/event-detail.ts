/** Lines of a record are cut here: the longest records have some forty values. */
const mostLines = 60

const pad = (value: number): string => String(value).padStart(2, '0')

type Time = Readonly<{ year: number; month: number; day: number; hour: number; minute: number; second?: number }>

const isTime = (value: object): value is Time =>
  'year' in value && 'month' in value && 'day' in value && 'hour' in value && 'minute' in value

const timeText = ({ year, month, day, hour, minute, second = 0 }: Time): string =>
  `${String(year)}-${pad(month)}-${pad(day)} ${pad(hour)}:${pad(minute)}:${pad(second)}`

/** How many records the meter had overwritten before they could be read; null for an event that is not about that. */
export const lostIn = (detail: unknown): number | null =>
  typeof detail === 'object' && detail !== null && 'lost' in detail && typeof detail.lost === 'number'
    ? detail.lost
    : null

/** The values of a decoded record, each with its path (`a.voltage 228000`); times as the meter's clock showed them. */
export const detailLines = (detail: unknown): readonly string[] => linesIn(detail, '').slice(0, mostLines)

const linesIn = (value: unknown, path: string): readonly string[] => {
  if (value === null || value === undefined) return []
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
    return [`${path} ${String(value)}`.trim()]
  if (typeof value !== 'object') return []
  if (isTime(value)) return [`${path} ${timeText(value)}`.trim()]
  return Object.entries(value).flatMap(([name, part]) => linesIn(part, path === '' ? name : `${path}.${name}`))
}
