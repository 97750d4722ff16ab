import { Argument, Command, InvalidArgumentError, Option } from 'commander'
import { formatKwh, parsePercent } from '../../domain/quantity.ts'
import { lastMonth, parseMonth } from '../../domain/statement-month.ts'
import type { BehindResult } from '../../flow/meter-behind.ts'
import {
  lossName,
  mastersOf,
  measurePoint,
  placeBehind,
  setLossPoint,
  takeFromBehind,
  type MeasuredPoint,
} from '../../flow/meter-behind.ts'
import { lossRunsOf, type LossPoint, type LossRun } from '../../store/meter-behind.ts'
import { operatorByLogin } from '../../store/reconciliation.ts'
import { StartRefused } from '../one-server.ts'
import { instantOf, withDatabaseOptions } from './house-command.ts'
import { atHome, type CommandContext } from './in-house.ts'
import { parseAddress, parsePositive } from './option-parsers.ts'

type Options = Readonly<Record<string, unknown>> & Readonly<{ operator?: string }>

const withWho = (command: Command): Command => command.option('--operator <login>', 'in whose name')
const meter = (name: string, words: string): Argument => new Argument(name, words).argParser(parseAddress)

/** `xianfu loss …`: which meter is behind which, and what is lost in between (线损). */
export const lossCommand = (): Command =>
  new Command('loss')
    .description('master meters and those behind them, and what is lost in between')
    .addCommand(behindCommand())
    .addCommand(endCommand())
    .addCommand(pointCommand())
    .addCommand(measureCommand())
    .addCommand(listCommand())
    .exitOverride()

const behindCommand = (): Command =>
  withWho(withDatabaseOptions(new Command('behind')))
    .description('put a sub-meter behind a master meter; where it was before ends then')
    .addArgument(meter('<sub>', 'address of the sub-meter'))
    .addArgument(meter('<master>', 'address of the master meter'))
    .addOption(new Option('--from <instant>', 'since when (default: now)').argParser(instantOf))
    .action(async (sub: string, master: string, options: Options & Readonly<{ from?: number }>) =>
      atHome(options, async (context) => {
        const from = options.from ?? context.clock.now()
        const operatorId = await operatorOf(context, options)
        done(await placeBehind(context, { sub, master, from, operatorId }))
        return `${sub} is behind ${master} from ${new Date(from).toISOString()}`
      }),
    )

const endCommand = (): Command =>
  withWho(withDatabaseOptions(new Command('end')))
    .description('take a sub-meter from behind its master')
    .addArgument(meter('<sub>', 'address of the sub-meter'))
    .addOption(new Option('--at <instant>', 'when (default: now)').argParser(instantOf))
    .action(async (sub: string, options: Options & Readonly<{ at?: number }>) =>
      atHome(options, async (context) => {
        const at = options.at ?? context.clock.now()
        done(await takeFromBehind(context, { sub, at, operatorId: await operatorOf(context, options) }))
        return `${sub} is behind no meter from ${new Date(at).toISOString()}`
      }),
    )

type PointOptions = Options & Readonly<{ ratio?: number; limit?: number | null }>

const pointCommand = (): Command =>
  withWho(withDatabaseOptions(new Command('point')))
    .description("a meter's ratio, and the loss from which on a master is an item")
    .addArgument(meter('<meter>', 'its address'))
    .addOption(new Option('--ratio <n>', 'of transformers that its registers leave out').argParser(parsePositive))
    .addOption(new Option('--limit <percent>', 'more is an item; "none" for no limit').argParser(parseLimit))
    .action(async (address: string, options: PointOptions) =>
      atHome(options, async (context) => {
        const { ratio, limit } = options
        const change = { ...(ratio !== undefined && { ratio }), ...(limit !== undefined && { limit }) }
        done(await setLossPoint(context, { address, operatorId: await operatorOf(context, options), ...change }))
        return `${address}: set`
      }),
    )

type SpanOptions = Options & Readonly<{ master?: string; month?: string; from?: number; to?: number }>

const measureCommand = (): Command =>
  withWho(withDatabaseOptions(new Command('measure')))
    .description('what is lost behind master meters in a month (default: the last) or a span')
    .addOption(new Option('--master <address>', 'only this one').argParser(parseAddress))
    .option('--month <month>', 'such as 2026-11')
    .addOption(new Option('--from <instant>', 'first instant').argParser(instantOf))
    .addOption(new Option('--to <instant>', 'the instant after the last').argParser(instantOf))
    .action(async (options: SpanOptions) =>
      atHome(options, async (context) => {
        const masters = await known(context, options.master)
        const operatorId = await operatorOf(context, options)
        const lines: string[] = []
        for (const master of masters) {
          const span = spanOf(options, master, context.clock.now())
          lines.push(...pointLines(await measurePoint(context, master, { ...span, operatorId })))
        }
        return lines.join('\n')
      }),
    )

