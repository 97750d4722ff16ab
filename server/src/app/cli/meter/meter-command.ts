import { Command, Option } from 'commander'
import { examples } from '../command.ts'
import { atDesk, type Desk } from '../desk.ts'
import { parseAddresses, parsePositive } from '../option-parsers.ts'
import { calledWrongly } from '../refusal.ts'
import { linkOf, withLink, withRate, type LinkFlags } from './link-options.ts'
import { itemWords } from './meter-items.ts'
import { runMeterRead } from './meter-read.ts'
import type { LineOptions } from './session.ts'

type LineFlags = LinkFlags & Readonly<{ baud: number; trace: boolean; json: boolean }>

const lineOf = (flags: LineFlags): LineOptions => ({
  link: linkOf(flags),
  line: { baudRate: flags.baud, parity: flags.parity },
  waitMs: flags.wait * 1_000,
  trace: flags.trace,
  json: flags.json,
})

const withOutput = (command: Command): Command =>
  command.option('--trace', 'show every byte with its direction and time', false).option('--json', 'print JSON', false)

/** `xianfu meter …`, for people who stand in front of one. */
export const meterCommand = (openDesk: () => Desk): Command =>
  new Command('meter')
    .description('Talk to the meters of one line directly, without a server.')
    .addCommand(readCommand(openDesk))

const readCommand = (openDesk: () => Desk): Command => {
  const command = withOutput(
    withRate(
      withLink(new Command('read').description('Read meters over TCP, a serial port, or a gateway that dials in.')),
    ),
  )
    .argument('[items...]', `what to read: ${itemWords.join(', ')}, an identifier's name or its eight digits`)
    .addOption(
      new Option(
        '--address <digits>',
        'address of the meter, several by commas; without it the one meter on the line is asked',
      ).argParser(parseAddresses),
    )
    .addOption(new Option('--every <seconds>', 'read again and again').argParser(parsePositive))
    .addOption(new Option('--times <number>', 'with --every: so many rounds').argParser(parsePositive))
    .action(
      async (
        items: string[],
        flags: LineFlags & Readonly<{ address?: readonly string[]; every?: number; times?: number }>,
      ) => {
        const desk = openDesk()
        process.exitCode = await atDesk(desk, async () => {
          if (flags.times !== undefined && flags.every === undefined)
            throw calledWrongly('--times says how many rounds: say with --every SECONDS how far apart.')
          return runMeterRead(
            {
              ...lineOf(flags),
              addresses: flags.address ?? [],
              items,
              everyMs: flags.every === undefined ? null : flags.every * 1_000,
              times: flags.times ?? null,
            },
            desk,
          )
        })
      },
    )
  return examples(command, [
    ['meter read --tcp 192.0.2.7:8001 --address 202611010101 energy voltage status', 'three items of one meter'],
    ['meter read --serial /dev/ttyUSB0 --baud 2400', 'the one meter at an optical head or adapter'],
    ['meter read --listen 9000 --address 1,2,3 energy --every 60', 'three meters, every minute, until Ctrl-C'],
    ['meter read --tcp 192.0.2.7:8001 --address 161 00010000 --trace', 'any identifier, with the bytes'],
  ])
}
