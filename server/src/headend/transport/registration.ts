import type { Identification } from '../headend.ts'

/**
 * Finds out which gateway has just connected. Most gateways introduce themselves by a text that was set in them, as the
 * first bytes of the connection; the network may cut it anywhere or glue the first heartbeat or frame to it.
 */
export type KnownGateway = Readonly<{
  gatewayId: number
  registration: string
  heartbeat: string | null
  /** By its packet when absent. */
  identifiedBy?: Identification
  /** DL/T 645 meters behind it, for a gateway that is known by a meter. */
  meterAddresses?: readonly string[]
  /** A gateway that is there already is asked for last. */
  isOnline?: boolean
}>

export type Registration = Readonly<
  /** Not enough bytes yet. */
  | { kind: 'incomplete' }
  /** `rest`: bytes behind the registration. Not `certain` while more bytes could still make it another gateway's. */
  | { kind: 'known'; gatewayId: number; rest: Uint8Array; certain: boolean }
  | { kind: 'unknown' }
>

const frameStarts: ReadonlySet<number> = new Set([0x68, 0xfe])

export const readRegistration = (bytes: Uint8Array, gateways: readonly KnownGateway[]): Registration => {
  const start = bytes.findIndex((byte) => !isSeparator(byte))
  if (start === -1) return { kind: 'incomplete' }
  const packet = bytes.subarray(start)
  const sure: Candidate[] = []
  const possible: Candidate[] = []
  for (const gateway of gateways) {
    const text = latin1Bytes(gateway.registration)
    if (!startsWith(packet, text)) continue
    const rest = packet.subarray(text.length)
    const judged = judgeRest(rest, gateway.heartbeat)
    if (judged === 'ours') sure.push({ gateway, rest })
    if (judged === 'perhaps') possible.push({ gateway, rest })
  }
  // The longest registration wins, should the bytes behind one also be read as the end of another.
  const known = longest(sure) ?? longest(possible)
  if (known !== null)
    return { kind: 'known', gatewayId: known.gateway.gatewayId, rest: known.rest, certain: sure.length > 0 }
  const incomplete = gateways.some(({ registration }) => startsWith(latin1Bytes(registration), packet))
  return { kind: incomplete ? 'incomplete' : 'unknown' }
}

/** The bytes as a person may read them in a log. */
export const printable = (bytes: Uint8Array, maxLength = 64): string =>
  [...bytes.subarray(0, maxLength)]
    .map((byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCodePoint(byte) : '.'))
    .join('')

/** One byte per character: what people type into a gateway's configuration is sent like this. */
export const latin1Bytes = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'latin1'))

type Candidate = Readonly<{ gateway: KnownGateway; rest: Uint8Array }>

const longest = (candidates: readonly Candidate[]): Candidate | null =>
  candidates.reduce<Candidate | null>(
    (best, each) =>
      best === null || each.gateway.registration.length > best.gateway.registration.length ? each : best,
    null,
  )

const judgeRest = (rest: Uint8Array, heartbeat: string | null): 'ours' | 'perhaps' | 'no' => {
  const [next] = rest
  if (next === undefined) return 'perhaps'
  if (isSeparator(next) || frameStarts.has(next)) return 'ours'
  if (heartbeat === null) return 'no'
  const beat = latin1Bytes(heartbeat)
  if (startsWith(rest, beat)) return 'ours'
  return startsWith(beat, rest) ? 'perhaps' : 'no'
}

const isSeparator = (byte: number): boolean => byte === 0x0d || byte === 0x0a || byte === 0x00

/** A line end behind a registration is no part of what the line says. */
export const withoutSeparators = (bytes: Uint8Array): Uint8Array => {
  const start = bytes.findIndex((byte) => !isSeparator(byte))
  return start === -1 ? new Uint8Array(0) : bytes.subarray(start)
}

const startsWith = (bytes: Uint8Array, beginning: Uint8Array): boolean =>
  beginning.length <= bytes.length && beginning.every((byte, index) => bytes[index] === byte)
