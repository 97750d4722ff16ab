import type { Clock } from '../../domain/clock.ts'
import type { Transport } from './transport.ts'

/** The part of a socket and of a serial port that differs. */
export type Carrier = Readonly<{
  remoteAddress: string
  /** Calls back when the bytes have been handed over, or with what went wrong. */
  send(bytes: Uint8Array, done: (error: Error | null | undefined) => void): void
  destroy(): void
}>

/** Bytes kept while nobody listens; a peer that sends more before it is heard is cut off. */
const maxUnheardBytes = 4_096

/** What sockets and serial ports have in common as transports: listeners, a bounded write, closing once. */
export class BytePipe {
  readonly #carrier: Carrier
  readonly #clock: Clock
  readonly #writeTimeoutMs: number
  #bytesListener: ((bytes: Uint8Array) => void) | null = null
  #closeListener: ((reason: string) => void) | null = null
  #unheard: Uint8Array[] = []
  #unheardBytes = 0
  #closedBecause: string | null = null

  constructor(carrier: Carrier, clock: Clock, writeTimeoutMs: number) {
    this.#carrier = carrier
    this.#clock = clock
    this.#writeTimeoutMs = writeTimeoutMs
  }

  /** The side that talks to the headend. */
  transport(): Transport {
    return {
      remoteAddress: this.#carrier.remoteAddress,
      write: async (bytes) => this.#write(bytes),
      onBytes: (listener) => this.#listen(listener),
      onClose: (listener) => {
        this.#closeListener = listener
        if (this.#closedBecause !== null) listener(this.#closedBecause)
      },
      close: (reason) => this.closed(reason),
    }
  }

  /** Bytes arrived from the carrier. */
  received(bytes: Uint8Array): void {
    if (this.#closedBecause !== null) return
    if (this.#bytesListener !== null) return this.#bytesListener(bytes)
    this.#unheardBytes += bytes.length
    if (this.#unheardBytes > maxUnheardBytes) return this.closed('it sent too much before it was heard')
    this.#unheard.push(bytes)
  }

  /** The carrier ended, or is to end. */
  closed(reason: string): void {
    if (this.#closedBecause !== null) return
    this.#closedBecause = reason
    this.#unheard = []
    this.#carrier.destroy()
    this.#closeListener?.(reason)
  }

  #listen(listener: (bytes: Uint8Array) => void): void {
    this.#bytesListener = listener
    const kept = this.#unheard
    this.#unheard = []
    this.#unheardBytes = 0
    for (const bytes of kept) listener(bytes)
  }

  async #write(bytes: Uint8Array): Promise<void> {
    if (this.#closedBecause !== null) throw new Error(`The link is closed: ${this.#closedBecause}.`)
    await new Promise<void>((resolve, reject) => {
      const fail = (error: Error): void => {
        this.closed(`writing failed: ${error.message}`)
        reject(error)
      }
      const callOff = this.#clock.after(this.#writeTimeoutMs, () => fail(new Error('The bytes did not leave in time.')))
      this.#carrier.send(bytes, (error) => {
        callOff()
        if (error === null || error === undefined) resolve()
        else fail(error)
      })
    })
  }
}