const listCommand = (): Command =>
  withDatabaseOptions(new Command('list'))
    .description('all master meters with what was lost behind them in the last spans')
    .action(async (options: Options) =>
      atHome(options, async (context) => {
        const lines: string[] = []
        for (const master of await known(context, undefined))
          lines.push(
            `${lossName(master)}  limit ${master.limit === null ? 'none' : `${String(master.limit / 10_000)} %`}`,
            ...(await lossRunsOf(context.database, lossName(master), runsShown)).map(runLine),
          )
        return lines.join('\n')
      }),
    )

const runsShown = 12

const runLine = ({ from, to, summary: { master, measured, loss, lossPercent } }: LossRun): string =>
  `  ${new Date(from).toISOString()} – ${new Date(to).toISOString()}  master ${master ?? '—'}  behind it ${measured}  loss ${loss ?? '—'} kWh${lossPercent === null ? '' : `, ${lossPercent} %`}`

const pointLines = ({ master, result: { comparison, known: again, fresh } }: MeasuredPoint): readonly string[] => {
  if (comparison.findings.length > 0) process.exitCode = 1
  const kwh = (energy: typeof comparison.loss): string => (energy === null ? '—' : `${formatKwh(energy)} kWh`)
  return [
    `${lossName(master)}  ${kwh(comparison.master)}`,
    ...comparison.subs.map(({ name, energy }) => `  ${name}  ${kwh(energy)}`),
    `  loss ${kwh(comparison.loss)}${comparison.lossPercent === null ? '' : `, ${comparison.lossPercent} %`}`,
    ...comparison.findings.map((one) => `  ${one.kind}${'name' in one ? `  ${one.name}` : ''}`),
    again ? '  measured before' : `  ${String(fresh)} new items`,
  ]
}

const known = async ({ database }: CommandContext, address: string | undefined): Promise<readonly LossPoint[]> => {
  const masters = await mastersOf(database, address ?? null)
  if (masters.length === 0)
    throw new StartRefused(
      address === undefined
        ? 'no meter is behind another; `xianfu loss behind SUB MASTER` says so'
        : `nothing is behind ${address}`,
    )
  return masters
}

const spanOf = (
  { month, from, to }: SpanOptions,
  { timeZone }: LossPoint,
  now: number,
): Readonly<{ from: number; to: number }> => {
  if (from !== undefined || to !== undefined) {
    if (from === undefined || to === undefined || from >= to || month !== undefined)
      throw new StartRefused('give --from and --to, the first before the second, or --month')
    return { from, to }
  }
  const found = month === undefined ? lastMonth(now, timeZone) : parseMonth(month, timeZone)
  if (found === null) throw new StartRefused(`${String(month)} is no month; write 2026-11`)
  return { from: found.start, to: found.end }
}

const refusals = {
  'unknown-meter': 'there is no such meter',
  'ambiguous-meter': 'several meters have this address',
  'same-meter': 'a meter cannot be behind itself',
  'other-site': 'the meters are of two sites',
  'behind-itself': 'the master is itself behind that meter',
  'not-later': 'it has been behind a meter since then, or later; give a later instant',
  'not-behind': 'it is behind no meter',
  'in-the-future': 'that is still to come; say so when it has happened',
} as const

const done = (result: BehindResult): void => {
  if (!result.ok)
    throw new StartRefused(`${refusals[result.code]}${result.address === undefined ? '' : `: ${result.address}`}`)
}

const operatorOf = async ({ database }: CommandContext, { operator }: Options): Promise<number | null> => {
  if (operator === undefined) return null
  const operatorId = await operatorByLogin(database, operator)
  if (operatorId === null) throw new StartRefused(`there is no login ${operator}`)
  return operatorId
}

const mostMillionths = 1_000_000

/** Per cent as millionths. */
const parseLimit = (text: string): number | null => {
  if (text === 'none') return null
  const percent = parsePercent(text)
  const limit = percent === null ? -1 : Number((percent.numerator * 1_000_000n) / percent.denominator)
  if (limit < 0 || limit > mostMillionths)
    throw new InvalidArgumentError('A limit is per cent from 0 to 100, such as 7.')
  return limit
}
