/** Bit rates of the rate word Z (function 17H, 04000701 to 05), by bit; one bit is set. */
const rateOfWord: ReadonlyMap<number, number> = new Map([
  [0x02, 600],
  [0x04, 1200],
  [0x08, 2400],
  [0x10, 4800],
  [0x20, 9600],
  [0x40, 19_200],
])

/**
 * Bits per second of a rate word; null for a word that names none or several.
 *
 * @example
 * bitRateOf(0x08) // 2400
 */
export const bitRateOf = (word: number): number | null => rateOfWord.get(word) ?? null

/** The rate word of so many bits per second; null where the standard has none. */
export const rateWordOf = (bitsPerSecond: number): number | null => {
  for (const [word, rate] of rateOfWord) if (rate === bitsPerSecond) return word
  return null
}
