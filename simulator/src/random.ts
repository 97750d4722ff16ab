/** A number in [0, 1). */
export type Random = () => number

/** A seed for one of many, so that what happens to one does not change what happens to another. */
export const seedFor = (seed: number, number: number): number =>
  Math.imul(seed ^ Math.imul(number + 1, 0x9e3779b1), 0x85ebca6b) >>> 0

/** The same numbers for the same seed (mulberry32): a village that failed can be run again. */
export const seededRandom = (seed: number): Random => {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
