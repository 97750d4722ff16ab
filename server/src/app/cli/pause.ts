import { Argument, Command } from 'commander'
import { createEndReadingPause, createPauseReading } from '../../flow/schedules.ts'
import { viewPauses } from '../../store/view/schedules.ts'
import { StartRefused } from '../one-server.ts'
import { instantOf, withDatabaseOptions } from './house-command.ts'
import { atHome } from './in-house.ts'
import { subjectFrom, withSubject, type SubjectOptions } from './schedule.ts'

type AddOptions = SubjectOptions & { from?: string; to: string; reason: string }

const words = {
  'pause-span-wrong': 'the end must come after the beginning and after now, and be at most 31 days later',
  'unknown-site': 'there is no such site',
  'unknown-gateway': 'there is no such line',
  'unknown-meter': 'there is no such meter',
} as const

/** `xianfu pause …`: where collection rests for maintenance. */
export const pauseCommand = (): Command => {
  const add = withSubject(withDatabaseOptions(new Command('add')), 'refused')
    .description('collection rests: neither failures nor alarms come of it; people may still read, relays still obey')
    .option('--from <instant>', 'beginning, for example 2026-05-01T08:00+08:00 (default: now)')
    .requiredOption('--to <instant>', 'end, at most 31 days later')
    .requiredOption('--reason <text>', 'shown to whoever asks why')
    .action(async (options: AddOptions) =>
      atHome(options, async (context) => {
        const subject = await subjectFrom(context.database, options)
        if (subject === null || subject.scope === 'company' || subject.subjectId === null)
          throw new StartRefused('say what rests: --site, --line or --meter')
        const from = options.from === undefined ? context.clock.now() : instantOf(options.from)
        const { scope, subjectId } = subject
        const pause = { scope, subjectId, from, to: instantOf(options.to), reason: options.reason }
        const made = await createPauseReading(context)({ ...pause, operatorId: null })
        if (!made.ok) throw new StartRefused(words[made.code])
        return `pause ${String(made.id)} written down`
      }),
    )
  const list = withDatabaseOptions(new Command('list'))
    .description('pauses that are not over')
    .action(async (options: Readonly<Record<string, unknown>>) =>
      atHome(options, async ({ database, clock }) => {
        const at = (instant: number): string => new Date(instant).toISOString().slice(0, 16)
        const lines = (await viewPauses(database, clock.now())).map(
          ({ id, scope, name, from, to, reason }) =>
            `${String(id).padStart(4)}  ${scope.padEnd(5)} ${name}  ${at(from)} … ${at(to)} UTC  ${reason}`,
        )
        return lines.length === 0 ? 'nothing rests' : lines.join('\n')
      }),
    )
  const end = withDatabaseOptions(new Command('end'))
    .description('end a pause now, or call it off')
    .addArgument(new Argument('<number>', 'number in the list'))
    .action(async (number: string, options: Readonly<Record<string, unknown>>) =>
      atHome(options, async (context) => {
        const id = Number(number)
        const done = Number.isInteger(id) ? await createEndReadingPause(context)({ id, operatorId: null }) : null
        if (done?.ok !== true)
          throw new StartRefused(`there is no pause ${number}, or it is over; "xianfu pause list" shows all`)
        return `pause ${number} is over`
      }),
    )
  return new Command('pause')
    .description('where collection rests for maintenance')
    .addCommand(add)
    .addCommand(list)
    .addCommand(end)
}
