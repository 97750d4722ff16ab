import { Command, Option } from 'commander'
import { examples } from '../command.ts'
import { atDesk, type Desk } from '../desk.ts'
import { inLanguage } from '../language-option.ts'
import { parseAddresses, parsePositive, parseTimeZone, parseUnit } from '../option-parsers.ts'
import { profileNames, type ProfileName } from '../explain/identifier.ts'
import { calledWrongly } from '../refusal.ts'
import { lineOf, withLine, type LineFlags } from './link-options.ts'
import { findModel, meterModels } from '../../../headend/model/models.ts'
import { itemWords } from './meter-items.ts'
import type { ModbusTarget } from './meter-read-modbus.ts'
import { runMeterRead } from './meter-read.ts'

type Flags = LineFlags &
  Readonly<{
    address?: readonly string[]
    modbus?: number
    model?: string
    modbusTcp: boolean
    all: boolean
    profile: ProfileName
    timeZone?: string
    every?: number
    times?: number
  }>

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
    .addOption(new Option('--modbus <unit>', 'a Modbus meter in place of DL/T 645: its unit').argParser(parseUnit))
    .addOption(
      new Option('--model <name>', 'with --modbus: what its registers mean').choices(
        meterModels.map(({ name }) => name),
      ),
    )
    .option('--modbus-tcp', 'with --modbus: a Modbus TCP device, not RTU bytes through a gateway', false)
    .option('--all', 'the full picture: registers, phases, powers, clock, status words bit by bit, prepayment', false)
    .addOption(
      new Option('--profile <name>', 'what this generation of meters means by its identifiers')
        .choices(profileNames)
        .default('standard'),
    )
    .addOption(
      new Option('--time-zone <zone>', "with --all: zone of the meters' clocks (default: this machine's)").argParser(
        parseTimeZone,
      ),
    )
    .addOption(new Option('--every <seconds>', 'read again and again').argParser(parsePositive))
    .addOption(new Option('--times <number>', 'with --every: so many rounds').argParser(parsePositive))
    .action(async (items: string[], flags: Flags) => {
      const desk = inLanguage(openDesk(), flags.lang)
      process.exitCode = await atDesk(desk, async () => {
        if (flags.times !== undefined && flags.every === undefined)
          throw calledWrongly('--times says how many rounds: say with --every SECONDS how far apart.')
        if (flags.all && items.length > 0) throw calledWrongly('Say either items or --all, not both.')
        const { address, all, profile, every, times } = flags
        return runMeterRead(
          {
            ...lineOf(flags),
            addresses: address ?? [],
            modbus: modbusOf(flags),
            items,
            all,
            profile,
            timeZone: flags.timeZone ?? desk.timeZone,
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
    ['meter read --serial COM4 --modbus 7 --model acrel-ddsy1352 --parity none', 'a Modbus meter'],
    ['meter read --serial COM3 --all', 'the full picture of the one meter'],
    ['meter read --tcp 192.0.2.7:8001 --address 161 00010000 --trace', 'any identifier, with the bytes'],
  ])
}

const modbusOf = ({ modbus: unit, model: name, modbusTcp, all, address }: Flags): ModbusTarget | null => {
  if (unit === undefined) {
    if (name !== undefined || modbusTcp) throw calledWrongly('--model and --modbus-tcp go with --modbus UNIT.')
    return null
  }
  if (all || address !== undefined)
    throw calledWrongly(
      'A Modbus meter is found by its unit and has no full picture: --modbus goes without --address and --all.',
    )
  const model = name === undefined ? null : findModel(name)
  if (model === null) throw calledWrongly('Say what the registers mean: --modbus UNIT needs --model NAME.')
  return { kind: modbusTcp ? 'modbus-tcp' : 'modbus-rtu', unit, model }
}
