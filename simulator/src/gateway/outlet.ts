import { z } from 'zod'
import type { Random } from '../random.ts'
import type { Clock } from '../time/clock.ts'

const probability = z.number().min(0).max(1)
const milliseconds = z.int().min(0).max(60_000)

/** How a gateway hands on what it hears; without faults, each answer at once and whole. */
export const faultsSchema = z.strictObject({
  /** Waits so long for more before it sends, so answers come together. */
  coalesceMs: milliseconds.default(0),
  /** Probability that a piece leaves in two, … */
  split: probability.default(0),
  /** … so long apart. */
  splitGapMs: milliseconds.default(20),
  /** Probability that an answer is kept back … */
  hold: probability.default(0),
  /** … for so long. */
  holdMs: milliseconds.default(2_000),
  /** Probability that an answer is kept and given as the answer to the next request. */
  mixUp: probability.default(0),
  /** Probability that the connection breaks instead of an answer. */
  drop: probability.default(0),
})
export type GatewayFaults = z.output<typeof faultsSchema>

export type OutletParts = Readonly<{
  clock: Clock
  random: Random
  write(bytes: Uint8Array): void
  drop(): void
}>

/** The way from the line to the socket, with what gateways do wrong on it. */
export class Outlet {
  readonly #faults: GatewayFaults
  readonly #parts: OutletParts
  #gathered: Uint8Array[] = []
  #kept: Uint8Array | null = null
  #closed = false

  constructor(faults: GatewayFaults, parts: OutletParts) {
    this.#faults = faults
    this.#parts = parts
  }

  deliver(bytes: Uint8Array): void {
    const { hold, holdMs } = this.#faults
    if (this.#happens(this.#faults.drop)) return this.#parts.drop()
    const passed = this.#mixUp(bytes)
    if (passed === null) return
    if (this.#happens(hold)) this.#after(holdMs, () => this.#gather(passed))
    else this.#gather(passed)
  }

  close(): void {
    this.#closed = true
  }

  /** Once an answer was kept, every answer is the one before it, until the next mix-up sets it right. */
  #mixUp(bytes: Uint8Array): Uint8Array | null {
    const kept = this.#kept
    const now = this.#happens(this.#faults.mixUp)
    if (kept === null) {
      if (!now) return bytes
      this.#kept = bytes
      return null
    }
    this.#kept = now ? null : bytes
    return kept
  }

  #gather(bytes: Uint8Array): void {
    const { coalesceMs } = this.#faults
    if (coalesceMs === 0) return this.#write(bytes)
    this.#gathered.push(bytes)
    if (this.#gathered.length > 1) return
    this.#after(coalesceMs, () => {
      const all = Buffer.concat(this.#gathered)
      this.#gathered = []
      this.#write(all)
    })
  }

  #write(bytes: Uint8Array): void {
    if (bytes.length < 2 || !this.#happens(this.#faults.split)) return this.#parts.write(bytes)
    const at = 1 + Math.floor(this.#parts.random() * (bytes.length - 1))
    this.#parts.write(bytes.subarray(0, at))
    this.#after(this.#faults.splitGapMs, () => this.#parts.write(bytes.subarray(at)))
  }

  #happens(chance: number): boolean {
    return chance > 0 && this.#parts.random() < chance
  }

  #after(ms: number, run: () => void): void {
    this.#parts.clock.after(ms, () => {
      if (!this.#closed) run()
    })
  }
}
