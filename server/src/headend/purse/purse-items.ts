import { standardDictionary } from '@xianfu/protocols'
import type { FieldMeter } from '../driver/field-meter.ts'
import type { PurseFailure } from '../headend.ts'
import { failureIn } from './dlt645-session.ts'
import type { PurseTalk } from './purse-talk.ts'

/** Plain identifiers of a purse: money in fen, counts as they are. Records are the newest of their kind. */
const purseItems = Object.freeze({
  remainingMoney: 0x0090_0200,
  recordedCount: 0x0333_0201,
  recordedAmount: 0x0333_0301,
} as const)

export type Found<T> = Readonly<{ ok: true; value: T } | { ok: false; code: PurseFailure; detail: string }>

export const readPurseItem = async (
  { config: { address }, limits }: FieldMeter,
  talk: PurseTalk,
  name: keyof typeof purseItems,
): Promise<Found<number>> => {
  const identifier = purseItems[name]
  const said = await talk.ask({ kind: 'read', address, identifier }, `read ${name}`, limits.readAttempts.person)
  if (said.kind !== 'data') return { ok: false, ...failureIn(said, name) }
  const decoded = standardDictionary.decode(identifier, said.data)
  if (!decoded.ok) return { ok: false, code: 'bad-answer', detail: `${name}: ${decoded.detail}` }
  const { value } = decoded
  return typeof value === 'number'
    ? { ok: true, value }
    : { ok: false, code: 'bad-answer', detail: `${name}: the meter has no value for it` }
}
