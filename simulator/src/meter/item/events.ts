import { bcd, joined } from '../bytes.ts'
import { event, recordsKept, type EventLog } from '../event-memory.ts'
import type { Purchase } from '../wallet.ts'
import type { Meter } from '../state.ts'

/** Classes 03, 1D and 1E (A.4): how often something happened, and the last ten records of it. */

const counterBytes = 3

export const eventItem = (meter: Meter, identifier: number): Uint8Array | null => {
  const kind = identifier >>> 8
  const nn = identifier & 0xff
  if (kind >>> 8 === 0x0333) return purchaseItem(meter, kind & 0xff, nn)
  if (kind >>> 16 === 0x1d || kind >>> 16 === 0x1e) return switchItem(meter, identifier)
  const row = rows.get(kind)
  if (row === undefined) return totals(meter, kind, nn)
  if (nn === 0)
    return row.counted === 'count' ? counter(meter, kind) : joined(counter(meter, kind), minutes(meter, kind))
  return recordOf(meter, kind, nn, row.bytes)
}

type Row = Readonly<{ bytes: number; counted: 'count' | 'count-and-minutes' }>
const rows: ReadonlyMap<number, Row> = new Map<number, Row>([
  [event.phaseBreakA, { bytes: 131, counted: 'count-and-minutes' }],
  [event.phaseBreakB, { bytes: 131, counted: 'count-and-minutes' }],
  [event.phaseBreakC, { bytes: 131, counted: 'count-and-minutes' }],
  [event.reversedA, { bytes: 76, counted: 'count-and-minutes' }],
  [event.reversedB, { bytes: 76, counted: 'count-and-minutes' }],
  [event.reversedC, { bytes: 76, counted: 'count-and-minutes' }],
  [event.currentLossA, { bytes: 115, counted: 'count-and-minutes' }],
  [event.currentLossB, { bytes: 115, counted: 'count-and-minutes' }],
  [event.currentLossC, { bytes: 115, counted: 'count-and-minutes' }],
  [event.overload, { bytes: 76, counted: 'count-and-minutes' }],
  [event.powerFailure, { bytes: 12, counted: 'count' }],
  [event.programming, { bytes: 50, counted: 'count' }],
  [event.meterClear, { bytes: 106, counted: 'count' }],
  [event.demandClear, { bytes: 202, counted: 'count' }],
  [event.eventClear, { bytes: 14, counted: 'count' }],
  [event.timeAdjustment, { bytes: 16, counted: 'count' }],
  [event.meterCover, { bytes: 60, counted: 'count' }],
  [event.magneticField, { bytes: 12, counted: 'count' }],
  [event.terminalCover, { bytes: 60, counted: 'count' }],
])

const log = ({ events }: Meter, kind: number): EventLog | undefined => events?.get(kind)
const counter = (meter: Meter, kind: number): Uint8Array => bcd(log(meter, kind)?.count ?? 0, counterBytes)
const minutes = (meter: Meter, kind: number): Uint8Array => bcd(log(meter, kind)?.minutes ?? 0, counterBytes)

/** Counts and minutes of phases A, B and C together: DI1 = 00. */
const totals = (meter: Meter, kind: number, nn: number): Uint8Array | null => {
  if (nn !== 0 || (kind & 0xff) !== 0 || !rows.has(kind | 1)) return null
  return joined(...[1, 2, 3].flatMap((phase) => [counter(meter, kind | phase), minutes(meter, kind | phase)]))
}

/** Records that have not been are zeros, as meters show them. */
const recordOf = (meter: Meter, kind: number, nn: number, bytes: number): Uint8Array | null =>
  nn > recordsKept ? null : (log(meter, kind)?.records[nn - 1] ?? new Uint8Array(bytes))

const switchRecordBytes = 34
/** Where the single fields of a trip or close record are: time, operator, forward, reverse, quadrants I to IV. */
const switchFields = [
  [0, 6],
  [6, 10],
  [10, 14],
  [14, 18],
  [18, 22],
  [22, 26],
  [26, 30],
  [30, 34],
] as const

const switchItem = (meter: Meter, identifier: number): Uint8Array | null => {
  const kind = identifier >>> 24 === 0x1d ? event.trip : event.close
  const [zero, field, nn] = [(identifier >>> 16) & 0xff, (identifier >>> 8) & 0xff, identifier & 0xff]
  if (zero !== 0) return null
  if (field === 0) return nn === 1 ? counter(meter, kind) : null
  const data = nn === 0 ? null : recordOf(meter, kind, nn, switchRecordBytes)
  if (data === null || field === 0xff) return data
  const part = switchFields[field - 1]
  return part === undefined ? null : data.slice(part[0], part[1])
}

const noPurchase: Purchase = Object.freeze({
  time: new Uint8Array(5),
  purchases: 0,
  fen: 0,
  beforeFen: 0,
  afterFen: 0,
  accumulatedFen: 0,
})

/** 0333kknn: the last ten purchases by field. A balance below zero is shown as zero. */
const purchaseItem = (meter: Meter, field: number, nn: number): Uint8Array | null => {
  if (meter.wallet === null || nn < 1 || nn > recordsKept) return null
  const bought = meter.wallet.records[nn - 1] ?? noPurchase
  switch (field) {
    case 1:
      return bought.time
    case 2:
      return bcd(bought.purchases, 2)
    case 3:
      return bcd(bought.fen, 4)
    case 4:
      return bcd(Math.max(0, bought.beforeFen), 4)
    case 5:
      return bcd(Math.max(0, bought.afterFen), 4)
    case 6:
      return bcd(bought.accumulatedFen, 4)
    default:
      return null
  }
}
