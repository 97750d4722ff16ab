import { Command, Option } from 'commander'
import { examples } from '../command.ts'
import { atDesk, type Desk, type Language } from '../desk.ts'
import { profileNames, type ProfileName } from '../explain/identifier.ts'
import { inLanguage, languageOption } from '../language-option.ts'
import { runFrame } from './explain-frames.ts'

type Flags = Readonly<{ file?: string; lang?: Language; json: boolean; profile: ProfileName }>

export const frameCommand = (openDesk: () => Desk): Command => {
  const command = new Command('frame')
    .description('Explain frames field by field: offset, bytes, meaning, clause. Exit code 0 when all are intact.')
    .argument('[bytes...]', 'the bytes in hexadecimal digits; without them the standard input is read')
    .option('--file <path>', 'read them from a file: digits, with or without times, or the bytes themselves')
    .addOption(languageOption())
    .addOption(
      new Option('--profile <name>', 'what this generation of meters means by its identifiers')
        .choices(profileNames)
        .default('standard'),
    )
    .option('--json', 'print one JSON object for each frame', false)
    .action(async (words: string[], flags: Flags) => {
      const desk = inLanguage(openDesk(), flags.lang)
      process.exitCode = await atDesk(desk, async () =>
        runFrame({ words, file: flags.file ?? null, json: flags.json, profile: flags.profile }, desk),
      )
    })
  return examples(command, [
    ['frame "68 61 01 00 00 00 00 68 91 08 33 33 34 33 59 33 33 33 8A 16"', 'one frame'],
    ['frame --lang zh 68AAAAAAAAAAAA681300DF16', 'in Chinese; blanks do not matter'],
    ['frame --file capture.txt --json', 'all frames of a capture, for programs'],
  ])
}
