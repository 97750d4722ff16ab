import { Command, InvalidArgumentError, Option } from 'commander'
import { longestDryRunMs, type DryRunChange } from '../../domain/dry-run.ts'
import { formatMoney, parseMoney, parsePercent, parsePrice, type MicroYuan } from '../../domain/quantity.ts'
import { createDryRun, type DryRunRefusal, type DryRunReport, type DryRunRow } from '../../flow/dry-run.ts'
import type { ThoughtOf } from '../../flow/dry-run-plan.ts'
import { sitesByName } from '../../store/no-trip.ts'
import { StartRefused } from '../one-server.ts'
import { instantOf, withDatabaseOptions } from './house-command.ts'
import { atHome } from './in-house.ts'
import { readJsonFile } from './json-file.ts'
import { parsePositive } from './option-parsers.ts'

const hourMs = 3_600_000

const words: Readonly<Record<Exclude<DryRunRefusal['code'], 'plan-not-readable'>, string>> = {
  'unknown-price-plan': 'there is no such price plan or version; "xianfu plan list" shows all',
  'thresholds-out-of-order':
    'alarm 1 must not lie below alarm 2, nor alarm 2 or the restore amount below the cut-off, for any account concerned',
  'too-far-ahead': `a dry run looks at most ${String(longestDryRunMs / hourMs)} hours ahead`,
  'too-many-accounts': 'too many accounts for one dry run; choose a site with --site',
  'nobody-concerned': 'no account in prepayment fits',
}

type Options = Readonly<Record<string, unknown>> &
  Readonly<{
    site?: string
    plan?: string
    at?: number
    hours: number
    alarm1?: MicroYuan
    alarm2?: MicroYuan
    cutOff?: MicroYuan
    restore?: MicroYuan
    noticeLead?: number
    pricePercent?: string
    flatPrice?: string
    tariff?: string
    tariffVersion?: string
    holidays: boolean
    protected: boolean
    keepPower: boolean
    use: boolean
    all?: boolean
    json?: boolean
  }>

/** `xianfu dry-run`: who would be warned, told and cut, when and why. Changes nothing and tells nobody. */
export const dryRunCommand = (): Command => {
  const money = (flags: string, what: string): Option => new Option(flags, what).argParser(amountFrom)
  return withDatabaseOptions(new Command('dry-run'))
    .description('what the credit policy would do, as things stand or with a change; nothing is changed or sent')
    .option('--site <name>', 'one site (default: all)')
    .option('--plan <name>', 'only accounts that pay by this price plan')
    .addOption(new Option('--at <instant>', 'begin then (default: now)').argParser(instantOf))
    .addOption(new Option('--hours <count>', 'how far to look ahead').argParser(parsePositive).default(24))
    .addOption(money('--alarm1 <yuan>', 'think of alarm 1 as this'))
    .addOption(money('--alarm2 <yuan>', 'think of alarm 2 as this'))
    .addOption(money('--cut-off <yuan>', 'think of the cut-off as this'))
    .addOption(money('--restore <yuan>', 'think of the restore amount as this'))
    .addOption(new Option('--notice-lead <minutes>', 'think of the notice lead as this').argParser(parsePositive))
    .addOption(new Option('--price-percent <percent>', 'all prices in per cent of now').conflicts('flatPrice'))
    .option('--flat-price <yuan>', 'one price per kWh instead of the plans')
    .addOption(
      new Option(
        '--tariff <file>',
        'another plan by its document: the last week is settled by it reading by reading',
      ).conflicts(['pricePercent', 'flatPrice', 'tariffVersion']),
    )
    .addOption(
      new Option(
        '--tariff-version <name[@version]>',
        'another plan that is stored already; without a version the newest',
      ).conflicts(['pricePercent', 'flatPrice']),
    )
    .option('--no-holidays', 'days without trips do not count')
    .option('--no-protected', 'nobody is on a protected list')
    .option('--no-keep-power', 'keep power is lifted everywhere')
    .option('--no-use', 'balances stay as they are, instead of falling as in the last week')
    .option('--all', 'list warnings and what is held too, not only who would be told or cut')
    .option('--json', 'as one JSON text')
    .action(async (options: Options) =>
      atHome(options, async (context) => {
        const { site, plan, at = context.clock.now(), hours, use } = options
        const [known] = site === undefined ? [] : await sitesByName(context.database, site)
        if (site !== undefined && known === undefined) throw new StartRefused(`there is no site ${site}`)
        const report = await createDryRun(context)({
          siteId: known?.id ?? null,
          planName: plan ?? null,
          at,
          forMs: hours * hourMs,
          change: changeOf(options),
          thoughtPlan: await thoughtOf(options),
          goesOnUsing: use,
          operatorId: null,
        })
        if (!report.ok) throw new StartRefused(wordsOf(report))
        return options.json === true ? jsonOf(report) : textOf(report, options.all === true)
      }),
    )
}

