import { Command, Option } from 'commander'
import { gapReasons } from '../../domain/gap.ts'
import type { Completeness } from '../../domain/completeness.ts'
import { mostCompletenessDays, sumOf, tellCompleteness, type DayCompleteness } from '../../flow/tell-completeness.ts'
import { StartRefused } from '../one-server.ts'
import { withDatabaseOptions } from './house-command.ts'
import { atHome } from './in-house.ts'

type Options = Readonly<Record<string, unknown>> & { days: string; gateways?: true }

/** How many of the half hours of the last days were read, found later, or are missing, and why. */
export const completenessCommand = (): Command =>
  withDatabaseOptions(new Command('completeness'))
    .description('half hours read, found later in the meters, estimated, missing and lost, day by day')
    .addOption(new Option('--days <n>', `how many days, at most ${String(mostCompletenessDays)}`).default('7'))
    .option('--gateways', 'a line for each gateway')
    .action(async (options: Options) =>
      atHome(options, async ({ database, clock }) => {
        const days = Number(options.days)
        if (!Number.isInteger(days) || days < 1 || days > mostCompletenessDays)
          throw new StartRefused(`--days is a whole number from 1 to ${String(mostCompletenessDays)}`)
        const told = await tellCompleteness(database, clock.now(), days)
        return completenessText(told, options.gateways === true)
      }),
    )

const columns = ['expected', 'read', 'reRead', 'estimated', 'missing', 'lost'] as const
const heads = ['expected', 'read', 're-read', 'estimated', 'missing', 'lost']
const percent = ({ expected, read, reRead }: Completeness): string =>
  expected === 0 ? '–' : `${(((read + reRead) / expected) * 100).toFixed(2)} %`

export const completenessText = (told: readonly DayCompleteness[], eachGateway: boolean): string => {
  if (told.length === 0) return 'nothing is watched yet: the first half hour has to be over'
  const days = [...new Set(told.map(({ day }) => day))].sort().reverse()
  const row = (name: string, sum: Completeness, parts: readonly DayCompleteness[]): string =>
    [
      name.padEnd(24),
      ...columns.map((column) => String(sum[column]).padStart(10)),
      percent(sum).padStart(10),
      `  ${[reasonsOf(parts), ...sidesOf(parts)].filter((text) => text !== '').join('; ')}`,
    ].join('')
  const lines = days.flatMap((day) => {
    const parts = told.filter((one) => one.day === day)
    return [
      row(day, sumOf(parts), parts),
      ...(eachGateway ? parts.map((part) => row(`  ${part.site} ${part.gateway}`, part, [part])) : []),
    ]
  })
  return [`${''.padEnd(24)}${heads.map((head) => head.padStart(10)).join('')}  complete  reasons`, ...lines].join('\n')
}

/** Of what is lost, on which side nothing is known. */
const sidesOf = (parts: readonly DayCompleteness[]): readonly string[] =>
  (['before', 'after'] as const).flatMap((side) => {
    const count = parts.reduce((sum, { lostBySide }) => sum + (lostBySide[side] ?? 0), 0)
    return count === 0 ? [] : [`lost ${String(count)}: nothing known ${side}`]
  })

const reasonsOf = (parts: readonly DayCompleteness[]): string =>
  gapReasons
    .map((reason) => ({ reason, count: parts.reduce((sum, { byReason }) => sum + (byReason[reason] ?? 0), 0) }))
    .filter(({ count }) => count > 0)
    .map(({ reason, count }) => `${reason} ${String(count)}`)
    .join(', ')
