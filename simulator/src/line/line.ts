import { createFrameReader, decodeRequest, encodeFrame, encodeReply, type FrameReader } from '@xianfu/protocols'
import type { Clock } from '../clock.ts'
import type { VirtualMeter } from '../meter/virtual-meter.ts'
import type { Random } from '../random.ts'

export type LineOptions = Readonly<{
  baudRate: number
  parity: 'none' | 'even' | 'odd'
  /** Probability that a frame on the wire has a flipped bit, and that it is lost. */
  noise: number
  loss: number
  /** Whether the gateway hears what it sends itself. */
  echo: boolean
}>

/** Requests that may wait for the wire; a gateway that sends faster than the wire carries loses the rest. */
const maximumWaiting = 64
const wakeUpBytes = 4

/** A half-duplex RS-485 line: every byte takes its time, and two who speak at once destroy one another. */
export class Rs485Line {
  readonly #options: LineOptions
  readonly #meters: readonly VirtualMeter[]
  readonly #clock: Clock
  readonly #random: Random
  readonly #reader: FrameReader = createFrameReader()
  readonly #deliver: (bytes: Uint8Array) => void
  readonly #stop: AbortController = new AbortController()
  #requestsFree = 0
  #waiting = 0
  /** The answer that is on the wire now. */
  #talking: { broken: boolean; untilMs: number } | null = null

  constructor(
    options: LineOptions,
    parts: Readonly<{
      meters: readonly VirtualMeter[]
      clock: Clock
      random: Random
      deliver(bytes: Uint8Array): void
    }>,
  ) {
    this.#options = options
    this.#meters = parts.meters
    this.#clock = parts.clock
    this.#random = parts.random
    this.#deliver = parts.deliver
  }

  /** Start bit, eight data bits, parity if any, stop bit. */
  get byteMs(): number {
    return ((this.#options.parity === 'none' ? 10 : 11) * 1_000) / this.#options.baudRate
  }

  /** Bytes from the gateway; resolves when they have passed over the wire and what they caused is over. */
  async send(bytes: Uint8Array): Promise<void> {
    if (this.#waiting >= maximumWaiting) return
    this.#waiting += 1
    try {
      const now = this.#clock.elapsedMs()
      this.#requestsFree = Math.max(now, this.#requestsFree) + bytes.length * this.byteMs
      if (this.#talking !== null && now < this.#talking.untilMs) {
        this.#talking.broken = true
        await this.#pass(this.#requestsFree - now)
        return
      }
      await this.#pass(this.#requestsFree - now)
      if (this.#options.echo) this.#deliver(bytes)
      const arrived = this.#disturb(bytes)
      if (arrived === null) return
      for (const frame of this.#reader.push(arrived)) {
        const request = decodeRequest(frame)
        if (request.ok) await Promise.all(this.#meters.map(async (meter) => this.#answer(meter, request.value)))
      }
    } finally {
      this.#waiting -= 1
    }
  }

  close(): void {
    this.#stop.abort()
  }

  async #answer(meter: VirtualMeter, request: Parameters<VirtualMeter['hear']>[0]): Promise<void> {
    const answer = meter.hear(request)
    if (answer === null || answer.reply === null) return
    const bytes = encodeFrame(encodeReply(answer.reply), { wakeUpBytes })
    const checksumAt = bytes.length - 2
    if (answer.brokenChecksum) bytes[checksumAt] = ((bytes[checksumAt] ?? 0) + 1) & 0xff
    await this.#pass(answer.delayMs)
    const airtimeMs = bytes.length * this.byteMs
    const now = this.#clock.elapsedMs()
    const collides = this.#talking !== null && now < this.#talking.untilMs
    if (this.#talking !== null && collides) this.#talking.broken = true
    const mine = { broken: collides || now < this.#requestsFree, untilMs: now + airtimeMs }
    this.#talking = mine
    await this.#pass(airtimeMs)
    if (this.#talking === mine) this.#talking = null
    const arrived = mine.broken ? null : this.#disturb(bytes)
    if (arrived !== null && !this.#stop.signal.aborted) this.#deliver(arrived)
  }

  #disturb(bytes: Uint8Array): Uint8Array | null {
    if (this.#random() < this.#options.loss) return null
    if (this.#random() >= this.#options.noise) return bytes
    const noisy = Uint8Array.from(bytes)
    const at = Math.floor(this.#random() * noisy.length)
    noisy[at] = (noisy[at] ?? 0) ^ (1 << Math.floor(this.#random() * 8))
    return noisy
  }

  async #pass(ms: number): Promise<void> {
    if (ms <= 0) return
    await this.#clock.delay(ms, this.#stop.signal).catch((error: unknown) => {
      if (!this.#stop.signal.aborted) throw error
    })
  }
}
