import { dataSets, type DataSet } from '../domain/collection/data-set.ts'
import { nothingYet, type Progress } from '../domain/collection/plan-line.ts'

/**
 * What a line knows of the collection of its meters. A million meters have six sets each, and of most nothing is known but
 * the turn that was done last: those are plain numbers, and only what is open is kept as it is.
 */
export type LineMemory = Readonly<{
  get(meterId: number, dataSet: DataSet): Progress
  set(meterId: number, dataSet: DataSet, progress: Progress): void
}>

export const createLineMemory = (
  meterIds: readonly number[],
  doneBefore: (meterId: number, dataSet: DataSet) => Progress,
): LineMemory => {
  const rows = new Map(meterIds.map((id, row) => [id, row]))
  const done = new Float64Array(meterIds.length * dataSets.length)
  const open = new Map<number, Progress>()
  const placeOf = (meterId: number, dataSet: DataSet): number | null => {
    const row = rows.get(meterId)
    return row === undefined ? null : row * dataSets.length + dataSets.indexOf(dataSet)
  }
  const set: LineMemory['set'] = (meterId, dataSet, progress) => {
    const place = placeOf(meterId, dataSet)
    // A meter that has left the line meanwhile.
    if (place === null) return
    done[place] = progress.doneAt
    if (progress.open === null) open.delete(place)
    else open.set(place, progress)
  }
  for (const meterId of meterIds) for (const dataSet of dataSets) set(meterId, dataSet, doneBefore(meterId, dataSet))
  return {
    set,
    get(meterId, dataSet) {
      const place = placeOf(meterId, dataSet)
      if (place === null) return nothingYet
      return open.get(place) ?? { ...nothingYet, doneAt: done[place] ?? -Infinity }
    },
  }
}
