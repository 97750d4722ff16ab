import { controlActions, type ControlAction } from '@xianfu/protocols'
import { Argument, Command, Option } from 'commander'
import { examples } from '../command.ts'
import { atDesk, type Desk } from '../desk.ts'
import { inLanguage } from '../language-option.ts'
import { parseAddress, parsePositive, parseTimeZone } from '../option-parsers.ts'
import { credentialsFrom, withCredentials, type CredentialsFlags } from './credentials-options.ts'
import { lineOf, withLine, type LineFlags } from './link-options.ts'
import { checkedValidForMs, runMeterControl } from './meter-control.ts'

type Flags = LineFlags &
  CredentialsFlags &
  Readonly<{ address?: string; validFor: number; again: boolean; proveWithin: number; timeZone?: string }>

export const controlCommand = (openDesk: () => Desk): Command => {
  const command = withCredentials(
    withLine(
      new Command('control').description(
        'Order one meter (function 1CH), and look at its status word before and after. Exit code 0 only when it shows it.',
      ),
    ),
  )
    .addArgument(new Argument('<action>', 'what to order').choices(controlActions))
    .addOption(
      new Option('--address <digits>', 'address of the meter; without it the one meter on the line is asked').argParser(
        parseAddress,
      ),
    )
    .addOption(
      new Option('--valid-for <seconds>', 'the meter may obey for so long, by its own clock')
        .default(300)
        .argParser(parsePositive),
    )
    .addOption(
      new Option('--prove-within <seconds>', 'look at the status word for so long').default(2).argParser(parsePositive),
    )
    .option('--again', 'send it even when the meter is already as wanted', false)
    .addOption(
      new Option('--time-zone <zone>', "zone of the meter's clock (default: this machine's)").argParser(parseTimeZone),
    )
    .action(async (action: ControlAction, flags: Flags) => {
      const desk = inLanguage(openDesk(), flags.lang)
      process.exitCode = await atDesk(desk, async () =>
        runMeterControl(
          {
            ...lineOf(flags),
            action,
            address: flags.address ?? null,
            yes: flags.yes,
            again: flags.again,
            validForMs: checkedValidForMs(flags.validFor),
            proveWithinMs: flags.proveWithin * 1_000,
            timeZone: flags.timeZone ?? desk.timeZone,
            credentials: await credentialsFrom(flags, desk),
          },
          desk,
        ),
      )
    })
  return examples(command, [
    [
      'meter control trip --tcp 192.0.2.7:8001 --address 202611010101',
      'asks for the password, and once more before it trips',
    ],
    [
      'meter control direct-close --serial /dev/ttyUSB0 --address 161 --password-env METER_PASSWORD --yes',
      'without questions, for scripts',
    ],
    [
      'meter control permit-close --tcp 192.0.2.7:8001 --address 161 --password-env METER_PASSWORD --prove-within 60',
      'looks for a minute whether somebody presses the button',
    ],
  ])
}
