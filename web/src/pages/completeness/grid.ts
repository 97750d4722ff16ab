import type { DayCompleteness, GapState } from '@xianfu/contract'

/** Worst first: a cell shows the worst of what its meters have. */
export const cellStates = ['lost', 'open', 'estimated', 're-read'] as const satisfies readonly GapState[]

export type GridCell = Readonly<{ column: number; row: number; meters: number; state: GapState }>

/** Places of intervals in a table of days (rows, the newest first) by time of day (columns). */
export const gridCells = (
  cells: readonly Readonly<{ at: number; state: GapState; meters: number }>[],
  place: (at: number) => Readonly<{ day: string; minute: number }>,
  days: readonly string[],
  intervalMinutes: number,
): readonly GridCell[] => {
  const byPlace = new Map<string, GridCell>()
  for (const { at, state, meters } of cells) {
    const { day, minute } = place(at)
    const row = days.indexOf(day)
    if (row === -1) continue
    const column = Math.floor(minute / intervalMinutes)
    const key = `${String(row)} ${String(column)}`
    const known = byPlace.get(key)
    const worst =
      known === undefined || cellStates.indexOf(state) < cellStates.indexOf(known.state) ? state : known.state
    byPlace.set(key, { column, row, meters: (known?.meters ?? 0) + meters, state: worst })
  }
  return [...byPlace.values()]
}

export type DaySum = Omit<DayCompleteness, 'gatewayId' | 'gateway' | 'site' | 'lostBySide'>

const counts = ['expected', 'read', 'reRead', 'estimated', 'missing', 'lost'] as const

/** All gateways of each day together, the newest day first. */
export const sumByDay = (parts: readonly DayCompleteness[]): readonly DaySum[] => {
  const sums = new Map<string, DaySum>()
  for (const part of parts) {
    const known = sums.get(part.day)
    const byReason = { ...known?.byReason }
    for (const [reason, count] of Object.entries(part.byReason) as [keyof typeof byReason, number][])
      byReason[reason] = (byReason[reason] ?? 0) + count
    const sum = Object.fromEntries(counts.map((name) => [name, (known?.[name] ?? 0) + part[name]]))
    sums.set(part.day, { ...(sum as Pick<DaySum, (typeof counts)[number]>), day: part.day, byReason })
  }
  return [...sums.values()].toSorted((a, b) => (a.day < b.day ? 1 : -1))
}

/** Read or found later, of what was due: two decimals, never rounded up to a hundred. */
export const completePercent = ({ expected, read, reRead }: Pick<DaySum, 'expected' | 'read' | 'reRead'>): string =>
  expected === 0 ? '–' : `${(Math.floor(((read + reRead) / expected) * 10_000) / 100).toFixed(2)} %`
