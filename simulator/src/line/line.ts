import {
  createFrameReader,
  createRtuRequestReader,
  encodeFrame,
  encodeRtuFrame,
  isMeterAddress,
  type Frame,
  type FrameReader,
  type RtuFrame,
  type StreamReader,
} from '@xianfu/protocols'
import type { Answer } from '../meter/behaviour.ts'
import type { VirtualMeter } from '../meter/virtual-meter.ts'
import type { Random } from '../random.ts'
import type { Clock } from '../time/clock.ts'
import type { LineOptions } from './line-options.ts'

/** Frames that may wait for the wire; a gateway that sends faster than the wire carries loses the rest. */
const maximumWaiting = 64
const wakeUpBytes = 4
/** Silence after which a half-received frame is given up (inter-byte time of the standard). */
const longestGapMs = 500
const babbleBytes = 24

/** Bytes on the wire, from the gateway or from a meter. */
type Transmission = { readonly bytes: Uint8Array; readonly fromGateway: boolean; broken: boolean }

export type LineParts = Readonly<{
  meters: readonly VirtualMeter[]
  clock: Clock
  random: Random
  /** What the gateway hears. */
  deliver(bytes: Uint8Array): void
}>

/**
 * A half-duplex RS-485 line: every byte takes its time, and two who speak at once garble one another. Nothing here is a
 * promise: what happens is put on the clock, so a hand-driven clock plays a line through to the millisecond.
 */
export class Rs485Line {
  readonly #parts: LineParts
  readonly #byAddress = new Map<string, VirtualMeter>()
  readonly #reader: FrameReader = createFrameReader()
  /** Only on lines with meters that speak Modbus. */
  readonly #modbusReader: StreamReader<RtuFrame> | null
  readonly #onWire = new Set<Transmission>()
  #options: LineOptions
  #closed = false
  #babbling = false
  #waiting = 0
  /** When the last byte that the gateway wants to send will have left. */
  #sentUntilMs = 0
  #lastByteMs = 0
  #callOffBabble: (() => void) | null = null

  constructor(options: LineOptions, parts: LineParts) {
    this.#options = options
    this.#parts = parts
    this.#sentUntilMs = parts.clock.elapsedMs()
    for (const meter of parts.meters) this.#byAddress.set(meter.address, meter)
    this.#modbusReader = parts.meters.some(({ unit }) => unit !== null) ? createRtuRequestReader() : null
    this.watchBabble()
  }

  /** Start bit, eight data bits, parity if any, stop bit; 0 on a line without timing. */
  get byteMs(): number {
    const { timing, parity, baudRate } = this.#options
    return timing === 'none' ? 0 : ((parity === 'none' ? 10 : 11) * 1_000) / baudRate
  }

  /** Changes what the line is like from the next byte on. */
  change(options: Partial<LineOptions>): void {
    this.#options = { ...this.#options, ...options }
  }

