/**
 * The energy registers of many meters, one row each, as exact integers: whole Wh, and what has not made a whole Wh yet
 * in mW·ms. Two arrays for a whole line instead of objects for each register is what lets a million meters fit.
 *
 * A row holds six quantities by four rates, then the same six by three phases.
 */
export const quantities = Object.freeze([
  'forward',
  'reverse',
  'quadrant1',
  'quadrant2',
  'quadrant3',
  'quadrant4',
] as const)
export type Quantity = (typeof quantities)[number]

export const ratesPerMeter = 4
const phasesPerMeter = 3
const phaseBase = quantities.length * ratesPerMeter
export const registersPerMeter = phaseBase + quantities.length * phasesPerMeter

/** Wh at which a register of the format XXXXXX.XX kWh shows zero again. */
export const rollOverWh = 1_000_000_000
const perWh = 3_600_000_000

const quantityIndex: Readonly<Record<Quantity, number>> = Object.freeze({
  forward: 0,
  reverse: 1,
  quadrant1: 2,
  quadrant2: 3,
  quadrant3: 4,
  quadrant4: 5,
})

/** Place of a register in a row; rates 1 to 4, phases 0 to 2. */
export const rateRegister = (quantity: Quantity, rate: number): number =>
  quantityIndex[quantity] * ratesPerMeter + rate - 1
export const phaseRegister = (quantity: Quantity, phase: number): number =>
  phaseBase + quantityIndex[quantity] * phasesPerMeter + phase

export class RegisterBank {
  readonly #wh: Float64Array
  readonly #rest: Uint32Array

  constructor(meters: number) {
    this.#wh = new Float64Array(meters * registersPerMeter)
    this.#rest = new Uint32Array(meters * registersPerMeter)
  }

  /** Adds a power (mW, not negative) over a time; returns how many whole Wh that completed. */
  add(row: number, register: number, milliwatts: number, ms: number): number {
    if (milliwatts === 0) return 0
    const at = row * registersPerMeter + register
    // A product must stay an exact integer: very large powers are added in pieces.
    const piece = Math.max(1, Math.floor((Number.MAX_SAFE_INTEGER - perWh) / milliwatts))
    let whole = 0
    for (let left = ms; left > 0; left -= piece) {
      const energy = (this.#rest[at] ?? 0) + milliwatts * Math.min(left, piece)
      const rest = energy % perWh
      this.#rest[at] = rest
      whole += (energy - rest) / perWh
    }
    this.#wh[at] = ((this.#wh[at] ?? 0) + whole) % rollOverWh
    return whole
  }

  addWh(row: number, register: number, wh: number): void {
    const at = row * registersPerMeter + register
    this.#wh[at] = ((this.#wh[at] ?? 0) + wh) % rollOverWh
  }

  /** Whole Wh, as the display truncates. */
  wh(row: number, register: number): number {
    return this.#wh[row * registersPerMeter + register] ?? 0
  }

  /** mW·ms on the way to the next Wh. */
  rest(row: number, register: number): number {
    return this.#rest[row * registersPerMeter + register] ?? 0
  }

  /** mW·ms until so many more whole Wh are complete. */
  until(row: number, register: number, wholeWh: number): number {
    return wholeWh * perWh - this.rest(row, register)
  }

  /** The truncated sum over the rates, which may exceed the sum of the truncated rates. */
  totalWh(row: number, quantity: Quantity): number {
    const first = row * registersPerMeter + rateRegister(quantity, 1)
    let wh = 0
    let rest = 0
    for (let at = first; at < first + ratesPerMeter; at += 1) {
      wh += this.#wh[at] ?? 0
      rest += this.#rest[at] ?? 0
    }
    return (wh + Math.floor(rest / perWh)) % rollOverWh
  }

  /** Energy of a quantity in mW·ms, exact, for pulses. */
  energy(row: number, quantity: Quantity): bigint {
    let sum = 0n
    for (let rate = 1; rate <= ratesPerMeter; rate += 1) {
      const register = rateRegister(quantity, rate)
      sum += BigInt(this.wh(row, register)) * BigInt(perWh) + BigInt(this.rest(row, register))
    }
    return sum
  }

  clear(row: number): void {
    this.#wh.fill(0, row * registersPerMeter, (row + 1) * registersPerMeter)
    this.#rest.fill(0, row * registersPerMeter, (row + 1) * registersPerMeter)
  }

  /** A row as text that survives JSON: `wh:rest` of each register. */
  save(row: number): string {
    return Array.from(
      { length: registersPerMeter },
      (_, register) => `${String(this.wh(row, register))}:${String(this.rest(row, register))}`,
    ).join(' ')
  }

  load(row: number, text: string): void {
    for (const [register, entry] of text.split(' ').entries()) {
      const [wh = '0', rest = '0'] = entry.split(':')
      this.#wh[row * registersPerMeter + register] = Number(wh)
      this.#rest[row * registersPerMeter + register] = Number(rest)
    }
  }
}
