/**
 * Reading a JSON document that a person wrote: every problem is told, each with its place (`ladder.limits[1]`) and what
 * would be right; none is corrected silently.
 */

export type Problem = Readonly<{ at: string; words: string }>

/** A value at its place. A missing one is `undefined`. */
export type Place = Readonly<{ value: unknown; at: string; problems: Problem[] }>

export type Read<T> = Readonly<{ ok: true; value: T } | { ok: false; problems: readonly Problem[] }>

/** What a reader makes of a whole document, or all its problems at once. */
export const readDocument = <T>(json: unknown, readAt: (place: Place) => T): Read<T> => {
  const problems: Problem[] = []
  const value = readAt(documentOf(json, problems))
  return problems.length === 0 ? { ok: true, value } : { ok: false, problems }
}

export const documentOf = (value: unknown, problems: Problem[], at = ''): Place => ({ value, at, problems })

export const complain = ({ at, problems }: Place, words: string): void => {
  problems.push({ at: at === '' ? 'document' : at, words })
}

const asObject = (value: unknown): Readonly<Record<string, unknown>> | null =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : null

export const member = (place: Place, key: string): Place => ({
  value: asObject(place.value)?.[key],
  at: place.at === '' ? key : `${place.at}.${key}`,
  problems: place.problems,
})

export const isGiven = ({ value }: Place): boolean => value !== undefined && value !== null

/** An object with these keys and no others: a mistyped key must not be overlooked. */
export const isObject = (place: Place, keys: readonly string[]): boolean => {
  const object = asObject(place.value)
  if (object === null) {
    complain(place, place.value === undefined ? 'is missing' : `must be an object with ${keys.join(', ')}`)
    return false
  }
  for (const key of Object.keys(object))
    if (!keys.includes(key)) complain(member(place, key), `is not known here; known are ${keys.join(', ')}`)
  return true
}

export const itemsOf = (place: Place): readonly Place[] => {
  if (!isGiven(place)) return []
  if (!Array.isArray(place.value)) {
    complain(place, 'must be a list in [ ]')
    return []
  }
  return place.value.map((value: unknown, index) => ({
    value,
    at: `${place.at}[${String(index)}]`,
    problems: place.problems,
  }))
}

export const readText = (place: Place, fallback: string | null = null): string => {
  if (!isGiven(place) && fallback !== null) return fallback
  if (typeof place.value === 'string' && place.value.trim() !== '') return place.value
  complain(place, isGiven(place) ? 'must be text in quotes' : 'is missing')
  return fallback ?? ''
}

export const readChoice = <T extends string>(place: Place, choices: readonly T[], fallback: T | null = null): T => {
  const [first] = choices
  if (first === undefined) throw new RangeError('no choices')
  if (!isGiven(place) && fallback !== null) return fallback
  const found = choices.find((choice) => choice === place.value)
  if (found === undefined)
    complain(place, `${isGiven(place) ? '' : 'is missing; '}must be one of ${choices.join(', ')}`)
  return found ?? fallback ?? first
}

export const readWhole = (place: Place, least: number, fallback: number | null = null): number => {
  if (!isGiven(place) && fallback !== null) return fallback
  if (typeof place.value === 'number' && Number.isSafeInteger(place.value) && place.value >= least) return place.value
  complain(
    place,
    `${isGiven(place) ? '' : 'is missing; '}must be a whole number from ${String(least)} up, without quotes`,
  )
  return fallback ?? least
}

export const readYesNo = (place: Place, fallback: boolean): boolean => {
  if (!isGiven(place)) return fallback
  if (typeof place.value === 'boolean') return place.value
  complain(place, 'must be true or false, without quotes')
  return fallback
}

/** Text that `parse` understands. A JSON number is refused: its digits may already have been changed by a float. */
export const readParsed = <T>(
  place: Place,
  parse: (text: string) => T | null,
  words: string,
  fallback: T,
  optional: 'optional' | 'required' = 'required',
): T => {
  if (!isGiven(place)) {
    if (optional === 'required') complain(place, `is missing; must be ${words}`)
    return fallback
  }
  if (typeof place.value === 'number') {
    complain(place, `must be text in quotes ("${String(place.value)}"): a number without quotes may lose digits`)
    return fallback
  }
  const parsed = typeof place.value === 'string' ? parse(place.value) : null
  if (parsed === null) complain(place, `must be ${words}${shown(place.value)}`)
  return parsed ?? fallback
}

const shown = (value: unknown): string => (typeof value === 'string' ? `, not "${value}"` : '')
