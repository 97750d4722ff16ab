import {
  createFrameReader,
  decodeReply,
  encodeFrame,
  encodeRequest,
  identifiers,
  isMeterAddress,
  type Request,
} from '@xianfu/protocols'
import type { Clock } from '../../domain/clock.ts'
import { wakeUpBytes } from '../limits.ts'

/** A DL/T 645 meter, and the gateway that it speaks for. */
export type ProbedMeter = Readonly<{ gatewayId: number; address: string }>

export type MeterProbeOptions = Readonly<{
  clock: Clock
  /** In the order in which they are asked for. */
  candidates: readonly ProbedMeter[]
  /** No more than so many are asked for by their own address; any of them is recognised. */
  maxProbes: number
  write(bytes: Uint8Array): Promise<void>
  /** How long each question waits for a meter. */
  answerMs: number
  signal: AbortSignal
}>

export type MeterProbe = Readonly<{
  hear(bytes: Uint8Array): void
  /** The gateway whose meter has answered; null when none did, or the signal ended it. */
  found: Promise<number | null>
}>

/**
 * Finds out which gateway a silent connection is, by asking for its meters: first whoever is there, which one meter
 * alone on its line answers; then each known meter by its own address. Any intact answer of a known meter decides.
 */
export const probeMeters = (options: MeterProbeOptions): MeterProbe => {
  const { candidates, signal } = options
  const known = new Map(candidates.map(({ address, gatewayId }) => [address, gatewayId]))
  const reader = createFrameReader()
  const over = new AbortController()
  let gatewayId: number | null = null
  return {
    hear(bytes) {
      for (const frame of reader.push(bytes)) {
        const reply = decodeReply(frame)
        const heard = reply.ok ? known.get(reply.value.address) : undefined
        if (heard === undefined || over.signal.aborted) continue
        gatewayId = heard
        over.abort()
      }
    },
    found: askAll(
      options,
      questionsFor(candidates.slice(0, options.maxProbes)),
      AbortSignal.any([signal, over.signal]),
    ).then(() => gatewayId),
  }
}

const questionsFor = (candidates: readonly ProbedMeter[]): Request[] => [
  { kind: 'read-address' },
  ...candidates
    .filter(({ address }) => isMeterAddress(address))
    .map(({ address }) => ({ kind: 'read' as const, address, identifier: identifiers.communicationAddress.id })),
]

const askAll = async (
  { clock, write, answerMs }: MeterProbeOptions,
  questions: readonly Request[],
  signal: AbortSignal,
): Promise<void> => {
  for (const question of questions) {
    if (signal.aborted) return
    try {
      await write(encodeFrame(encodeRequest(question), { wakeUpBytes }))
    } catch {
      return
    }
    await clock.delay(answerMs, signal).catch(() => undefined)
  }
}
