import { Command, Option } from 'commander'
import { examples } from '../command.ts'
import { atDesk, type Desk } from '../desk.ts'
import { inLanguage } from '../language-option.ts'
import { parseAddresses, parseTimeZone } from '../option-parsers.ts'
import { calledWrongly } from '../refusal.ts'
import { credentialsFrom, withCredentials, type CredentialsFlags } from './credentials-options.ts'
import { lineOf, withLine, type LineFlags } from './link-options.ts'
import { runMeterTime, type SettingWay } from './meter-time.ts'

type Flags = LineFlags &
  CredentialsFlags &
  Readonly<{ address?: readonly string[]; set: boolean; by?: SettingWay; timeZone?: string }>

export const timeCommand = (openDesk: () => Desk): Command => {
  const command = withCredentials(
    withLine(new Command('time').description("Tell how far meters' clocks are off, and put them right.")),
  )
    .addOption(
      new Option(
        '--address <digits>',
        'address of the meter, several by commas; without it the one meter on the line is asked',
      ).argParser(parseAddresses),
    )
    .option('--set', "set the clocks to this machine's time, and read them back", false)
    .addOption(
      new Option(
        '--by <way>',
        'with --set: write (14H, wants a password), broadcast (08H to every meter on the line), single (08H to one meter)',
      ).choices(['write', 'broadcast', 'single']),
    )
    .addOption(
      new Option('--time-zone <zone>', "zone of the meters' clocks (default: this machine's)").argParser(parseTimeZone),
    )
    .action(async (flags: Flags) => {
      const desk = inLanguage(openDesk(), flags.lang)
      process.exitCode = await atDesk(desk, async () => {
        if (flags.by !== undefined && !flags.set) throw calledWrongly('--by says how to set the clock: say --set too.')
        const way = flags.by ?? 'write'
        const credentials = flags.set && way === 'write' ? await credentialsFrom(flags, desk) : null
        return runMeterTime(
          {
            ...lineOf(flags),
            addresses: flags.address ?? [],
            timeZone: flags.timeZone ?? desk.timeZone,
            zoneIsGiven: flags.timeZone !== undefined,
            set: flags.set ? { way, yes: flags.yes, credentials } : null,
          },
          desk,
        )
      })
    })
  return examples(command, [
    ['meter time --tcp 192.0.2.7:8001 --address 1,2,3', 'how far three clocks are off'],
    ['meter time --serial /dev/ttyUSB0 --set --password-env METER_PASSWORD', 'by writing date and time (14H)'],
    ['meter time --tcp 192.0.2.7:8001 --address 1,2,3 --set --by broadcast', 'all at once, within the rules of 08H'],
  ])
}
