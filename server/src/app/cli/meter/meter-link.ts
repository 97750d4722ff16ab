import { toHex } from '@xianfu/protocols'
import type { Clock } from '../../../domain/clock.ts'
import type { LineConfig } from '../../../headend/headend.ts'
import { defaultLimits } from '../../../headend/limits.ts'
import { Wire } from '../../../headend/line/wire.ts'
import { acceptGateway } from '../../../headend/transport/accept-gateway.ts'
import { openSerial } from '../../../headend/transport/serial-transport.ts'
import { dialTcp } from '../../../headend/transport/tcp-transport.ts'
import type { Transport } from '../../../headend/transport/transport.ts'
import { cannotBeDone } from '../refusal.ts'

/** How the field engineer reaches the line. */
export type MeterLink = Readonly<
  | { kind: 'tcp'; host: string; port: number }
  | { kind: 'serial'; path: string }
  | { kind: 'listen'; port: number; registration: string | null }
>

export type LinkOptions = Readonly<{
  link: MeterLink
  line: LineConfig
  clock: Clock
  /** How long `--listen` waits for a gateway. */
  waitMs: number
  /** Shows bytes with their direction and time, when asked for. */
  trace: ((line: string) => void) | null
  notice(line: string): void
}>

/** The line as bytes, before anybody asks anything. */
export const openTransport = async (options: LinkOptions): Promise<Transport> => {
  const opened = await open(options)
  return options.trace === null ? opened : traced(opened, options.clock, options.trace)
}

/** Opens the link, alone and without a schedule: whoever runs the command has the line. */
export const openWire = async (options: LinkOptions): Promise<Wire> =>
  wireOver(await openTransport(options), options.clock)

/** One question at a time over a transport that is open. */
export const wireOver = (transport: Transport, clock: Clock): Wire =>
  new Wire({
    transport,
    clock,
    guardMs: defaultLimits.guardMs,
    lateAnswerMs: defaultLimits.lateAnswerMs,
    filter: (bytes) => bytes,
    onHeard: () => undefined,
    onDropped: () => undefined,
    onClose: () => undefined,
  })

const open = async ({ link, line, clock, waitMs, notice }: LinkOptions): Promise<Transport> => {
  const { dialTimeoutMs, writeTimeoutMs } = defaultLimits
  if (link.kind === 'serial') return openSerial(link.path, line, { clock, writeTimeoutMs })
  const over = new AbortController()
  if (link.kind === 'tcp')
    return dialTcp(link, { clock, dialTimeoutMs, writeTimeoutMs, signal: over.signal }).catch((error: unknown) => {
      const words = error instanceof Error ? error.message : String(error)
      throw cannotBeDone(`${words} Check the host and the port, and that the gateway has power and listens there.`)
    })
  const done = new AbortController()
  clock.delay(waitMs, done.signal).then(
    () =>
      over.abort(
        new Error(
          `No gateway dialled in within ${String(Math.round(waitMs / 1_000))} s. Check the server address and port that are set in it.`,
        ),
      ),
    () => undefined,
  )
  try {
    return await acceptGateway({
      host: '0.0.0.0',
      port: link.port,
      registration: link.registration,
      clock,
      limits: defaultLimits,
      log: (event) => {
        if (event.kind === 'listening') notice(`Waiting for a gateway on port ${String(event.port)} …`)
        if (event.kind === 'gateway-unknown')
          notice(`${event.remoteAddress} registered as "${event.registration}" and was not let in.`)
      },
      signal: over.signal,
    })
  } finally {
    done.abort()
  }
}

/** Every byte that passes, before anybody judges it. */
const traced = (transport: Transport, clock: Clock, trace: (line: string) => void): Transport => {
  const startMs = clock.elapsedMs()
  const show = (direction: '→' | '←', bytes: Uint8Array): void => {
    trace(`${direction} ${String(Math.round(clock.elapsedMs() - startMs)).padStart(6)} ms  ${toHex(bytes)}`)
  }
  return {
    ...transport,
    write: async (bytes) => {
      show('→', bytes)
      await transport.write(bytes)
    },
    onBytes: (listener) => {
      transport.onBytes((bytes) => {
        show('←', bytes)
        listener(bytes)
      })
    },
  }
}
