import type { Credentials, Reply, RequestOf } from '@xianfu/protocols'
import { bcd, binary, joined } from '../bytes.ts'
import { clearDemand, maximumDemand } from '../duty/demand.ts'
import { event, forgetEvents, record, timeBytes } from '../event-memory.ts'
import { demandBytes } from '../item/demand.ts'
import { believes, operatorNumber } from '../passwords.ts'
import { phaseRegister, quantities } from '../register-bank.ts'
import type { Meter } from '../state.ts'
import { refuse } from './reply.ts'

/** 19H: the greatest demands begin anew; they are kept in the record. */
export const answerDemandClear = (meter: Meter, { credentials }: RequestOf<'clear-demand'>): Reply => {
  if (!believes(meter, credentials)) return refuse(meter, 'clear-demand', 'wrong-password')
  const none = demandBytes(meter, 0, 0)
  const kept = (['forward', 'reverse'] as const).map((direction) => {
    const { milliwatts, at } = maximumDemand(meter, direction)
    return demandBytes(meter, Math.floor(milliwatts / 100), at)
  })
  const demands = [...kept, ...Array.from({ length: demandsInRecord - kept.length }, () => none)]
  note(meter, event.demandClear, credentials, ...demands)
  clearDemand(meter)
  return { kind: 'clear-demand', address: meter.address }
}

/** Totals and phases by forward, reverse and quadrants; only forward and reverse totals are measured here. */
const demandsInRecord = 24

/** 1AH: all as new, but for the record of it. A prepaid meter refuses: its money must not vanish by a plain order. */
export const answerMeterClear = (meter: Meter, { credentials }: RequestOf<'clear-meter'>): Reply => {
  if (!believes(meter, credentials) || meter.wallet !== null) return refuse(meter, 'clear-meter', 'wrong-password')
  const { bank, row } = meter
  const before = [
    ...quantities.map((quantity) => bank.totalWh(row, quantity)),
    ...[0, 1, 2].flatMap((phase) => quantities.map((quantity) => bank.wh(row, phaseRegister(quantity, phase)))),
  ]
  bank.clear(row)
  forgetEvents(meter, everything)
  meter.memories = null
  meter.demand = null
  note(meter, event.meterClear, credentials, ...before.map((wh) => bcd(Math.floor(wh / 10), 4)))
  return { kind: 'clear-meter', address: meter.address }
}

const everything = 0xffff_ffff

/** 1BH: one kind of events, or all of them with FFFFFFFF. */
export const answerEventClear = (meter: Meter, { credentials, events }: RequestOf<'clear-events'>): Reply => {
  if (!believes(meter, credentials)) return refuse(meter, 'clear-events', 'wrong-password')
  if ((events & 0xff) !== 0xff) return refuse(meter, 'clear-events', 'other')
  forgetEvents(meter, events)
  note(meter, event.eventClear, credentials, binary(events, 4))
  return { kind: 'clear-events', address: meter.address }
}

const note = (meter: Meter, kind: number, { operator }: Credentials, ...rest: readonly Uint8Array[]): void =>
  record(meter, kind, joined(timeBytes(meter), binary(operatorNumber(operator), 4), ...rest))
