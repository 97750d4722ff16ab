import { Argument, Command, InvalidArgumentError, Option } from 'commander'
import { formatMoney, microYuan, parseMoney, type MicroYuan } from '../../domain/quantity.ts'
import { createBuyForMeter } from '../../flow/buy-for-meter.ts'
import { createAcceptPurse, createSettlePurchase } from '../../flow/settle-purse.ts'
import { operatorByLogin } from '../../store/reconciliation.ts'
import { metersOfAccount, type AccountMeter } from '../../store/meter-purchases.ts'
import { viewPurchases, viewPurse, type PurchaseView } from '../../store/view/purse.ts'
import { StartRefused } from '../one-server.ts'
import { deedWords } from './buying-words.ts'
import { withDatabaseOptions } from './house-command.ts'
import { atHome, type CommandContext } from './in-house.ts'
import { parseAddress } from './option-parsers.ts'
import { parseYuan } from './top-up.ts'

type Options = Readonly<Record<string, unknown>> & Readonly<{ meter?: string; key?: string; operator?: string }>

const numberArgument = (): Argument => new Argument('<number>', 'account number')
const withMeter = (command: Command): Command =>
  command.addOption(
    new Option('--meter <address>', 'which meter, when the account has several').argParser(parseAddress),
  )
const withAsker = (command: Command): Command =>
  command
    .option('--key <key>', 'the same key again does nothing twice (default: a new one)')
    .option('--operator <login>', 'in whose name')

/** `xianfu purse …`: meters that keep their own balance (本地费控). */
export const purseCommand = (): Command =>
  new Command('purse')
    .description('meters that keep their own balance: buy for them, see what became of it, end a dispute')
    .addCommand(buyCommand())
    .addCommand(showCommand())
    .addCommand(settleCommand())
    .addCommand(acceptCommand())
    .exitOverride()

const buyCommand = (): Command =>
  withAsker(withMeter(withDatabaseOptions(new Command('buy'))))
    .description("buy for a meter out of its account's prepayment; the running server brings it into the meter")
    .addArgument(numberArgument())
    .addOption(new Option('--amount <yuan>', 'as much money').argParser(parseYuan).makeOptionMandatory())
    .action(async (number: string, options: Options & Readonly<{ amount: MicroYuan }>) =>
      atHome(options, async (context) => {
        const { accountId, meterId, address } = await meterOf(context, number, options.meter)
        const asked = await askedBy(context, options, '')
        const bought = await createBuyForMeter(context)({ ...asked, accountId, meterId, amount: options.amount })
        if (!bought.ok) throw new StartRefused(deedWords(bought.code))
        const { purchaseId, balance } = bought.result
        return `${bought.fresh ? 'bought' : 'had been bought before'} for meter ${address}: purchase ${purchaseId}; left on the account ${formatMoney(balance)} yuan`
      }),
    )

const showCommand = (): Command =>
  withMeter(withDatabaseOptions(new Command('show')))
    .description('what stands in a meter, what is on its way into it, and the life of each purchase')
    .addArgument(numberArgument())
    .action(async (number: string, options: Options) =>
      atHome(options, async (context) => {
        const { meterId, address } = await meterOf(context, number, options.meter)
        const purse = await viewPurse(context.database, meterId)
        if (purse === null) throw new StartRefused(`there is no meter ${address}`)
        const money = (amount: bigint): string => formatMoney(microYuan(amount))
        const { shown, read_at: readAt, purchase_count: count, dispute } = purse
        return [
          `meter ${address} of account ${number}, ${purse.mode} mode`,
          shown === null || readAt === null
            ? '  never read'
            : `  shows ${money(shown)} yuan after ${String(count)} purchases, read ${new Date(readAt).toISOString()}`,
          `  in the books ${money(purse.booked)}, on its way ${money(purse.pending)}, on the account ${money(purse.available)}`,
          ...(dispute === null ? [] : [`  DISPUTED: ${dispute}`]),
          ...(await viewPurchases(context.database, meterId)).flatMap(purchaseLines),
        ].join('\n')
      }),
    )

