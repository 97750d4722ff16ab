import type { WattHours } from '../quantity.ts'
import type { DayType } from './plan.ts'

/** A half hour of a day; null when nobody knows what was used in it. */
export type Slot = Readonly<{ day: number; slot: number; energy: WattHours | null }>

export type EstimatedSlot = Readonly<{ day: number; slot: number; energy: WattHours; estimated: boolean }>

/** Farther away, use is no guide any more. */
const searchDays = 35

/**
 * Fills missing half hours with the same half hour of the last day of the same type (or, before there is one, of the
 * next). Each is marked; null where no day within reach can tell.
 */
export const estimateSlots = (
  slots: readonly Slot[],
  dayType: (day: number) => DayType,
): readonly (EstimatedSlot | null)[] => {
  const known = new Map<string, WattHours>()
  for (const { day, slot, energy } of slots) if (energy !== null) known.set(keyOf(day, slot), energy)
  const guess = (day: number, slot: number): WattHours | null => {
    for (const direction of [-1, 1])
      for (let away = 1; away <= searchDays; away += 1) {
        const other = day + direction * away
        const energy = dayType(other) === dayType(day) ? known.get(keyOf(other, slot)) : undefined
        if (energy !== undefined) return energy
      }
    return null
  }
  return slots.map(({ day, slot, energy }) => {
    if (energy !== null) return { day, slot, energy, estimated: false }
    const guessed = guess(day, slot)
    return guessed === null ? null : { day, slot, energy: guessed, estimated: true }
  })
}

const keyOf = (day: number, slot: number): string => `${String(day)}/${String(slot)}`
