import { Argument, Command, Option } from 'commander'
import { localDayText } from '../../domain/calendar.ts'
import { addNoTrip, allNoTrip, deleteNoTrip } from '../../flow/no-trip.ts'
import type { NoTripKind } from '../../domain/credit-facts.ts'
import { StartRefused } from '../one-server.ts'
import { inHouse, withDatabaseOptions } from './house-command.ts'

const kinds: readonly NoTripKind[] = ['holiday', 'weather', 'event']
const words = {
  'unknown-site': 'there is no site of that name',
  'no-such-day': 'a day is written YYYY-MM-DD and must exist',
  'ends-before-it-begins': 'the last day comes before the first',
} as const

type AddOptions = Readonly<Record<string, unknown>> & { site?: string; kind: NoTripKind; reason: string }

const print = (line: string): void => {
  process.stdout.write(`${line}\n`)
}

/** Days on which nobody is tripped: holidays (and the day before), storms, heat, an examination. */
export const noTripCommand = (): Command => {
  const add = withDatabaseOptions(new Command('add'))
    .description('nobody is tripped from the first to the last day; a holiday keeps the day before it free too')
    .addArgument(new Argument('<first>', 'first day, YYYY-MM-DD in the site’s own time'))
    .addArgument(new Argument('[last]', 'last day (default: the first)'))
    .option('--site <name>', 'one site (default: all)')
    .addOption(new Option('--kind <kind>', 'what it is').choices(kinds).default('holiday'))
    .requiredOption('--reason <text>', 'shown to whoever asks why')
    .action(async (first: string, last: string | undefined, options: AddOptions) =>
      inHouse(options, async (database) => {
        const { site = null, kind, reason } = options
        const input = { site, kind, firstDay: first, lastDay: last ?? first, reason }
        const added = await addNoTrip(database, Date.now(), input)
        if (!added.ok) throw new StartRefused(words[added.code])
        print(`written down for ${String(added.spans)} ${added.spans === 1 ? 'site' : 'sites'}`)
      }),
    )
  const list = withDatabaseOptions(new Command('list'))
    .description('all days without trips')
    .action(async (options: Readonly<Record<string, unknown>>) =>
      inHouse(options, async (database) => {
        for (const { id, site, timeZone, kind, from, to, reason } of await allNoTrip(database))
          print(
            `${String(id).padStart(4)}  ${localDayText(from, timeZone)} … ${localDayText(to - 1, timeZone)}  ${kind.padEnd(8)} ${site}  ${reason}`,
          )
      }),
    )
  const remove = withDatabaseOptions(new Command('remove'))
    .description('allow trips again on the days of this line of the list')
    .argument('<number>', 'number in the list')
    .action(async (number: string, options: Readonly<Record<string, unknown>>) =>
      inHouse(options, async (database) => {
        const id = Number(number)
        if (!Number.isInteger(id) || !(await deleteNoTrip(database, Date.now(), id)))
          throw new StartRefused(`there is no line ${number}; "xianfu no-trip list" shows all`)
        print('removed')
      }),
    )
  return new Command('no-trip')
    .description('days on which nobody is tripped')
    .addCommand(add)
    .addCommand(list)
    .addCommand(remove)
}
