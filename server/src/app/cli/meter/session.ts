import type { Asker } from '../../../headend/driver/ask-line.ts'
import { ask, type Asked } from '../../../headend/driver/dlt645-ask.ts'
import { readIdentifier, type IdentifierRead } from '../../../headend/driver/dlt645-read.ts'
import type { LineConfig } from '../../../headend/headend.ts'
import { defaultLimits } from '../../../headend/limits.ts'
import { createResponseTime } from '../../../headend/line/response-time.ts'
import type { Wire } from '../../../headend/line/wire.ts'
import type { Request } from '@xianfu/protocols'
import type { Desk } from '../desk.ts'
import { cannotBeDone } from '../refusal.ts'
import { openWire, type MeterLink } from './meter-link.ts'

export type LineOptions = Readonly<{
  link: MeterLink
  line: LineConfig
  /** How long to wait for a gateway that dials in. */
  waitMs: number
  trace: boolean
  json: boolean
}>

/** One open line and how to talk to the meters on it. Silence is asked twice, as a person would. */
export type Session = Readonly<{
  wire: Wire
  asker: Asker
  read(address: string, identifier: number): Promise<IdentifierRead>
  /** Once: an order is not repeated without looking what the first one did. */
  ask(request: Request, meaning: string): Promise<Asked>
  /** The address given, or that of the one meter on the line. */
  addressOr(given: string | null): Promise<string>
  /** What to look at when a meter is silent. */
  whatToCheck: string
}>

/** Opens the line, works, and closes it whatever happens. */
export const withSession = async <T>(
  options: LineOptions,
  desk: Desk,
  work: (session: Session) => Promise<T>,
): Promise<T> => {
  const { link, line, waitMs, json } = options
  const show = json ? desk.complain : desk.print
  const wire = await openWire({
    link,
    line,
    waitMs,
    clock: desk.clock,
    trace: options.trace ? (text) => show(desk.paint('dim', text)) : null,
    notice: desk.complain,
  })
  try {
    return await work(sessionOn(wire, options, desk))
  } finally {
    wire.close('done')
  }
}

/** Talks over a wire that is open already. */
export const sessionOn = (wire: Wire, { link, line }: LineOptions, { clock }: Desk): Session => {
  const asker: Asker = {
    clock,
    lineConfig: line,
    responseTime: createResponseTime({
      latencyMs: link.kind === 'serial' ? defaultLimits.serialLatencyMs : defaultLimits.gatewayLatencyMs,
      shortestLatencyMs: defaultLimits.shortestLatencyMs,
      longestResponseMs: defaultLimits.longestResponseMs,
    }),
  }
  const whatToCheck =
    link.kind === 'serial'
      ? `Check the address, the wires A and B, and the rate and parity (now ${String(line.baudRate)}, ${line.parity}).`
      : 'Check the address, the wires A and B at the gateway, and the rate and parity that are set in the gateway.'
  const attempts = defaultLimits.readAttempts.person

  const readOnce = async (address: string, identifier: number): Promise<IdentifierRead> =>
    readIdentifier(wire, asker, { address, identifier }, { maxFollowUpFrames: defaultLimits.maxFollowUpFrames })

  const ownAddress = async (): Promise<string> => {
    let heard = ''
    for (let attempt = 0; attempt < attempts; attempt += 1) {
      const asked = await ask(wire, asker, { kind: 'read-address' }, 'read the address')
      if (asked.kind === 'reply') return asked.reply.address
      if (asked.kind !== 'silence')
        throw cannotBeDone('The connection was closed while the meter was asked for its address.')
      heard = asked.detail
    }
    const several = heard.includes('(')
      ? ' Several meters may have answered at once: give --address, or look for them with "xianfu meter scan".'
      : ''
    throw cannotBeDone(`No meter told its address: ${heard}.${several} ${whatToCheck}`)
  }

  return {
    wire,
    asker,
    whatToCheck,
    read: async (address, identifier) => {
      let read = await readOnce(address, identifier)
      for (let attempt = 1; attempt < attempts && !read.ok && read.code === 'no-answer'; attempt += 1)
        read = await readOnce(address, identifier)
      return read
    },
    ask: async (request, meaning) => ask(wire, asker, request, meaning),
    addressOr: async (given) => given ?? ownAddress(),
  }
}

/** Why a meter could not be read, and what to do about it; a refusal of the meter is no silence. */
export const silenceWords = (
  address: string,
  read: Extract<IdentifierRead, { ok: false }>,
  { whatToCheck }: Session,
): string => {
  if (read.code === 'no-answer') return `Meter ${address} gave ${read.detail}. ${whatToCheck}`
  if (read.code === 'gateway-offline') return `The connection was closed while meter ${address} was read.`
  return `Meter ${address} could not be read: ${read.detail}.`
}
