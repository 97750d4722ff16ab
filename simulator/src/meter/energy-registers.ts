import { quarterHourMs } from '../local-time.ts'
import { rateAt, type Rate, type RateTimetable } from './rate-timetable.ts'

/** 1 Wh in mW·ms. */
const perWh = 3_600_000_000n
/** Longest stretch that is lived through at once; a longer gap of the clock is lived up to here and no further. */
const longestGapMs = 400 * 86_400_000

export type RegisterState = readonly [bigint, bigint, bigint, bigint]

/**
 * Energy by rate as exact integers (mW·ms), advanced only when somebody looks. Power is constant within a quarter hour,
 * so the sum is the same however often it is asked.
 */
export class EnergyRegisters {
  readonly #state: [bigint, bigint, bigint, bigint]
  readonly #timetable: RateTimetable
  readonly #timeZone: string
  #at: number

  constructor(options: Readonly<{ timetable: RateTimetable; timeZone: string; at: number; state: RegisterState }>) {
    this.#timetable = options.timetable
    this.#timeZone = options.timeZone
    this.#at = options.at
    this.#state = [...options.state]
  }

  /** Lives from the last look to `instant` under this power (mW at a moment); a clock set back consumes nothing. */
  advance(instant: number, milliwatts: (at: number) => bigint): void {
    const end = Math.min(instant, this.#at + longestGapMs)
    while (this.#at < end) {
      const next = Math.min(end, (Math.floor(this.#at / quarterHourMs) + 1) * quarterHourMs)
      this.#add(rateAt(this.#timetable, this.#at, this.#timeZone), milliwatts(this.#at) * BigInt(next - this.#at))
      this.#at = next
    }
    this.#at = instant
  }

  /** Energy that no load explains, for tests. */
  addWh(wh: bigint): void {
    this.#add(rateAt(this.#timetable, this.#at, this.#timeZone), wh * perWh)
  }

  #add(rate: Rate, energy: bigint): void {
    const index = rate - 1
    this.#state[index] = (this.#state[index] ?? 0n) + energy
  }

  get state(): RegisterState {
    return [...this.#state]
  }

  /** Whole Wh, as the display truncates. The total is the truncated sum, which may exceed the sum of truncated rates. */
  get wh(): Readonly<{ total: number; rates: readonly number[] }> {
    const total = this.#state.reduce((sum, energy) => sum + energy, 0n)
    return { total: Number(total / perWh), rates: this.#state.map((energy) => Number(energy / perWh)) }
  }
}

export const stateFromWh = (wh: readonly number[]): RegisterState => {
  const [a = 0, b = 0, c = 0, d = 0] = wh
  return [BigInt(a) * perWh, BigInt(b) * perWh, BigInt(c) * perWh, BigInt(d) * perWh]
}
