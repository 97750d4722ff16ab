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
  isOnline?(): boolean
}>

export type Registration = Readonly<
  /** Not enough bytes yet. */
  | { kind: 'incomplete' }
  /** `rest`: bytes behind the registration. Not `certain` while more bytes could still make it another gateway's. */
  | { kind: 'known'; gatewayId: number; rest: Uint8Array; certain: boolean }
  | { kind: 'unknown' }
>

const frameStarts: ReadonlySet<number> = new Set([0x68, 0xfe])

/**
 * The gateways that may dial in, ordered by how they are known. Made once for an archive: after a power cut thousands dial
 * at the same moment, and each must not be compared with all the others.
 */
export type RegistrationBook = Readonly<{
  /** Which gateway these first bytes of a connection are from. */
  read(bytes: Uint8Array): Registration
  /** The one that is known by the address it dials from. */
  dialsFrom(host: string): KnownGateway | undefined
  knownByMeter: readonly KnownGateway[]
}>

export const registrationBook = (gateways: readonly KnownGateway[]): RegistrationBook => {
  const by = (way: Identification): KnownGateway[] =>
    gateways.filter(({ identifiedBy = 'packet' }) => identifiedBy === way)
  const packets = by('packet')
  const byText = new Map(packets.map((gateway) => [gateway.registration, gateway]))
  const texts = [...byText.keys()].sort()
  const longestText = Math.max(0, ...texts.map(({ length }) => length))
  const byHost = new Map(by('remote-ip').map((gateway) => [gateway.registration, gateway]))

  const read = (bytes: Uint8Array): Registration => {
    const start = bytes.findIndex((byte) => !isSeparator(byte))
    if (start === -1) return { kind: 'incomplete' }
    const packet = bytes.subarray(start)
    const packetText = latin1Text(packet)
    let sure: Candidate | null = null
    let possible: Candidate | null = null
    // The longest registration wins, should the bytes behind one also be read as the end of another.
    for (let length = 1; length <= Math.min(packetText.length, longestText); length += 1) {
      const gateway = byText.get(packetText.slice(0, length))
      if (gateway === undefined) continue
      const rest = packet.subarray(length)
      const judged = judgeRest(rest, gateway.heartbeat)
      if (judged === 'ours') sure = { gateway, rest }
      if (judged === 'perhaps') possible = { gateway, rest }
    }
    const known = sure ?? possible
    if (known !== null)
      return { kind: 'known', gatewayId: known.gateway.gatewayId, rest: known.rest, certain: sure !== null }
    const next = texts[firstNotBefore(texts, packetText)]
    return { kind: next?.startsWith(packetText) === true ? 'incomplete' : 'unknown' }
  }

  return { read, dialsFrom: (host) => byHost.get(host), knownByMeter: by('meter') }
}

/** Where the text stands, or would stand, in a sorted list. */
const firstNotBefore = (sorted: readonly string[], text: string): number => {
  let low = 0
  let high = sorted.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((sorted[middle] ?? '') < text) low = middle + 1
    else high = middle
  }
  return low
}

/** The bytes as a person may read them in a log. */
export const printable = (bytes: Uint8Array, maxLength = 64): string =>
  [...bytes.subarray(0, maxLength)]
    .map((byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCodePoint(byte) : '.'))
    .join('')

/** One byte per character: what people type into a gateway's configuration is sent like this. */
export const latin1Bytes = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'latin1'))

const latin1Text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1')

type Candidate = Readonly<{ gateway: KnownGateway; rest: Uint8Array }>

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
