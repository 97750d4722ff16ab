import { Command, Option } from 'commander'
import { examples } from '../command.ts'
import { atDesk, type Desk } from '../desk.ts'
import { profileNames, type ProfileName } from '../explain/identifier.ts'
import { inLanguage } from '../language-option.ts'
import { parseAddress } from '../option-parsers.ts'
import { credentialsFrom, withCredentials, type CredentialsFlags } from './credentials-options.ts'
import { lineOf, withLine, type LineFlags } from './link-options.ts'
import { runMeterWrite } from './meter-write.ts'

type Flags = LineFlags & CredentialsFlags & Readonly<{ address?: string; profile: ProfileName }>

export const writeCommand = (openDesk: () => Desk): Command => {
  const command = withCredentials(
    withLine(
      new Command('write').description(
        'Write one parameter of one meter (function 14H, class 04), and read it back. Exit code 0 only when it shows it.',
      ),
    ),
  )
    .argument('<item>', "an identifier's name or its eight digits, for example moneyAlarm1 or 04001001")
    .argument('<value>', 'as it is printed when it is read, or hex: and the bytes as they stand in the frame')
    .addOption(
      new Option('--address <digits>', 'address of the meter; without it the one meter on the line is asked').argParser(
        parseAddress,
      ),
    )
    .addOption(
      new Option('--profile <name>', 'what this generation of meters means by its identifiers')
        .choices(profileNames)
        .default('standard'),
    )
    .action(async (item: string, value: string, flags: Flags) => {
      const desk = inLanguage(openDesk(), flags.lang)
      process.exitCode = await atDesk(desk, async () =>
        runMeterWrite(
          {
            ...lineOf(flags),
            address: flags.address ?? null,
            item,
            value,
            yes: flags.yes,
            profile: flags.profile,
            credentials: await credentialsFrom(flags, desk),
          },
          desk,
        ),
      )
    })
  return examples(command, [
    [
      'meter write moneyAlarm1 20.00 --tcp 192.0.2.7:8001 --address 161',
      'asks for the password, and once more before it writes',
    ],
    ['meter write tripDelay 5 --serial /dev/ttyUSB0 --password-env METER_PASSWORD --yes', 'minutes, without questions'],
    ['meter write settlementDay1 01-00 --tcp 192.0.2.7:8001 --address 161', 'the first of the month, midnight'],
    ['meter write 04001001 "hex:00 20 00 00" --tcp 192.0.2.7:8001 --address 161', 'the bytes themselves'],
  ])
}
