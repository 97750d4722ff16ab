import { isAlarm, judgeRelay, type RelayChange, type RelaySeen } from '../domain/relay-watch.ts'
import { insertSelfTrips, loadLastTold } from '../store/relay-watch.ts'
import type { Sql } from '../store/database.ts'
import { openWorkItems, type NewWorkItem } from '../store/work-items.ts'

/** What a batch has seen of one relay: as it was known before, and as the meter now tells. */
export type RelaySight = Readonly<{
  meterId: number
  before: RelaySeen | null
  now: RelaySeen
  /** Energy counted between two looks at an open relay, watt-hours; null when there was none. */
  flowedWh: bigint | null
}>

/** Whether a sight is worth a question to the database: nearly all are not. */
const isRemarkable = ({ before, now, flowedWh }: RelaySight): boolean =>
  flowedWh !== null || (before !== null && (before.relay !== now.relay || before.relayCommand !== now.relayCommand))

/**
 * Relays that moved without a command become work for a person; trips that a meter has made itself are asked about
 * (`explain-self-trips`). Called last in a batch's transaction: work items are locked last.
 */
export const noteRelays = async (sql: Sql, sights: readonly RelaySight[], now: number): Promise<void> => {
  const remarkable = sights.filter(isRemarkable)
  if (remarkable.length === 0) return
  const told = await loadLastTold(
    sql,
    remarkable.map(({ meterId }) => meterId),
  )
  const judged = remarkable.map((sight) => {
    const last = told.get(sight.meterId)
    // Its own proof decides what a command on its way has done.
    const isOpen = last === undefined || last.underWay
    const change: RelayChange = isOpen ? 'none' : judgeRelay(sight.before, sight.now, last.told)
    return { ...sight, change }
  })
  const tripped = judged.filter(({ change }) => change === 'tripped-by-itself').map(({ meterId }) => meterId)
  if (tripped.length > 0) await insertSelfTrips(sql, tripped, now)
  await openWorkItems(sql, [...judged.flatMap(movedItem), ...judged.flatMap(flowingItem)], now)
}

type Judged = RelaySight & Readonly<{ change: RelayChange }>

const movedItem = ({ meterId, change, before, now }: Judged): NewWorkItem[] =>
  isAlarm(change)
    ? [{ kind: 'relay-moved', subject: `meter:${String(meterId)}`, meterId, detail: { change, before, now } }]
    : []

const flowingItem = ({ meterId, flowedWh }: Judged): NewWorkItem[] =>
  flowedWh === null ? [] : [energyWhileOpen(meterId, { flowedWh: String(flowedWh) })]

/** The relay is open and yet something flows: power at one moment, or energy between two readings. */
export const energyWhileOpen = (
  meterId: number,
  detail: Readonly<{ flowedWh: string } | { watts: string }>,
): NewWorkItem => ({ kind: 'energy-while-open', subject: `meter:${String(meterId)}`, meterId, detail })
