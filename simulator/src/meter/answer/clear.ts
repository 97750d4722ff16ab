import type { Frame } from '@xianfu/protocols'
import { bcd, binary, joined, readBinary } from '../bytes.ts'
import { clearDemand, maximumDemand } from '../duty/demand.ts'
import { event, forgetEvents, record, timeBytes } from '../event-memory.ts'
import { demandBytes } from '../item/demand.ts'
import { believes, credentialsBytes, readCredentials } from '../passwords.ts'
import { phaseRegister, quantities } from '../register-bank.ts'
import type { Meter } from '../state.ts'
import { refuse, reply } from './reply.ts'

const demandClear = 0x19
const meterClear = 0x1a
const eventClear = 0x1b

/** 19H: the greatest demands begin anew; they are kept in the record. */
export const answerDemandClear = (meter: Meter, { data }: Frame): Frame => {
  const credentials = readCredentials(data, 0)
  if (data.length !== credentialsBytes || !believes(meter, credentials))
    return refuse(meter, demandClear, 'wrong-password')
  const none = demandBytes(meter, 0, 0)
  const [forward, reverse] = (['forward', 'reverse'] as const).map((direction) => {
    const { milliwatts, at } = maximumDemand(meter, direction)
    return demandBytes(meter, Math.floor(milliwatts / 100), at)
  })
  const demands = [forward ?? none, reverse ?? none, ...Array.from({ length: 22 }, () => none)]
  record(meter, event.demandClear, joined(timeBytes(meter), binary(credentials?.operator ?? 0, 4), ...demands))
  clearDemand(meter)
  return reply(meter, demandClear)
}

/** 1AH: all as new, but for the record of it. A prepaid meter refuses: its money must not vanish by a plain order. */
export const answerMeterClear = (meter: Meter, { data }: Frame): Frame => {
  const credentials = readCredentials(data, 0)
  if (data.length !== credentialsBytes || !believes(meter, credentials) || meter.wallet !== null)
    return refuse(meter, meterClear, 'wrong-password')
  const { bank, row } = meter
  const before = [
    ...quantities.map((quantity) => bank.totalWh(row, quantity)),
    ...[0, 1, 2].flatMap((phase) => quantities.map((quantity) => bank.wh(row, phaseRegister(quantity, phase)))),
  ]
  const energies = before.map((wh) => bcd(Math.floor(wh / 10), 4))
  bank.clear(row)
  forgetEvents(meter, 0xffff_ffff)
  meter.memories = null
  meter.demand = null
  record(meter, event.meterClear, joined(timeBytes(meter), binary(credentials?.operator ?? 0, 4), ...energies))
  return reply(meter, meterClear)
}

/** 1BH: one kind of events, or all of them with FFFFFFFF. */
export const answerEventClear = (meter: Meter, { data }: Frame): Frame => {
  const credentials = readCredentials(data, 0)
  if (data.length !== credentialsBytes + 4 || !believes(meter, credentials))
    return refuse(meter, eventClear, 'wrong-password')
  const identifier = readBinary(data, credentialsBytes, 4)
  if ((identifier & 0xff) !== 0xff) return refuse(meter, eventClear, 'other')
  forgetEvents(meter, identifier)
  record(
    meter,
    event.eventClear,
    joined(timeBytes(meter), binary(credentials?.operator ?? 0, 4), binary(identifier, 4)),
  )
  return reply(meter, eventClear)
}
