import type { Reply, RequestOf } from '@xianfu/protocols'
import { demandItem } from '../item/demand.ts'
import { energyItem } from '../item/energy.ts'
import { eventItem } from '../item/events.ts'
import { freezeItem } from '../item/freeze.ts'
import { measuredItem } from '../item/measured.ts'
import { parameterItem } from '../item/parameters.ts'
import { profileItem } from '../item/profile.ts'
import type { Meter } from '../state.ts'
import { answerPieces } from './follow-up.ts'
import { refuse } from './reply.ts'

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
export const answerRead = (meter: Meter, request: RequestOf<'read'>): Reply => {
  const { identifier } = request
  const bytes = identifier >>> 24 === profileClass ? profileItem(meter, request) : itemBytes(meter, identifier)
  return bytes === null ? refuse(meter, 'read', 'no-data') : answerPieces(meter, identifier, bytes)
}
