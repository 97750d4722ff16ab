import { readFile } from 'node:fs/promises'
import { Argument, Command, InvalidArgumentError, Option } from 'commander'
import { formatKwh, formatMoney, parseMoney, parsePercent, type MicroYuan, type Ratio } from '../../domain/quantity.ts'
import { paymentChannels, type PaymentChannel } from '../../domain/payment-channel.ts'
import { itemStates, type ItemState } from '../../domain/reconciliation-item.ts'
import {
  readBalanceFile,
  readChannelFile,
  type ChannelColumns,
  type ReadFile,
} from '../../domain/reconciliation-file.ts'
import { reconcileBalances, reconcileChannel, resolveItem } from '../../flow/reconcile.ts'
import { reconcileLineLoss, type AskedMeter } from '../../flow/reconcile-line-loss.ts'
import { listItems, operatorByLogin, type Item } from '../../store/reconciliation.ts'
import { StartRefused } from '../one-server.ts'
import { instantOf, withDatabaseOptions } from './house-command.ts'
import { atHome, type CommandContext } from './in-house.ts'

type Options = Readonly<Record<string, unknown>>
type Span = Readonly<{ from: number; to: number }>
type Who = Readonly<{ operator?: string }>

const withSpan = (command: Command): Command =>
  command
    .addOption(new Option('--from <instant>', 'first instant').argParser(instantOf).makeOptionMandatory())
    .addOption(new Option('--to <instant>', 'the instant after the last').argParser(instantOf).makeOptionMandatory())
const withWho = (command: Command): Command => command.option('--operator <login>', 'in whose name')

/** `xianfu reconcile …`: compares, keeps what differs, and lets people resolve it. Exit code 1: something differs. */
export const reconcileCommand = (): Command =>
  new Command('reconcile')
    .description('compare the books with channels, master meters and the purses of meters')
    .addCommand(channelCommand())
    .addCommand(lineLossCommand())
    .addCommand(balancesCommand())
    .addCommand(itemsCommand())
    .addCommand(resolveCommand())
    .exitOverride()

type ChannelOptions = Options &
  Span &
  Who &
  Readonly<{
    channel: PaymentChannel
    reference: string
    amount: string
    time?: string
    unit: ChannelColumns['unit']
    delimiter: string
    only?: ChannelColumns['only']
  }>

const channelCommand = (): Command =>
  withWho(withSpan(withDatabaseOptions(new Command('channel'))))
    .description("our payments of a channel against the channel's own file")
    .addArgument(new Argument('<file>', 'table as text, UTF-8'))
    .addOption(new Option('--channel <channel>', 'which').choices(paymentChannels).makeOptionMandatory())
    .option('--reference <column>', "column with our payment's id or key", 'reference')
    .option('--amount <column>', 'column with the amount; below zero is given back', 'amount')
    .option('--time <column>', 'column with the time, kept with a difference')
    .addOption(new Option('--unit <unit>', 'of the amounts').choices(['yuan', 'fen']).default('yuan'))
    .addOption(new Option('--delimiter <delimiter>', 'between cells').choices([',', ';', 'tab']).default(','))
    .addOption(new Option('--only <column=value>', 'leave out all other lines').argParser(columnValue))
    .action(async (file: string, options: ChannelOptions) =>
      atHome(options, async (context) => {
        const { channel, from, to, reference, amount, time = null, unit, only = null } = options
        const delimiter = options.delimiter === 'tab' ? '\t' : options.delimiter === ';' ? ';' : ','
        const columns = { delimiter, reference, amount, at: time, unit, only } as const
        const rows = rowsOf(file, readChannelFile(await textOf(file), columns))
        const operatorId = await operatorOf(context, options)
        const { comparison, known, fresh } = await reconcileChannel(context, { channel, rows, from, to, operatorId })
        const { matched, matchedAmount, ours, theirs, differences } = comparison
        return told(differences.length, [
          `${String(matched)} matched, ${formatMoney(matchedAmount)} yuan; ours ${String(ours.count)}, ${formatMoney(ours.amount)}; theirs ${String(theirs.count)}, ${formatMoney(theirs.amount)}`,
          ...differences.map(
            (one) =>
              `  ${one.kind.padEnd(18)} ${one.reference}  ours ${one.ours === null ? '—' : formatMoney(one.ours.amount)}  theirs ${one.theirs === null ? '—' : `${formatMoney(one.theirs.amount)} (line ${one.theirs.lines.join(', ')})`}`,
          ),
          freshText(known, fresh),
        ])
      }),
    )

