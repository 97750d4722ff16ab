import type { LineConfig } from '../headend.ts'
import { longestMeterResponseMs, wakeUpBytes } from '../limits.ts'

/** Start bit, eight data bits, stop bit, and the parity bit where there is one. */
const bitsPerByte = (line: LineConfig): number => (line.parity === 'none' ? 10 : 11)

/** How long so many bytes are on the wire. */
export const transmissionMs = (byteCount: number, line: LineConfig): number =>
  (byteCount * bitsPerByte(line) * 1_000) / line.baudRate

/** Modbus RTU tells frames apart by 3.5 characters of silence; above 19200 bit/s it is a fixed time. */
const silentCharacters = 3.5
const shortestSilenceMs = 1.75

/** How long a line must have been silent before a Modbus RTU question. */
export const silentCharactersMs = (line: LineConfig): number =>
  Math.max(shortestSilenceMs, transmissionMs(silentCharacters, line))

/** What is learnt of one meter: how long its answers take beyond the time of the bytes themselves. */
export type ResponseTime = Readonly<{
  timeoutMs(requestBytes: number, replyBytes: number, line: LineConfig): number
  measured(durationMs: number, requestBytes: number, replyBytes: number, line: LineConfig): void
}>

export type ResponseTimeLimits = Readonly<{ latencyMs: number; shortestLatencyMs: number; longestResponseMs: number }>

/** Weight of the slowest answer so far against a quicker new one; a slower one counts at once. */
const memory = 0.9

/** The budget is twice what was seen, for gateways whose delay changes with the network. */
const margin = 2

/**
 * A meter is first given the standard's 500 ms and the usual latency of a gateway; later twice what it really took,
 * never less than the standard plus a little, never more than the line can afford.
 */
export const createResponseTime = (limits: ResponseTimeLimits): ResponseTime => new LearntResponseTime(limits)

/** A class, as there is one for each of a million meters. */
class LearntResponseTime implements ResponseTime {
  readonly #limits: ResponseTimeLimits
  /** Whole milliseconds; -1 while nothing was measured. */
  #slowestMs = -1

  constructor(limits: ResponseTimeLimits) {
    this.#limits = limits
  }

  timeoutMs(requestBytes: number, replyBytes: number, line: LineConfig): number {
    return Math.ceil(transmissionMs(requestBytes + replyBytes + wakeUpBytes, line) + this.#allowanceMs())
  }

  measured(durationMs: number, requestBytes: number, replyBytes: number, line: LineConfig): void {
    const responseMs = Math.max(0, durationMs - transmissionMs(requestBytes + replyBytes, line))
    this.#slowestMs = Math.ceil(Math.max(responseMs, this.#slowestMs * memory))
  }

  #allowanceMs(): number {
    const { latencyMs, shortestLatencyMs, longestResponseMs } = this.#limits
    if (this.#slowestMs < 0) return longestMeterResponseMs + latencyMs
    const shortestMs = longestMeterResponseMs + shortestLatencyMs
    return Math.min(Math.max(this.#slowestMs * margin, shortestMs), longestResponseMs)
  }
}
