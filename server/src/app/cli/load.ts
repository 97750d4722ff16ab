import { loadRules } from '@xianfu/contract'
import { Argument, Command, Option } from 'commander'
import { presentRules, rulesOf } from '../../api/load-routes.ts'
import { needsAPerson, type Stopper } from '../../domain/load-control.ts'
import { createLoadAbilities, type LoadAbilities, type LoadRefusal } from '../../flow/load-control.ts'
import { findSubject } from '../../store/schedules.ts'
import { viewLoad, type LoadView } from '../../store/view/load.ts'
import { StartRefused } from '../one-server.ts'
import { withDatabaseOptions } from './house-command.ts'
import { atHome, type CommandContext } from './in-house.ts'
import { readJsonFile } from './json-file.ts'
import { parseAddress, parsePositive } from './option-parsers.ts'

const minuteMs = 60_000

const words: Readonly<Record<LoadRefusal, string>> = {
  'unknown-meter': 'there is no such meter',
  'no-rule': 'there is no rule in it; give at least one, or say "load clear"',
  'samples-too-often': 'a meter is sampled at most every 10 seconds',
  'samples-too-far-apart': 'a malignant load shows only in samples: sample at least as often as the step may take',
  'span-out-of-order': 'a span must end after it begins; write a night as two spans',
  'no-load-rules': 'this meter has no rules; "load set" gives it some',
  'no-single-run': 'this meter has no rule for single runs',
  'run-under-way': 'a run is under way; "load stop" ends it',
  'stopped-for-debt': 'this account is stopped for debt; let it be paid first',
}

type Options = Readonly<Record<string, unknown>> & Readonly<{ reason: string; minutes?: number; energy?: number }>
type Deed = Readonly<{ meterId: number; operatorId: null; reason: string }>

/** `xianfu load …`: the rules of load, time and single-run control of one meter. A running server follows at once. */
export const loadCommand = (): Command => {
  const meter = (): Argument => new Argument('<meter>', 'its number of up to 12 digits').argParser(parseAddress)
  const show = withDatabaseOptions(new Command('show'))
    .description('the rules of a meter and where they stand')
    .addArgument(meter())
    .action(async (address: string, options: Options) =>
      atHome(options, async (context) => {
        const row = await viewLoad(context.database, await meterOf(context, address))
        return row === null ? 'no rules' : textOf(row)
      }),
    )
  const deed = (
    name: string,
    description: string,
    work: (load: LoadAbilities, deed: Deed, options: Options) => ReturnType<LoadAbilities['reset']>,
    said: string,
  ): Command =>
    withDatabaseOptions(new Command(name))
      .description(description)
      .addArgument(meter())
      .requiredOption('--reason <text>', 'why, for the audit log')
      .action(async (address: string, options: Options) =>
        atHome(options, async (context) => {
          const meterId = await meterOf(context, address)
          const asked = { meterId, operatorId: null, reason: options.reason }
          const done = await work(createLoadAbilities(context), asked, options)
          if (!done.ok) throw new StartRefused(words[done.code])
          return said
        }),
      )
  const set = withDatabaseOptions(new Command('set'))
    .description('give a meter its rules, from a file as docs/load-control.md describes it')
    .addArgument(meter())
    .addArgument(new Argument('<file>', 'the rules as JSON'))
    .requiredOption('--reason <text>', 'why, for the audit log')
    .action(async (address: string, file: string, options: Options) => {
      const rules = await rulesFrom(file)
      await atHome(options, async (context) => {
        const meterId = await meterOf(context, address)
        const { reason } = options
        const done = await createLoadAbilities(context).setRules({ meterId, operatorId: null, reason, rules })
        if (!done.ok) throw new StartRefused(words[done.code])
        return 'set; the meter is looked at within a minute'
      })
    })
  const start = deed(
    'start',
    'start a single run: close, run for so long or so much energy, trip',
    async (load, asked, { minutes, energy }) =>
      load.startRun({
        ...asked,
        ...(minutes === undefined ? {} : { forMs: minutes * minuteMs }),
        ...(energy === undefined ? {} : { energyWh: energy }),
      }),
    'the run was asked for; the relay follows',
  )
    .addOption(
      new Option('--minutes <count>', 'at most so long (default: what the rule allows)').argParser(parsePositive),
    )
    .addOption(new Option('--energy <wh>', 'at most so many watt-hours').argParser(parsePositive))
  return new Command('load')
    .description('load, time and single-run control of a meter')
    .addCommand(show)
    .addCommand(set)
    .addCommand(
      deed(
        'clear',
        'take the rules of a meter away',
        async (load, asked) => load.setRules({ ...asked, rules: null }),
        'no rules any more',
      ),
    )
    .addCommand(start)
    .addCommand(
      deed(
        'stop',
        'end a single run now',
        async (load, asked) => load.stopRun(asked),
        'the run is over; the relay follows',
      ),
    )
    .addCommand(
      deed(
        'reset',
        'somebody has seen to an overload: give supply back, count anew',
        async (load, asked) => load.reset(asked),
        'reset',
      ),
    )
}

const meterOf = async ({ database }: Pick<CommandContext, 'database'>, address: string): Promise<number> => {
  const [meterId, another] = await findSubject(database, 'meter', address)
  if (meterId === undefined) throw new StartRefused(`there is no meter ${address}`)
  if (another !== undefined) throw new StartRefused(`several meters have the address ${address}; use the console`)
  return meterId
}

const rulesFrom = async (file: string) => {
  const read = await readJsonFile(file)
  if (!read.ok) throw new StartRefused(read.words)
  const parsed = loadRules.safeParse(read.json)
  if (parsed.success) return rulesOf(parsed.data)
  const [issue] = parsed.error.issues
  throw new StartRefused(
    `${file}: ${issue?.path.map(String).join('.') ?? ''} ${issue?.message ?? 'is not as it must be'}`,
  )
}

const textOf = ({ rules, state, holds }: LoadView): string => {
  const stopperText = (name: string, stopper: Stopper, rule: (typeof rules)['overload']): string[] =>
    stopper.trips === 0
      ? []
      : [
          `${name}: tripped ${String(stopper.trips)} times${rule !== undefined && needsAPerson(stopper, rule) ? ', waits for a person' : ''}`,
        ]
  return [
    holds.length === 0 ? 'no rule holds supply off' : `held off by: ${holds.join(', ')}`,
    ...stopperText('overload', state.overload, rules.overload),
    ...(state.run === null ? [] : [`a run of at most ${String(state.run.forMs / minuteMs)} minutes is under way`]),
    JSON.stringify(presentRules(rules), null, 2),
  ].join('\n')
}