type LossOptions = Options &
  Span &
  Who &
  Readonly<{ master: AskedMeter; sub: readonly AskedMeter[]; limit?: Ratio; tolerance: number }>

const lineLossCommand = (): Command =>
  withWho(withSpan(withDatabaseOptions(new Command('line-loss'))))
    .description('a master meter against the sum of its sub-meters')
    .addOption(
      new Option('--master <meter>', 'address, or ADDRESSxRATIO such as 000000000001x120')
        .argParser(meterOf)
        .makeOptionMandatory(),
    )
    .addOption(
      new Option('--sub <meter>', 'likewise; once for each sub-meter')
        .argParser((text: string, before?: readonly AskedMeter[]) => [...(before ?? []), meterOf(text)])
        .makeOptionMandatory(),
    )
    .addOption(new Option('--limit <percent>', 'a loss above it is an item').argParser(percentOf))
    .addOption(
      new Option('--tolerance <minutes>', 'how much before an end of the span a reading may be')
        .argParser(minutesOf)
        .default(35),
    )
    .action(async (options: LossOptions) =>
      atHome(options, async (context) => {
        const { master, sub, limit = null, from, to, tolerance } = options
        const operatorId = await operatorOf(context, options)
        const span = { from, to, toleranceMs: tolerance * 60_000 }
        const result = await reconcileLineLoss(context, { ...span, master, subs: sub, limit, operatorId })
        if (!result.ok)
          return refuse(
            `${result.code === 'unknown-meters' ? 'not in the archive' : 'there more than once'}: ${result.addresses.join(', ')}`,
          )
        const { comparison, known, fresh } = result
        const kwh = (energy: typeof comparison.loss): string => (energy === null ? '—' : `${formatKwh(energy)} kWh`)
        return told(comparison.findings.length, [
          `master    ${kwh(comparison.master)}`,
          ...comparison.subs.map(({ name, energy }) => `  ${name}  ${kwh(energy)}`),
          `sum       ${kwh(comparison.measured)}`,
          `loss      ${kwh(comparison.loss)}${comparison.lossPercent === null ? '' : `, ${comparison.lossPercent} %`}`,
          ...comparison.findings.map(
            (one) =>
              `  ${one.kind}${'name' in one ? `  ${one.name}` : ''}${'which' in one ? `, ${one.which} of the span` : ''}`,
          ),
          freshText(known, fresh),
        ])
      }),
    )

const balancesCommand = (): Command =>
  withWho(withDatabaseOptions(new Command('balances')))
    .description(
      'the purses of meters in the books against what the meters were seen to show (file: meter,balance[,at])',
    )
    .addArgument(new Argument('<file>', 'table as text, UTF-8'))
    .addOption(
      new Option('--tolerance <yuan>', 'difference that is none').argParser(moneyOf).default(parseMoney('0'), '0'),
    )
    .action(async (file: string, options: Options & Who & Readonly<{ tolerance: MicroYuan }>) =>
      atHome(options, async (context) => {
        const observed = rowsOf(file, readBalanceFile(await textOf(file)))
        const operatorId = await operatorOf(context, options)
        const { comparison, known, fresh } = await reconcileBalances(context, {
          observed,
          tolerance: options.tolerance,
          operatorId,
        })
        return told(comparison.differences.length, [
          `${String(comparison.agreed)} agree, ${String(comparison.unseen.length)} not seen`,
          ...comparison.differences.map(
            (one) =>
              `  ${one.kind.padEnd(16)} ${one.observed.address}  seen ${formatMoney(one.observed.balance)}${one.kind === 'balance-differs' ? `, books ${formatMoney(one.book.balance)}, by ${formatMoney(one.by)}` : ''}`,
          ),
          freshText(known, fresh),
        ])
      }),
    )

