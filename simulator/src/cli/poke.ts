import type { Surface } from './surface.ts'

/** The control door of a running village. */
export type Door = Readonly<{ host: string; port: number }>

const patienceMs = 10_000

/** Asks the door, and prints what it says as JSON. @throws Error with the door's own words when it refuses. */
export const poke = async (
  door: Door,
  method: 'GET' | 'PATCH' | 'POST',
  path: readonly string[],
  surface: Surface,
  body?: unknown,
): Promise<void> => {
  const url = `http://${door.host}:${String(door.port)}/${path.map(encodeURIComponent).join('/')}`
  const answer = await fetch(url, {
    method,
    signal: AbortSignal.timeout(patienceMs),
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
  const said: unknown = await answer.json()
  if (!answer.ok)
    throw new Error(
      typeof said === 'object' && said !== null && 'error' in said ? String(said.error) : answer.statusText,
    )
  surface.out(`${JSON.stringify(said, null, 2)}\n`)
}

/** `constantWatts=3000 lostPhases=["a"] meterCover=open`: JSON where it is some, words where not. */
export const changeOf = (words: readonly string[]): Record<string, unknown> =>
  Object.fromEntries(
    words.map((word) => {
      const at = word.indexOf('=')
      if (at < 1) throw new Error(`${word} is no KEY=VALUE`)
      return [word.slice(0, at), valueOf(word.slice(at + 1))]
    }),
  )

const valueOf = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return text
  }
}
