import { Option, type Command } from 'commander'
import type { LineConfig } from '../../../headend/headend.ts'
import type { Language } from '../desk.ts'
import { languageOption } from '../language-option.ts'
import { parsePort, parsePositive, parseTarget } from '../option-parsers.ts'
import { calledWrongly } from '../refusal.ts'
import type { MeterLink } from './meter-link.ts'
import type { LineOptions } from './session.ts'

/** How to reach the line, in the words of the command line: the same options for every command that talks to meters. */
export type LinkFlags = Readonly<{
  tcp?: Readonly<{ host: string; port: number }>
  serial?: string
  listen?: number
  registration?: string
  wait: number
  parity: LineConfig['parity']
}>

export const withLink = (command: Command): Command =>
  command
    .addOption(new Option('--tcp <host:port>', 'a gateway that is dialled').argParser(parseTarget))
    .option('--serial <path>', 'a serial port, for example /dev/ttyUSB0 or COM3')
    .addOption(new Option('--listen <port>', 'wait for one gateway that dials in').argParser(parsePort))
    .option('--registration <text>', 'with --listen: take only the gateway that registers with this text')
    .addOption(new Option('--wait <seconds>', 'with --listen: how long to wait').default(120).argParser(parsePositive))
    .addOption(new Option('--parity <parity>', 'parity on the line').choices(['none', 'even', 'odd']).default('even'))

export const withRate = (command: Command): Command =>
  command.addOption(new Option('--baud <rate>', 'bits per second on the line').default(2_400).argParser(parsePositive))

export const linkOf = ({ tcp, serial, listen, registration }: LinkFlags): MeterLink => {
  const links: MeterLink[] = []
  if (tcp !== undefined) links.push({ kind: 'tcp', ...tcp })
  if (serial !== undefined) links.push({ kind: 'serial', path: serial })
  if (listen !== undefined) links.push({ kind: 'listen', port: listen, registration: registration ?? null })
  const [only] = links
  if (links.length !== 1 || only === undefined)
    throw calledWrongly('Say how to reach the line: exactly one of --tcp HOST:PORT, --serial PATH, --listen PORT.')
  return only
}

/** The link, its rate, and how results are shown. */
export type LineFlags = LinkFlags & OutputFlags & Readonly<{ baud: number }>

export type OutputFlags = Readonly<{ lang?: Language; trace: boolean; json: boolean }>

export const withLine = (command: Command): Command => withOutput(withRate(withLink(command)))

export const withOutput = (command: Command): Command =>
  command
    .option('--trace', 'show every byte with its direction and time', false)
    .option('--json', 'print JSON', false)
    .addOption(languageOption())

export const lineOf = (flags: LineFlags): LineOptions => ({
  link: linkOf(flags),
  line: { baudRate: flags.baud, parity: flags.parity },
  waitMs: flags.wait * 1_000,
  trace: flags.trace,
  json: flags.json,
})
