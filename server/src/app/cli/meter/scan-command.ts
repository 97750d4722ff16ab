import { Command, InvalidArgumentError, Option } from 'commander'
import { examples } from '../command.ts'
import { atDesk, type Desk } from '../desk.ts'
import { inLanguage } from '../language-option.ts'
import { parsePositive, parseRates } from '../option-parsers.ts'
import { linkOf, withLink, withOutput, type LinkFlags, type OutputFlags } from './link-options.ts'
import { runMeterScan } from './meter-scan.ts'

type Flags = LinkFlags &
  OutputFlags &
  Readonly<{
    baud: readonly number[]
    suffix: string
    deep: boolean
    mostQuestions: number
  }>

export const scanCommand = (openDesk: () => Desk): Command => {
  const command = withOutput(
    withLink(
      new Command('scan').description(
        'Find the addresses of the meters on a line: by wildcard for one, digit pair by digit pair for several.',
      ),
    ),
  )
    .addOption(
      new Option('--baud <rates>', 'rates to try, by commas; a gateway has one of its own')
        .default([2_400], '2400')
        .argParser(parseRates),
    )
    .addOption(
      new Option('--suffix <digits>', 'look only for addresses that end so (an even number of digits)')
        .default('')
        .argParser(parseSuffix),
    )
    .option('--deep', 'try all pairs of last digits even if nobody answers: about 100 questions', false)
    .addOption(new Option('--most-questions <number>', 'stop after so many').default(3_000).argParser(parsePositive))
    .action(async (flags: Flags) => {
      const desk = inLanguage(openDesk(), flags.lang)
      process.exitCode = await atDesk(desk, async () => {
        const { parity, baud, suffix, deep, mostQuestions, trace, json, wait } = flags
        return runMeterScan(
          {
            link: linkOf(flags),
            waitMs: wait * 1_000,
            parity,
            baudRates: baud,
            suffix,
            deep,
            mostQuestions,
            trace,
            json,
          },
          desk,
        )
      })
    })
  return examples(command, [
    ['meter scan --serial /dev/ttyUSB0 --baud 2400,9600,1200', 'whoever hangs at an adapter, at three rates'],
    ['meter scan --tcp 192.0.2.7:8001', 'all meters behind a gateway'],
    ['meter scan --tcp 192.0.2.7:8001 --suffix 01 --json', 'those whose address ends with 01'],
  ])
}

const parseSuffix = (text: string): string => {
  if (!/^(?:\d\d){0,5}$/u.test(text)) throw new InvalidArgumentError('A suffix has 2, 4, 6, 8 or 10 digits.')
  return text
}