const mostProblems = 20

const wordsOf = (refusal: DryRunRefusal): string =>
  refusal.code === 'plan-not-readable'
    ? `the tariff can not be read: ${refusal.problems
        .slice(0, mostProblems)
        .map(({ at, words: why }) => `${at} ${why}`)
        .join('; ')}`
    : words[refusal.code]

const thoughtOf = async ({ tariff, tariffVersion }: Options): Promise<ThoughtOf | null> => {
  if (tariff !== undefined) {
    const file = await readJsonFile(tariff)
    if (!file.ok) throw new StartRefused(file.words)
    return { kind: 'document', document: file.json }
  }
  if (tariffVersion === undefined) return null
  const found = /^(.+?)(?:@(\d{1,6}))?$/u.exec(tariffVersion)
  return {
    kind: 'stored',
    name: found?.[1] ?? tariffVersion,
    version: found?.[2] === undefined ? null : Number(found[2]),
  }
}

const amountFrom = (text: string): MicroYuan => {
  const amount = parseMoney(text)
  if (amount === null) throw new InvalidArgumentError('An amount is written like 12.30 or -5.')
  return amount
}

const changeOf = (options: Options): DryRunChange => {
  const { alarm1, alarm2, cutOff, restore, noticeLead, holidays, keepPower } = options
  return {
    ...(alarm1 === undefined ? {} : { alarm1 }),
    ...(alarm2 === undefined ? {} : { alarm2 }),
    ...(cutOff === undefined ? {} : { cutOff }),
    ...(restore === undefined ? {} : { restore }),
    ...(noticeLead === undefined ? {} : { noticeLeadMs: noticeLead * 60_000 }),
    ...(holidays ? {} : { ignoreNoTrip: true as const }),
    ...(options.protected ? {} : { ignoreProtected: true as const }),
    ...(keepPower ? {} : { liftKeepPower: true as const }),
    ...priceOf(options),
  }
}

const priceOf = ({ pricePercent, flatPrice }: Options): Pick<DryRunChange, 'price'> => {
  if (pricePercent !== undefined) {
    const factor = parsePercent(pricePercent)
    if (factor === null || factor.numerator < 0n) throw new StartRefused('--price-percent is written like 130 or 97.5')
    return { price: { kind: 'factor', factor } }
  }
  if (flatPrice === undefined) return {}
  const price = parsePrice(flatPrice)
  if (price === null || price < 0n) throw new StartRefused('--flat-price is written like 0.5380')
  return { price: { kind: 'flat', price } }
}

const jsonOf = (report: DryRunReport): string =>
  JSON.stringify(report, (_, value: unknown) => (typeof value === 'bigint' ? formatMoney(value as MicroYuan) : value))

const textOf = (
  { at, until, accounts, counts, unchangedCounts, notPriced, rows, guards }: DryRunReport,
  all: boolean,
): string => {
  const shown = rows.filter(({ changed }) => all || changed.outcome === 'tripped' || changed.outcome === 'notified')
  const figures = Object.entries(counts).map(([name, count]) => {
    const without = unchangedCounts[name as keyof typeof counts]
    return `${name} ${String(count)}${without === count ? '' : ` (without the change ${String(without)})`}`
  })
  return [
    `${new Date(at).toISOString()} to ${new Date(until).toISOString()}, ${String(accounts)} accounts: ${figures.join(', ')}`,
    ...(notPriced === 0
      ? []
      : [
          `${String(notPriced)} accounts can not be priced by this plan (terms or registers are missing): they are walked at their own prices`,
        ]),
    ...guards.flatMap(({ site, frozen, wouldFreeze, tripped, mostToday }) => [
      ...(frozen ? [`${site}: automatic trips are frozen; this is how it would be once they are released`] : []),
      ...(wouldFreeze
        ? [
            `${site}: ${String(tripped)} would be cut, more than ${String(mostToday)} a day; trips would freeze on the way`,
          ]
        : []),
    ]),
    ...shown.map(rowText),
  ].join('\n')
}

const rowText = ({ place, number, balance, changed, unchanged }: DryRunRow): string =>
  [
    ` ${changed.outcome.padEnd(9)}`,
    new Date(changed.at).toISOString(),
    `${place} ${number}`.padEnd(24),
    `${formatMoney(balance)} → ${formatMoney(changed.balanceThen)}`.padEnd(24),
    changed.reasons.join(', '),
    unchanged.outcome === changed.outcome ? '' : `(without the change: ${unchanged.outcome})`,
  ]
    .join('  ')
    .trimEnd()