const purchaseLines = ({ id, at, amount, state, life }: PurchaseView): readonly string[] => [
  `  ${new Date(at).toISOString()}  ${formatMoney(microYuan(amount)).padStart(10)}  ${state === 'written' ? 'written, being resolved' : state}  ${id}`,
  ...life.map(
    (step) => `      ${new Date(step.at).toISOString()}  ${step.step}${step.reason === null ? '' : `: ${step.reason}`}`,
  ),
]

const settleCommand = (): Command =>
  withAsker(withDatabaseOptions(new Command('settle')))
    .description('say of a disputed purchase whether it is in the meter')
    .addArgument(numberArgument())
    .addArgument(new Argument('<purchase>', 'its identifier'))
    .addOption(new Option('--as <end>', 'in the meter, or not').choices(['posted', 'voided']).makeOptionMandatory())
    .requiredOption('--reason <words>', 'what was looked at')
    .action(async (number: string, purchaseId: string, options: Options & Ended) =>
      atHome(options, async (context) => {
        const { accountId } = await meterOf(context, number, undefined)
        const asked = await askedBy(context, options, options.reason)
        const ended = await createSettlePurchase(context)({ ...asked, accountId, purchaseId, as: options.as })
        if (!ended.ok) throw new StartRefused(deedWords(ended.code))
        return `purchase ${purchaseId}: ${options.as}`
      }),
    )

type Ended = Readonly<{ as: 'posted' | 'voided'; reason: string }>

const acceptCommand = (): Command =>
  withAsker(withMeter(withDatabaseOptions(new Command('accept'))))
    .description("take over what a disputed meter's display shows, with a reason")
    .addArgument(numberArgument())
    .addOption(new Option('--count <n>', 'its purchase count').argParser(parseCount).makeOptionMandatory())
    .addOption(new Option('--balance <yuan>', 'its balance').argParser(parseShown).makeOptionMandatory())
    .requiredOption('--reason <words>', 'what was looked at')
    .action(async (number: string, options: Options & Shown) =>
      atHome(options, async (context) => {
        const { accountId, meterId, address } = await meterOf(context, number, options.meter)
        const asked = await askedBy(context, options, options.reason)
        const reading = { purchaseCount: options.count, balance: options.balance, lastPurchase: null }
        const accepted = await createAcceptPurse(context)({ ...asked, accountId, meterId, reading })
        if (!accepted.ok) throw new StartRefused(deedWords(accepted.code))
        const { before, now } = accepted.result
        return `meter ${address}: ${formatMoney(before)} yuan in the books before, ${formatMoney(now)} now`
      }),
    )

type Shown = Readonly<{ count: number; balance: MicroYuan; reason: string }>

const meterOf = async (
  { database }: CommandContext,
  number: string,
  address: string | undefined,
): Promise<AccountMeter> => {
  const meters = await metersOfAccount(database, number)
  const fitting = address === undefined ? meters : meters.filter((meter) => meter.address === address)
  const [meter] = fitting
  if (meter === undefined)
    throw new StartRefused(
      address === undefined
        ? `there is no account ${number} with a meter`
        : `account ${number} has no meter ${address}`,
    )
  if (fitting.length > 1) throw new StartRefused(`account ${number} has several meters; give --meter`)
  return meter
}

const askedBy = async ({ database, ids }: CommandContext, { key, operator }: Options, reason: string) => {
  const operatorId = operator === undefined ? null : await operatorByLogin(database, operator)
  if (operator !== undefined && operatorId === null) throw new StartRefused(`there is no login ${operator}`)
  return { key: key ?? ids.uuid(), reason, operatorId }
}

const mostCount = 65_535

const parseCount = (text: string): number => {
  const count = Number(text)
  if (!/^\d{1,5}$/u.test(text) || count > mostCount) throw new InvalidArgumentError('A count is a whole number from 0.')
  return count
}

const parseShown = (text: string): MicroYuan => {
  const money = parseMoney(text)
  if (money === null || money < 0n) throw new InvalidArgumentError('A balance is like 12.30, not below zero.')
  return money
}