const itemsCommand = (): Command =>
  withDatabaseOptions(new Command('items'))
    .description('differences to work on')
    .option('--all', 'also what is explained or corrected')
    .option('--json', 'as one JSON text')
    .action(async (options: Options & Readonly<{ all?: boolean; json?: boolean }>) =>
      atHome(options, async ({ database }) => {
        const items = await listItems(database, options.all ?? false)
        if (options.json === true) return JSON.stringify(items, null, 2)
        return items.length === 0 ? 'nothing to work on' : items.map(itemText).join('\n')
      }),
    )

const itemText = ({ id, state, run, subject, kind, account, detail, reason, operator }: Item): string =>
  [
    String(id).padStart(6),
    state.padEnd(10),
    `${run} ${subject}`,
    kind,
    account === null ? '' : `account ${account}`,
    JSON.stringify(detail),
    reason === '' ? '' : `because ${reason} (${operator ?? '—'})`,
  ]
    .filter((part) => part !== '')
    .join('  ')

const words = {
  'unknown-item': 'there is no such item; "xianfu reconcile items --all" shows all',
  'reason-missing': 'say why with --reason',
  'state-already': 'it is in that state already',
  'corrected-already': 'it is corrected, and that is final',
} as const

const resolveCommand = (): Command =>
  withWho(withDatabaseOptions(new Command('resolve')))
    .description('say what a difference was (explained) or that it was put right (corrected)')
    .addArgument(new Argument('<item>', 'its number').argParser(wholeOf))
    .addOption(new Option('--state <state>', 'what it is now').choices(itemStates).makeOptionMandatory())
    .requiredOption('--reason <words>', 'why; kept with the item and in the audit log')
    .action(async (itemId: number, options: Options & Who & Readonly<{ state: ItemState; reason: string }>) =>
      atHome(options, async (context) => {
        const { state, reason } = options
        const result = await resolveItem(context, {
          itemId,
          state,
          reason,
          operatorId: await operatorOf(context, options),
        })
        return result.ok ? `item ${String(itemId)} is ${state}` : refuse(words[result.code])
      }),
    )

const refuse = (text: string): never => {
  throw new StartRefused(text)
}

const told = (differences: number, lines: readonly string[]): string => {
  if (differences > 0) process.exitCode = 1
  return lines.join('\n')
}

const freshText = (known: boolean, fresh: number): string =>
  known ? 'this very comparison was made before; nothing was written' : `${String(fresh)} new items`

const textOf = async (file: string): Promise<string> =>
  readFile(file, 'utf8').catch((error: unknown) => refuse(error instanceof Error ? error.message : String(error)))

const rowsOf = <T>(file: string, read: ReadFile<T>): readonly T[] =>
  read.ok
    ? read.rows
    : refuse(
        `${file} cannot be read:\n${read.problems.map(({ line, words: what }) => `  line ${String(line)}: ${what}`).join('\n')}`,
      )

const operatorOf = async ({ database }: CommandContext, { operator }: Who): Promise<number | null> => {
  if (operator === undefined) return null
  return (await operatorByLogin(database, operator)) ?? refuse(`there is no login ${operator}`)
}

const wrong = (text: string): never => {
  throw new InvalidArgumentError(text)
}

const columnValue = (text: string): ChannelColumns['only'] => {
  const at = text.indexOf('=')
  return at < 1 ? wrong('write COLUMN=VALUE') : { column: text.slice(0, at), value: text.slice(at + 1) }
}

const meterOf = (text: string): AskedMeter => {
  const match = /^(\d{1,12})(?:x([1-9]\d{0,5}))?$/u.exec(text)
  if (match?.[1] === undefined) return wrong('write an address, or an address and a ratio such as 000000000001x120')
  return { address: match[1].padStart(12, '0'), multiplier: BigInt(match[2] ?? '1') }
}

const percentOf = (text: string): Ratio => parsePercent(text) ?? wrong('write per cent, such as 7 or 5.5')
const moneyOf = (text: string): MicroYuan => parseMoney(text) ?? wrong('write yuan, such as 0.05')
const minutesOf = (text: string): number => (/^\d{1,5}$/u.test(text) ? Number(text) : wrong('write whole minutes'))
const wholeOf = (text: string): number => (/^\d{1,12}$/u.test(text) ? Number(text) : wrong('write a whole number'))
