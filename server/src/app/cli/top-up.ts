import { Argument, Command, InvalidArgumentError, Option } from 'commander'
import type { PurchaseWish } from '../../domain/purchase-amount.ts'
import { formatMoney, microYuan, parseKwh, parseMoney, type MicroYuan } from '../../domain/quantity.ts'
import { createPay } from '../../flow/pay.ts'
import { quotePurchase, type Quoted } from '../../flow/quote-purchase.ts'
import { operatorByLogin } from '../../store/reconciliation.ts'
import { findAccountByNumber } from '../../store/tariffs.ts'
import { StartRefused } from '../one-server.ts'
import { refusalWords } from './buying-words.ts'
import { withDatabaseOptions } from './house-command.ts'
import { atHome, type CommandContext } from './in-house.ts'
import { parsePositive } from './option-parsers.ts'

type Options = Readonly<Record<string, unknown>> &
  Readonly<{
    amount?: MicroYuan
    energy?: PurchaseWish
    days?: number
    key?: string
    operator?: string
    quote?: boolean
  }>

/** `xianfu account top-up`: cash over the counter, as the console takes it. */
export const topUpCommand = (): Command =>
  withDatabaseOptions(new Command('top-up'))
    .description(
      'credit cash: by amount, by energy or by days; the plan says what is refused and what goes to old debt',
    )
    .addArgument(new Argument('<number>', 'account number'))
    .addOption(new Option('--amount <yuan>', 'as much money').argParser(parseYuan))
    .addOption(new Option('--energy <kwh>', 'as much energy, at the price of today').argParser(parseEnergy))
    .addOption(new Option('--days <days>', 'as many days, as the last thirty have been').argParser(parsePositive))
    .option('--quote', 'only say what it would cost and do')
    .option('--key <key>', 'the same key again credits nothing twice (default: a new one)')
    .option('--operator <login>', 'whose drawer the cash is in')
    .action(async (number: string, options: Options) =>
      atHome(options, async (context) => {
        const wish = wishOf(options)
        const accountId = await findAccountByNumber(context.database, number)
        if (accountId === null) throw new StartRefused(`there is no account ${number}`)
        const quoted = await quotePurchase(context.database, accountId, wish, context.clock.now())
        if (!quoted.ok) throw new StartRefused(refusalWords(quoted.code))
        return options.quote === true ? quoteText(quoted) : pay(context, accountId, { ...options, wish, quoted })
      }),
    )

const pay = async (
  { database, clock, ids }: CommandContext,
  accountId: number,
  { wish, quoted, key, operator }: Options & Readonly<{ wish: PurchaseWish; quoted: Quoted }>,
): Promise<string> => {
  const { amount } = quoted
  const operatorId = operator === undefined ? null : await operatorByLogin(database, operator)
  if (operator !== undefined && operatorId === null) throw new StartRefused(`there is no login ${operator}`)
  const paid = await createPay(
    database,
    clock,
    ids,
  )({
    accountId,
    key: key ?? ids.uuid(),
    amount,
    channel: 'cash-counter',
    operatorId,
    ...(wish.kind === 'amount' ? {} : { wish }),
  })
  if (!paid.ok)
    throw new StartRefused(
      `${refusalWords(paid.code)}${'limit' in paid ? ` (limit ${formatMoney(paid.limit)} yuan)` : ''}`,
    )
  return [
    `${paid.fresh ? 'credited' : 'had been credited before'}: ${formatMoney(paid.amount)} yuan, payment ${paid.paymentId}`,
    ...(paid.toDebt > 0n ? [`  to old debt ${formatMoney(paid.toDebt)}`] : []),
    `  balance ${formatMoney(paid.balance)}, ${paid.stage}`,
  ].join('\n')
}

const wishOf = ({ amount, energy, days }: Options): PurchaseWish => {
  const wishes: readonly PurchaseWish[] = [
    ...(amount === undefined ? [] : [{ kind: 'amount', amount } as const]),
    ...(energy === undefined ? [] : [energy]),
    ...(days === undefined ? [] : [{ kind: 'time', days } as const]),
  ]
  const [wish] = wishes
  if (wish === undefined || wishes.length > 1) throw new StartRefused('give one of --amount, --energy and --days')
  return wish
}

const quoteText = ({ amount, toDebt, toBalance, balanceAfter, debtAfter, refusal }: Quoted): string =>
  [
    `to pay ${formatMoney(amount)} yuan: ${formatMoney(toBalance)} to the balance, ${formatMoney(toDebt)} to old debt`,
    `  balance after it ${formatMoney(balanceAfter)}, debt after it ${formatMoney(debtAfter)}`,
    ...(refusal === null
      ? []
      : [`  would be refused: ${refusalWords(refusal.code)} (limit ${formatMoney(refusal.limit)} yuan)`]),
  ].join('\n')

const fen = microYuan(10_000n)

/** Money over a counter: whole fen above zero. */
export const parseYuan = (text: string): MicroYuan => {
  const amount = parseMoney(text)
  if (amount === null || amount <= 0n || amount % fen !== 0n)
    throw new InvalidArgumentError('An amount is above zero with at most two decimals, for example 50 or 12.30.')
  return amount
}

const parseEnergy = (text: string): PurchaseWish => {
  const energy = parseKwh(text)
  if (energy === null || energy <= 0n)
    throw new InvalidArgumentError('Energy is in kilowatt-hours above zero, at most three decimals, for example 100.')
  return { kind: 'energy', energy }
}
