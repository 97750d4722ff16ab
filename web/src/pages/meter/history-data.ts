import type { CommandDetail, HistoryPoint, MeterRow } from '@xianfu/contract'
import { supplyStateOf } from '../../format/frame.ts'

/** What the chart of a meter draws, in instants and plain numbers. */
export type Point = readonly [at: number, value: number]
export type Span = Readonly<{ from: number; to: number }>

type Payment = Readonly<{ at: number; amount: string; balance: string }>

/** Energy of each reading; held ones charge nothing and are drawn apart. */
export const energyBars = (points: readonly HistoryPoint[]): readonly Point[] =>
  points.flatMap(({ at, usedWh }) => (usedWh === null ? [] : [[at, Number(usedWh) / 1_000] as const]))

export const powerLine = (points: readonly HistoryPoint[]): readonly Point[] =>
  points.flatMap(({ at, powerMilliwatts: power }) => (power === null ? [] : [[at, Number(power) / 1e6] as const]))

export const heldPoints = (points: readonly HistoryPoint[]): readonly HistoryPoint[] =>
  points.filter(({ quality }) => quality === 'held')

type BalanceStep = Readonly<{ at: number; before: number; after: number }>

const balanceSteps = (points: readonly HistoryPoint[], payments: readonly Payment[]): readonly BalanceStep[] =>
  [
    ...points.flatMap(({ at, charged, balance }) =>
      balance === null ? [] : [{ at, before: Number(balance) + Number(charged ?? 0), after: Number(balance) }],
    ),
    ...payments.map(({ at, amount, balance }) => ({
      at,
      before: Number(balance) - Number(amount),
      after: Number(balance),
    })),
  ].sort((a, b) => a.at - b.at)

/** The balance over a span of time, a step at each charge and each payment; without any it stands at `current`. */
export const balanceLine = (
  points: readonly HistoryPoint[],
  payments: readonly Payment[],
  span: Span,
  current: string | null,
): readonly Point[] => {
  const steps = balanceSteps(points, payments)
  const first = steps[0]
  const last = steps.at(-1)
  if (first === undefined || last === undefined)
    return current === null ? [] : [span.from, span.to].map((at) => [at, Number(current)] as const)
  return [
    [span.from, first.before],
    ...steps.map(({ at, after }) => [at, after] as const),
    [Math.max(span.to, last.at), last.after],
  ]
}

/** A scale that shows all balances and all thresholds. */
export const balanceRange = (
  line: readonly Point[],
  thresholds: readonly string[],
): Readonly<{ min: number; max: number }> => {
  const values = [...line.map(([, value]) => value), ...thresholds.map(Number)]
  const min = Math.min(0, ...values)
  const max = Math.max(1, ...values)
  const room = (max - min) / 20
  return { min: Math.floor(min - room), max: Math.ceil(max + room) }
}

/** What each answer to the question for the status word said of the relay, oldest first. */
const relaySeen = (commands: readonly CommandDetail[]): readonly Readonly<{ at: number; open: boolean }>[] =>
  commands
    .flatMap(({ events }) => events)
    .flatMap(({ at, response }) => {
      const state = response === null ? null : supplyStateOf(response)
      return state === null ? [] : [{ at, open: state.relay === 'open' }]
    })
    .sort((a, b) => a.at - b.at)

/**
 * When supply was off, as the status words of the meter's commands have shown; the last span is open as long as the
 * meter's relay is. Nothing is claimed of the time before the first look.
 */
export const openSpans = (
  commands: readonly CommandDetail[],
  relay: MeterRow['relay'],
  from: number,
  now: number,
): readonly Span[] => {
  const spans: Span[] = []
  let since: number | null = null
  for (const { at, open } of relaySeen(commands)) {
    if (open) since ??= at
    else if (since !== null) {
      spans.push({ from: since, to: at })
      since = null
    }
  }
  if (since !== null && relay === 'open') spans.push({ from: since, to: now })
  return spans
    .filter((span) => span.to > from && span.from < now)
    .map((span) => ({ from: Math.max(span.from, from), to: Math.min(span.to, now) }))
}
