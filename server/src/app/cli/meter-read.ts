import { decodeValue, toHex, type Decoded } from '@xianfu/protocols'
import { Command, InvalidArgumentError, Option } from 'commander'
import type { Clock } from '../../domain/clock.ts'
import { ask, type Asker } from '../../headend/driver/dlt645-ask.ts'
import { readIdentifier, type IdentifierRead } from '../../headend/driver/dlt645-read.ts'
import type { LineConfig } from '../../headend/headend.ts'
import { defaultLimits } from '../../headend/limits.ts'
import type { Turn } from '../../headend/line/line.ts'
import { createResponseTime } from '../../headend/line/response-time.ts'
import { systemClock } from '../system-clock.ts'
import { defaultItemWords, itemsFor, itemWords, type MeterItem } from './meter-items.ts'
import { openLink, type MeterLink } from './meter-link.ts'
import { valueText } from './meter-values.ts'

export type MeterReadOptions = Readonly<{
  link: MeterLink
  line: LineConfig
  /** Twelve digits; null asks the one meter on the line who it is. */
  address: string | null
  items: readonly string[]
  trace: boolean
  json: boolean
  /** How long to wait for a gateway that dials in. */
  waitMs: number
  clock: Clock
  /** Results. */
  print(line: string): void
  /** Errors and progress. */
  complain(line: string): void
}>

/** Reads one meter once and prints what it says; resolves with the exit code and never throws for what the field does. */
export const runMeterRead = async (options: MeterReadOptions): Promise<number> => {
  const { complain, print, link, line, clock, waitMs } = options
  const items: MeterItem[] = []
  for (const word of options.items.length === 0 ? defaultItemWords : options.items) {
    const meant = itemsFor(word)
    if (meant === null) {
      complain(`"${word}" cannot be read. Say ${itemWords.join(', ')}, an identifier's name, or its eight digits.`)
      return 1
    }
    items.push(...meant)
  }
  const trace = options.trace ? (options.json ? complain : print) : null
  try {
    const opened = await openLink({ link, line, clock, waitMs, trace, notice: complain })
    try {
      return await readAndPrint(opened.turn, options, items)
    } finally {
      opened.close()
    }
  } catch (error) {
    complain(error instanceof Error ? error.message : String(error))
    return 1
  }
}

const readAndPrint = async (turn: Turn, options: MeterReadOptions, items: readonly MeterItem[]): Promise<number> => {
  const asker = askerOf(options)
  const address = options.address ?? (await readAddress(turn, asker, options))
  if (address === null) return 1
  const results: unknown[] = []
  if (!options.json) options.print(`meter ${address}`)
  let failed = false
  for (const item of items) {
    const read = await readWithRetry(turn, asker, address, item.identifier)
    if (!read.ok && read.code !== 'refused-by-meter') {
      options.complain(silenceWords(address, read, options))
      return 1
    }
    const decoded = read.ok && item.name !== null ? decodeValue(item.name, read.data) : null
    failed ||= !read.ok || decoded?.ok === false
    const { value, text } = presented(item, read, decoded)
    const digits = item.identifier.toString(16).toUpperCase().padStart(8, '0')
    results.push({ item: item.label, identifier: digits, name: item.name, value, text })
    if (!options.json) options.print(`${item.label.padEnd(12)} ${text}`)
  }
  if (options.json) options.print(JSON.stringify({ address, items: results }))
  return failed ? 1 : 0
}

const presented = (
  item: MeterItem,
  read: IdentifierRead,
  decoded: Decoded<unknown> | null,
): Readonly<{ value: unknown; text: string }> => {
  if (!read.ok) return { value: null, text: `the meter refused: ${read.detail}` }
  if (decoded === null) return { value: toHex(read.data), text: toHex(read.data) }
  if (!decoded.ok) return { value: null, text: `cannot be understood (${decoded.detail}): ${toHex(read.data)}` }
  return { value: decoded.value, text: valueText(item.name, decoded.value, read.data) }
}

const askerOf = ({ clock, line, link }: MeterReadOptions): Asker => ({
  clock,
  line,
  responseTime: createResponseTime({
    latencyMs: link.kind === 'serial' ? defaultLimits.serialLatencyMs : defaultLimits.gatewayLatencyMs,
    shortestLatencyMs: defaultLimits.shortestLatencyMs,
    longestResponseMs: defaultLimits.longestResponseMs,
  }),
})

const readAddress = async (turn: Turn, asker: Asker, options: MeterReadOptions): Promise<string | null> => {
  let heard = ''
  for (let attempt = 0; attempt < defaultLimits.readAttempts.person; attempt += 1) {
    const asked = await ask(turn, asker, { kind: 'read-address' }, 'read the address')
    if (asked.kind === 'reply') return asked.reply.address
    if (asked.kind !== 'silence') {
      options.complain('The connection was closed while the meter was asked for its address.')
      return null
    }
    heard = asked.detail
  }
  const several = heard.includes('(') ? ' Several meters may have answered at once: give --address.' : ''
  options.complain(`No meter told its address: ${heard}.${several} ${whatToCheck(options)}`)
  return null
}