  /** Bytes from the gateway: they wait for those before them, then take their time. */
  send(bytes: Uint8Array): void {
    if (this.#closed || this.#waiting >= maximumWaiting) return
    const now = this.#parts.clock.elapsedMs()
    const startsInMs = Math.max(0, this.#sentUntilMs - now)
    this.#sentUntilMs = now + startsInMs + bytes.length * this.byteMs
    this.#waiting += 1
    const startsAtMs = now + startsInMs
    this.#at(startsAtMs, () => {
      this.#transmit({ bytes, fromGateway: true, broken: false }, startsAtMs, () => {
        this.#waiting -= 1
        if (this.#options.echo) this.#parts.deliver(bytes)
      })
    })
  }

  /** To be called when a meter may have begun or ceased to talk all the time. */
  watchBabble(): void {
    this.#babbling = this.#parts.meters.some((meter) => meter.babbles)
    if (this.#babbling && this.#callOffBabble === null) this.#babble()
  }

  #babble(): void {
    const airtimeMs = Math.max(1, babbleBytes * this.byteMs)
    this.#callOffBabble = this.#parts.clock.after(airtimeMs, () => {
      this.#callOffBabble = null
      if (!this.#babbling || this.#closed) return
      this.#parts.deliver(this.#junk(babbleBytes))
      this.#babble()
    })
  }

  close(): void {
    this.#closed = true
    this.#callOffBabble?.()
  }

  /**
   * Runs something at a moment of the line's own time. Each moment follows from the one before it, not from when a timer
   * of the machine got round to it, so what timers are late does not add up and a line is as fast as its bit rate says.
   */
  #at(atMs: number, run: () => void): void {
    const unlessClosed = (): void => {
      if (!this.#closed) run()
    }
    const waitMs = atMs - this.#parts.clock.elapsedMs()
    if (waitMs <= 0) unlessClosed()
    else this.#parts.clock.after(waitMs, unlessClosed)
  }

  #transmit(transmission: Transmission, startsAtMs: number, afterwards?: () => void): void {
    for (const other of this.#onWire) {
      other.broken = true
      transmission.broken = true
    }
    if (this.#babbling) transmission.broken = true
    this.#onWire.add(transmission)
    const endsAtMs = startsAtMs + transmission.bytes.length * this.byteMs
    this.#at(endsAtMs, () => {
      this.#onWire.delete(transmission)
      afterwards?.()
      this.#arrive(transmission, endsAtMs)
    })
  }

  #arrive({ bytes, fromGateway, broken }: Transmission, atMs: number): void {
    const arrived = this.#disturb(broken ? this.#garble(bytes) : bytes)
    if (arrived === null) return
    if (fromGateway) this.#hear(arrived, atMs)
    else this.#parts.deliver(arrived)
  }

  #hear(bytes: Uint8Array, now: number): void {
    if (now - bytes.length * this.byteMs - this.#lastByteMs > longestGapMs) {
      this.#reader.reset()
      this.#modbusReader?.reset()
    }
    this.#lastByteMs = now
    for (const frame of this.#reader.push(bytes)) this.#ask(frame, now)
    for (const { unit, pdu } of this.#modbusReader?.push(bytes) ?? []) this.#askUnit(unit, pdu, now)
  }

  #ask(frame: Frame, atMs: number): void {
    if (!isMeterAddress(frame.address)) for (const meter of this.#parts.meters) this.#answer(meter, frame, atMs)
    else {
      const meter = this.#find(frame.address)
      if (meter !== undefined) this.#answer(meter, frame, atMs)
    }
  }

  #askUnit(unit: number, pdu: Uint8Array, atMs: number): void {
    const meter = this.#parts.meters.find((each) => each.unit === unit)
    const answer = meter?.hearModbus(pdu) ?? null
    if (answer === null) return
    const bytes = encodeRtuFrame({ unit, pdu: answer.pdu })
    const startsAtMs = atMs + (this.#options.timing === 'none' ? 0 : answer.delayMs)
    this.#at(startsAtMs, () => this.#transmit({ bytes, fromGateway: false, broken: false }, startsAtMs))
  }

  /** By what was known at first, or by search: a meter may have been given another address meanwhile (15H). */
  #find(address: string): VirtualMeter | undefined {
    const known = this.#byAddress.get(address)
    return known?.address === address ? known : this.#parts.meters.find((meter) => meter.address === address)
  }

  #answer(meter: VirtualMeter, request: Frame, atMs: number): void {
    const { baudRate } = this.#options
    if ((meter.baudRate ?? baudRate) !== baudRate) return
    const answer = meter.hear(request)
    if (answer === null || answer.frame === null) return
    const bytes = this.#bytesOf(answer, answer.frame)
    const startsAtMs = atMs + (this.#options.timing === 'none' ? 0 : answer.delayMs)
    this.#at(startsAtMs, () => this.#transmit({ bytes, fromGateway: false, broken: false }, startsAtMs))
  }

  #bytesOf({ brokenChecksum, cutAt }: Answer, frame: Frame): Uint8Array {
    const bytes = encodeFrame(frame, { wakeUpBytes })
    const checksumAt = bytes.length - 2
    if (brokenChecksum) bytes[checksumAt] = ((bytes[checksumAt] ?? 0) + 1) & 0xff
    const whole = cutAt === null ? bytes : bytes.subarray(0, cutAt)
    if (this.#options.glitch === 0 || this.#parts.random() >= this.#options.glitch) return whole
    // A transceiver that is switched on leaves a byte or two of nothing in front.
    const glitch = this.#junk(1 + Math.floor(this.#parts.random() * 2))
    const glitched = new Uint8Array(glitch.length + whole.length)
    glitched.set(glitch)
    glitched.set(whole, glitch.length)
    return glitched
  }

  #disturb(bytes: Uint8Array): Uint8Array | null {
    const { loss, noise } = this.#options
    const { random } = this.#parts
    if (loss > 0 && random() < loss) return null
    if (noise === 0 || random() >= noise) return bytes
    const noisy = Uint8Array.from(bytes)
    const at = Math.floor(random() * noisy.length)
    noisy[at] = (noisy[at] ?? 0) ^ (1 << Math.floor(random() * 8))
    return noisy
  }

  /** Two drivers against each other: of every byte, some bits are wrong. */
  #garble(bytes: Uint8Array): Uint8Array {
    return bytes.map((byte) => byte ^ (1 + Math.floor(this.#parts.random() * 0xff)))
  }

  #junk(length: number): Uint8Array {
    return Uint8Array.from({ length }, () => Math.floor(this.#parts.random() * 0x100))
  }
}
