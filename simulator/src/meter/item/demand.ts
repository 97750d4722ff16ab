import { bcd, joined } from '../bytes.ts'
import { maximumDemand } from '../duty/demand.ts'
import { freezeColumn } from '../duty/memories.ts'
import { localTime, minuteMs } from '../../time/local-time.ts'
import type { Meter } from '../state.ts'

/** Class 01 (A.2): maximum demand of forward and reverse active power with its time; totals only. */

const settlements = 12

export const demandItem = (meter: Meter, identifier: number): Uint8Array | null => {
  const [quantity, rate, settlement] = [(identifier >>> 16) & 0xff, (identifier >>> 8) & 0xff, identifier & 0xff]
  if ((quantity !== 0x01 && quantity !== 0x02) || (rate !== 0 && rate !== 0xff) || settlement > settlements) return null
  const direction = quantity === 0x01 ? 'forward' : 'reverse'
  if (settlement === 0) {
    const { milliwatts, at } = maximumDemand(meter, direction)
    return demandBytes(meter, Math.floor(milliwatts / 100), at)
  }
  const row = meter.memories?.settlement.newest(settlement - 1)
  const column = direction === 'forward' ? freezeColumn.demandForward : freezeColumn.demandReverse
  return demandBytes(meter, row?.[column] ?? 0, (row?.[column + 1] ?? 0) * minuteMs)
}

/** XX.XXXX kW and YYMMDDhhmm; a demand that never was has no time. */
export const demandBytes = (meter: Meter, steps: number, at: number): Uint8Array =>
  joined(bcd(steps, 3), at === 0 ? new Uint8Array(5) : minuteTimeBytes(meter, at))

/** mm hh DD MM YY of an own time. */
export const minuteTimeBytes = (meter: Meter, own: number): Uint8Array => {
  const { year, month, day, hour, minute } = localTime(own, meter.around.zone)
  return joined(...[minute, hour, day, month, year % 100].map((part) => bcd(part, 1)))
}
