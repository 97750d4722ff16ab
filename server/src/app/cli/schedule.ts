import { Argument, Command } from 'commander'
import { dataSets, defaultPaces, isDataSet, type DataSet } from '../../domain/collection/data-set.ts'
import type { ScheduleScope } from '../../domain/collection/schedule-rule.ts'
import { createRemoveSchedule, createSetSchedule } from '../../flow/schedules.ts'
import type { Database } from '../../store/database.ts'
import { findSubject, type ScheduleSubject } from '../../store/schedules.ts'
import { viewSchedules } from '../../store/view/schedules.ts'
import { StartRefused } from '../one-server.ts'
import { withDatabaseOptions } from './house-command.ts'
import { atHome } from './in-house.ts'

export type SubjectOptions = Readonly<Record<string, unknown>> & { site?: string; line?: string; meter?: string }

export const withSubject = (command: Command, otherwise: string): Command =>
  command
    .option('--site <name>', 'one site')
    .option('--line <gateway>', 'the line behind the gateway of this code')
    .option('--meter <address>', `one meter, by its twelve digits (none of the three: ${otherwise})`)

/** What the options name, or null where they name nothing. */
export const subjectFrom = async (database: Database, options: SubjectOptions): Promise<ScheduleSubject | null> => {
  const named = (['site', 'line', 'meter'] as const).flatMap((scope) => {
    const name = options[scope]
    return name === undefined ? [] : [{ scope, name }]
  })
  const [one] = named
  if (one === undefined) return null
  if (named.length > 1) throw new StartRefused('name a site, a line or a meter, not several of them')
  const ids = await findSubject(database, one.scope, one.name)
  const [subjectId] = ids
  if (subjectId === undefined) throw new StartRefused(`there is no ${one.scope} ${one.name}`)
  if (ids.length > 1) throw new StartRefused(`several meters have the address ${one.name}; use their site or line`)
  return { scope: one.scope, subjectId }
}

const dataSetFrom = (text: string): DataSet => {
  if (!isDataSet(text)) throw new StartRefused(`there is no data set ${text}; there are ${dataSets.join(', ')}`)
  return text
}

const company: ScheduleSubject = { scope: 'company', subjectId: null }

const minutesFrom = (text: string): number | null => {
  if (text === 'off') return null
  const minutes = Number(text)
  if (!/^\d+$/u.test(text)) throw new StartRefused(`${text} is no pace: write minutes, or off`)
  return minutes
}

const paceWords = (minutes: number | null): string => {
  if (minutes === null) return 'not collected'
  if (minutes % 1_440 === 0) return minutes === 1_440 ? 'every day' : `every ${String(minutes / 1_440)} days`
  return `every ${String(minutes)} min`
}

/** `xianfu schedule …`: how often what is collected, from the company down to the meter. */
export const scheduleCommand = (): Command => {
  const set = withSubject(withDatabaseOptions(new Command('set')), 'the company')
    .description(
      'say how often a set of data is collected; the most specific rule wins, a running server follows at once',
    )
    .addArgument(new Argument('<set>', dataSets.join(', ')))
    .addArgument(new Argument('<minutes>', '1 to 1440, whole days beyond (not for the energy), or off'))
    .action(async (name: string, pace: string, options: SubjectOptions) =>
      atHome(options, async (context) => {
        const dataSet = dataSetFrom(name)
        const subject = (await subjectFrom(context.database, options)) ?? company
        const minutes = minutesFrom(pace)
        const done = await createSetSchedule(context)({ ...subject, dataSet, minutes, operatorId: null })
        if (!done.ok)
          throw new StartRefused(
            done.code === 'not-a-pace'
              ? 'a pace is 1 to 1440 minutes, for all but the energy also whole days up to 31, or off'
              : done.code,
          )
        return `${dataSet}: ${paceWords(minutes)}`
      }),
    )
  const remove = withSubject(withDatabaseOptions(new Command('remove')), 'the company')
    .description('take a rule away, so that the wider one holds again')
    .addArgument(new Argument('<set>', dataSets.join(', ')))
    .action(async (name: string, options: SubjectOptions) =>
      atHome(options, async (context) => {
        const dataSet = dataSetFrom(name)
        const subject = (await subjectFrom(context.database, options)) ?? company
        const done = await createRemoveSchedule(context)({ ...subject, dataSet, operatorId: null })
        if (!done.ok) throw new StartRefused('there is no such rule; "xianfu schedule list" shows all')
        return `${dataSet}: the wider rule holds again`
      }),
    )
  const list = withDatabaseOptions(new Command('list'))
    .description('the paces of the product and all rules, the widest first')
    .action(async (options: Readonly<Record<string, unknown>>) =>
      atHome(options, async ({ database }) => {
        const line = (
          scope: ScheduleScope | 'product',
          name: string,
          dataSet: DataSet,
          minutes: number | null,
        ): string => `${scope.padEnd(8)} ${name.padEnd(16)} ${dataSet.padEnd(14)} ${paceWords(minutes)}`
        const rules = await viewSchedules(database)
        return [
          ...dataSets.map((dataSet) => line('product', '', dataSet, defaultPaces[dataSet])),
          ...rules.map(({ scope, name, dataSet, minutes }) => line(scope, name ?? '', dataSet, minutes)),
        ].join('\n')
      }),
    )
  return new Command('schedule')
    .description('how often what is collected of the meters')
    .addCommand(set)
    .addCommand(remove)
    .addCommand(list)
}
