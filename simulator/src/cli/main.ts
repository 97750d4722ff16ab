import { Command, CommanderError, InvalidArgumentError } from 'commander'
import type { ClockAnchor } from '../time/clock.ts'
import { changeOf, poke, type Door } from './poke.ts'
import { runVillage, type RunOptions } from './run-village.ts'
import { processSurface, type Surface } from './surface.ts'

const hostAndPort = (text: string): Door => {
  const match = /^(.+):(\d{1,5})$/u.exec(text)
  if (match === null) throw new InvalidArgumentError('must be HOST:PORT')
  return { host: match[1] ?? '', port: Number(match[2]) }
}

/** One, or several with commas between: a gateway that finds no one at the first dials the next. */
const headends = (text: string): Door[] => text.split(',').map(hostAndPort)

const portNumber = (text: string): number => {
  if (!/^\d{1,5}$/u.test(text) || Number(text) > 65_535)
    throw new InvalidArgumentError('must be a port from 0 to 65535')
  return Number(text)
}

const doorOf = (text: string): Door =>
  text.includes(':') ? hostAndPort(text) : { host: '127.0.0.1', port: portNumber(text) }

const anchor = (text: string): ClockAnchor => {
  if (!/^\d+,\d+,\d+(\.\d+)?$/u.test(text)) throw new InvalidArgumentError('must be VIRTUAL_MS,REAL_MS,RATE')
  const [virtualMs = 0, realMs = 0, rate = 1] = text.split(',').map(Number)
  return { virtualMs, realMs, rate }
}

const positive = (text: string): number => {
  if (!/^\d+(\.\d+)?$/u.test(text) || Number(text) <= 0) throw new InvalidArgumentError('must be a number above 0')
  return Number(text)
}

const whole = (text: string): number => {
  if (!/^\d{1,15}$/u.test(text)) throw new InvalidArgumentError('must be a whole number')
  return Number(text)
}

const population = (text: string): { gateways: number; metersPerGateway: number } => {
  const match = /^(\d{1,6})x(\d{1,3})$/u.exec(text)
  if (match === null) throw new InvalidArgumentError('must be GATEWAYSxMETERS, such as 5x200')
  return { gateways: Number(match[1]), metersPerGateway: Number(match[2]) }
}

const program = (surface: Surface): Command => {
  const command = new Command('xianfu-simulator')
    .description('A virtual field: DL/T 645-2007 meters on RS-485 lines behind TCP gateways.')
    .option('--village <file>', 'what there is: gateways, lines, meters (YAML or JSON)')
    .option(
      '--generate <gateways>x<meters>',
      'instead of a file: so many gateways to be dialled, so many meters each',
      population,
    )
    .option(
      '--headend <host:port,...>',
      'where gateways dial in; of several, each begins at another and goes on to the next',
      headends,
    )
    .option('--control-port <port>', 'HTTP port for experimenters on 127.0.0.1, 0 for any free one', portNumber)
    .option('--speed <rate>', 'how fast the wall clock runs; bytes on wires keep their true length', positive)
    .option('--clock <virtual,real,rate>', 'wall clock: anchor in epoch milliseconds, and how fast it runs', anchor)
    .option('--seed <number>', 'in place of the seed of the file', whole)
    .option('--state <file>', 'keep what meters remember here from run to run')
    .option('--check', 'say what is wrong with the file, and start nothing')
    .option('--with-parent', 'end when the standard input ends')
    .addHelpText('after', help)
    .action(async (options: RunOptions) => runVillage(options, surface))
    .exitOverride()
    .configureOutput({ writeOut: (text) => surface.out(text), writeErr: (text) => surface.err(text) })
  const door = ['-c, --control <port>', 'control port of the running village, or HOST:PORT', doorOf] as const
  const sub = (name: string, description: string): Command =>
    command
      .command(name)
      .description(description)
      .requiredOption(...door)
  type At = Readonly<{ control: Door }>
  sub('look', 'what a meter is doing; without an address all gateways')
    .argument('[address]')
    .action(async (address: string | undefined, { control }: At) =>
      poke(control, 'GET', address === undefined ? ['status'] : ['meters', address], surface),
    )
  sub('set', 'change something at a meter: constantWatts=3000 meterCover=open lostPhases=\'["a"]\' …')
    .argument('<address>')
    .argument('<key=value...>')
    .action(async (address: string, words: string[], { control }: At) =>
      poke(control, 'PATCH', ['meters', address], surface, changeOf(words)),
    )
  sub('press', 'press the button of a meter')
    .argument('<address>')
    .action(async (address: string, { control }: At) => poke(control, 'POST', ['meters', address, 'button'], surface))
  sub('display', 'what a meter shows now')
    .argument('<address>')
    .action(async (address: string, { control }: At) => poke(control, 'GET', ['meters', address, 'display'], surface))
  sub('pulses', 'what a counter at its terminals has counted')
    .argument('<address>')
    .action(async (address: string, { control }: At) => poke(control, 'GET', ['meters', address, 'pulses'], surface))
  sub('gateway', 'cut a gateway, or take it away and bring it back')
    .argument('<id>')
    .argument('<drop|offline|online>')
    .action(async (id: string, action: string, { control }: At) =>
      poke(control, 'POST', ['gateways', id, action], surface),
    )
  return command
}

const help = `
The first line on the standard output is JSON: {"event":"ready","controlPort":…,"seed":…,"meters":…,"gateways":[{"id":…,"port":…}]}.
Events of gateways go to the standard error. Ctrl-C stops; exit code 0 stopped when asked, 1 failed, 2 called wrongly.

  xianfu-simulator --generate 2x10 --control-port 8645
  xianfu-simulator look -c 8645 000000000001
  xianfu-simulator set -c 8645 000000000001 constantWatts=3000
`

/** Exit code: 0 stopped when asked, 1 failed, 2 called wrongly. */
export const main = async (argv: readonly string[], surface: Surface = processSurface): Promise<number> => {
  try {
    await program(surface).parseAsync([...argv])
    return 0
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
    surface.err(`xianfu-simulator: ${error instanceof Error ? error.message : String(error)}\n`)
    return 1
  }
}