const readWithRetry = async (
  turn: Turn,
  asker: Asker,
  address: string,
  identifier: number,
): Promise<IdentifierRead> => {
  const once = async (): Promise<IdentifierRead> =>
    readIdentifier(turn, asker, { address, identifier }, { maxFollowUpFrames: defaultLimits.maxFollowUpFrames })
  let read = await once()
  for (
    let attempt = 1;
    attempt < defaultLimits.readAttempts.person && !read.ok && read.code === 'no-answer';
    attempt += 1
  )
    read = await once()
  return read
}

const silenceWords = (
  address: string,
  read: Extract<IdentifierRead, { ok: false }>,
  options: MeterReadOptions,
): string => {
  if (read.code === 'no-answer') return `Meter ${address} gave ${read.detail}. ${whatToCheck(options)}`
  if (read.code === 'gateway-offline') return `The connection was closed while meter ${address} was read.`
  return `Meter ${address} could not be read: ${read.detail}.`
}

const whatToCheck = ({ line, link }: MeterReadOptions): string =>
  link.kind === 'serial'
    ? `Check the address, the wires A and B, and the rate and parity (now ${String(line.baudRate)}, ${line.parity}).`
    : 'Check the address, the wires A and B at the gateway, and the rate and parity that are set in the gateway.'

/** `xianfu meter …`, for people who stand in front of one. */
export const meterCommand = (): Command => {
  const meter = new Command('meter').description('Talk to one meter directly, without a server.')
  meter
    .command('read')
    .description('Read a meter over TCP, a serial port, or a gateway that dials in.')
    .argument('[items...]', `what to read: ${itemWords.join(', ')}, an identifier's name or its eight digits`)
    .addOption(new Option('--tcp <host:port>', 'a gateway that is dialled').argParser(parseTarget))
    .option('--serial <path>', 'a serial port, for example /dev/ttyUSB0 or COM3')
    .addOption(new Option('--listen <port>', 'wait for one gateway that dials in').argParser(parsePort))
    .option('--registration <text>', 'with --listen: take only the gateway that registers with this text')
    .addOption(new Option('--wait <seconds>', 'with --listen: how long to wait').default(120).argParser(parsePositive))
    .addOption(new Option('--baud <rate>', 'bits per second on the line').default(2_400).argParser(parsePositive))
    .addOption(new Option('--parity <parity>', 'parity on the line').choices(['none', 'even', 'odd']).default('even'))
    .addOption(
      new Option('--address <digits>', 'address of the meter; without it the meter is asked').argParser(parseAddress),
    )
    .option('--trace', 'show every byte with its direction and time', false)
    .option('--json', 'print one JSON object', false)
    .action(async (items: string[], flags: MeterReadFlags) => {
      const link = linkOf(flags)
      if (link === null) {
        console.error('Say how to reach the meter: exactly one of --tcp HOST:PORT, --serial PATH, --listen PORT.')
        process.exitCode = 1
        return
      }
      process.exitCode = await runMeterRead({
        link,
        line: { baudRate: flags.baud, parity: flags.parity },
        address: flags.address ?? null,
        items,
        trace: flags.trace,
        json: flags.json,
        waitMs: flags.wait * 1_000,
        clock: systemClock(),
        print: (line) => console.log(line),
        complain: (line) => console.error(line),
      })
    })
  return meter
}

type MeterReadFlags = Readonly<{
  tcp?: Readonly<{ host: string; port: number }>
  serial?: string
  listen?: number
  registration?: string
  wait: number
  baud: number
  parity: LineConfig['parity']
  address?: string
  trace: boolean
  json: boolean
}>

const linkOf = ({ tcp, serial, listen, registration }: MeterReadFlags): MeterLink | null => {
  const links: MeterLink[] = []
  if (tcp !== undefined) links.push({ kind: 'tcp', ...tcp })
  if (serial !== undefined) links.push({ kind: 'serial', path: serial })
  if (listen !== undefined) links.push({ kind: 'listen', port: listen, registration: registration ?? null })
  const [only] = links
  return links.length === 1 && only !== undefined ? only : null
}

const parsePort = (text: string): number => {
  const port = Number(text)
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new InvalidArgumentError('A port is a number up to 65535.')
  return port
}

const parseTarget = (text: string): Readonly<{ host: string; port: number }> => {
  const colon = text.lastIndexOf(':')
  const host = text.slice(0, colon).replace(/^\[(.*)\]$/u, '$1')
  if (colon < 1 || host === '') throw new InvalidArgumentError('Write it as HOST:PORT, for example 192.0.2.7:8001.')
  return { host, port: parsePort(text.slice(colon + 1)) }
}

const parsePositive = (text: string): number => {
  const value = Number(text)
  if (!Number.isInteger(value) || value <= 0) throw new InvalidArgumentError('It must be a whole number above 0.')
  return value
}

const parseAddress = (text: string): string => {
  if (!/^\d{1,12}$/u.test(text)) throw new InvalidArgumentError('An address has up to 12 digits.')
  return text.padStart(12, '0')
}
