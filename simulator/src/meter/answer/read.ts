import type { Frame } from '@xianfu/protocols'
import { readBinary } from '../bytes.ts'
import { demandItem } from '../item/demand.ts'
import { energyItem } from '../item/energy.ts'
import { eventItem } from '../item/events.ts'
import { freezeItem } from '../item/freeze.ts'
import { measuredItem } from '../item/measured.ts'
import { parameterItem } from '../item/parameters.ts'
import { profileItem } from '../item/profile.ts'
import type { Meter } from '../state.ts'
import { answerRead } from './follow-up.ts'
import { refuse } from './reply.ts'

const read = 0x11
const identifierBytes = 4

type Item = (meter: Meter, identifier: number) => Uint8Array | null

/** By DI3. */
const classes: Readonly<Record<number, Item>> = Object.freeze({
  0x00: energyItem,
  0x01: demandItem,
  0x02: measuredItem,
  0x03: eventItem,
  0x04: parameterItem,
  0x05: freezeItem,
  0x1d: eventItem,
  0x1e: eventItem,
})
const profileClass = 0x06

/** What the meter has under an identifier, as a frame carries it; null for nothing. */
export const itemBytes = (meter: Meter, identifier: number): Uint8Array | null =>
  classes[identifier >>> 24]?.(meter, identifier) ?? null

/** 11H: an identifier, for the load profile with how many records and from when. */
export const answerReadRequest = (meter: Meter, { data }: Frame): Frame => {
  if (data.length < identifierBytes) return refuse(meter, read, 'other')
  const identifier = readBinary(data, 0, identifierBytes)
  const bytes = identifier >>> 24 === profileClass ? profileItem(meter, data) : itemBytes(meter, identifier)
  if (bytes === null) return refuse(meter, read, 'no-data')
  return answerRead(meter, data.slice(0, identifierBytes), bytes)
}
