import { Command, Option } from 'commander'
import { examples } from '../command.ts'
import { atDesk, type Desk, type Language } from '../desk.ts'
import { profileNames, type ProfileName } from '../explain/identifier.ts'
import { inLanguage, languageOption } from '../language-option.ts'
import { linkOf, withLink, withRate, type LinkFlags } from '../meter/link-options.ts'
import { parsePositive } from '../option-parsers.ts'
import { calledWrongly } from '../refusal.ts'
import { runSniff, type SniffOptions } from './meter-sniff.ts'

type Flags = LinkFlags &
  Readonly<{
    baud: number
    file?: string
    for?: number
    save?: string
    lang?: Language
    profile: ProfileName
    full: boolean
    bytes: boolean
    json: boolean
  }>

export const sniffCommand = (openDesk: () => Desk): Command => {
  const command = withRate(
    withLink(
      new Command('sniff').description(
        'Listen to a line without sending, or read a capture: explain each frame, pair requests with answers, time them.',
      ),
    ),
  )
    .option(
      '--file <path>',
      'read a capture instead: hexadecimal digits, with or without times, or the bytes; - is the standard input',
    )
    .addOption(new Option('--for <seconds>', 'listen for so long (default: until Ctrl-C)').argParser(parsePositive))
    .option('--save <path>', 'keep what is heard, as --file reads it')
    .option('--full', 'every field of every frame', false)
    .option('--bytes', 'the bytes below each line', false)
    .addOption(languageOption())
    .addOption(
      new Option('--profile <name>', 'what this generation of meters means by its identifiers')
        .choices(profileNames)
        .default('standard'),
    )
    .option('--json', 'print one JSON object for each frame, and a summary at the end', false)
    .action(async (flags: Flags) => {
      const desk = inLanguage(openDesk(), flags.lang)
      process.exitCode = await atDesk(desk, async () => runSniff(optionsOf(flags), desk))
    })
  return examples(command, [
    ['meter sniff --serial /dev/ttyUSB0 --baud 2400 --save today.txt', 'what passes on two wires, until Ctrl-C'],
    ['meter sniff --tcp 192.0.2.7:8001 --for 60 --bytes', 'a minute of what a gateway passes on'],
    ['meter sniff --file today.txt --full', 'every field of a capture'],
  ])
}

const optionsOf = (flags: Flags): SniffOptions => {
  const { file, profile, full, bytes, json, baud, parity, wait, save } = flags
  if (file !== undefined && (flags.tcp ?? flags.serial ?? flags.listen) !== undefined)
    throw calledWrongly('Say either --file or how to reach a line, not both.')
  return {
    source:
      file === undefined
        ? { kind: 'line', link: linkOf(flags), line: { baudRate: baud, parity }, waitMs: wait * 1_000 }
        : { kind: 'file', path: file },
    profile,
    full,
    bytes,
    json,
    forMs: flags.for === undefined ? null : flags.for * 1_000,
    save: save ?? null,
  }
}
