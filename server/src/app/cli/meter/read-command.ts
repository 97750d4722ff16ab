import { Command, Option } from 'commander'
import { examples } from '../command.ts'
import { atDesk, type Desk } from '../desk.ts'
import { parseAddresses, parsePositive } from '../option-parsers.ts'
import { calledWrongly } from '../refusal.ts'
import { lineOf, withLine, type LineFlags } from './link-options.ts'
import { itemWords } from './meter-items.ts'
import { runMeterRead } from './meter-read.ts'

type Flags = LineFlags & Readonly<{ address?: readonly string[]; every?: number; times?: number }>

export const readCommand = (openDesk: () => Desk): Command => {
  const command = withLine(
    new Command('read').description('Read meters over TCP, a serial port, or a gateway that dials in.'),
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
    .action(async (items: string[], flags: Flags) => {
      const desk = openDesk()
      process.exitCode = await atDesk(desk, async () => {
        if (flags.times !== undefined && flags.every === undefined)
          throw calledWrongly('--times says how many rounds: say with --every SECONDS how far apart.')
        const { address, every, times } = flags
        return runMeterRead(
          {
            ...lineOf(flags),
            addresses: address ?? [],
            items,
            everyMs: every === undefined ? null : every * 1_000,
            times: times ?? null,
          },
          desk,
        )
      })
    })
  return examples(command, [
    ['meter read --tcp 192.0.2.7:8001 --address 202611010101 energy voltage status', 'three items of one meter'],
    ['meter read --serial /dev/ttyUSB0 --baud 2400', 'the one meter at an optical head or adapter'],
    ['meter read --listen 9000 --address 1,2,3 energy --every 60', 'three meters, every minute, until Ctrl-C'],
    ['meter read --tcp 192.0.2.7:8001 --address 161 00010000 --trace', 'any identifier, with the bytes'],
  ])
}
