import { writeFile } from 'node:fs/promises'
import { Argument, Command, Option } from 'commander'
import type { Language } from '../../domain/notice.ts'
import { closePeriods, type CloseSummary } from '../../flow/close-period.ts'
import { findReceipt, printReceipt } from '../../flow/receipt.ts'
import { printStatement, statementByNumber, statementOfMonth, statementsOf } from '../../flow/statement.ts'
import type { Paper } from '../../provider/document/paper.ts'
import { findAccountByNumber } from '../../store/statements.ts'
import { StartRefused } from '../one-server.ts'
import { withDatabaseOptions as withHouse } from './house-command.ts'
import { atHome, type CommandContext } from './in-house.ts'
import { headText, receiptText, statementText } from './statement-text.ts'

type Options = Readonly<Record<string, unknown>>
type Print = Readonly<{ pdf?: string; language?: Language; json?: boolean }>

const withPrint = (command: Command): Command =>
  command
    .option('--pdf <file>', 'write the paper to a file')
    .addOption(new Option('--language <language>', "of the paper (default: the customer's)").choices(['zh', 'en']))
    .option('--json', 'print the data instead of text')

/** Closed months: close them, look at them, print them. */
export const statementCommand = (): Command => {
  const close = withHouse(new Command('close'))
    .description('close the month that ended last (or --month): one statement per account, corrections included')
    .option('--month <month>', 'such as 2026-11')
    .option('--without-reading', 'close also where a meter has not been read since the end of the month')
    .action(async (options: Options & Readonly<{ month?: string; withoutReading?: boolean }>) =>
      atHome(options, async (context) => {
        const { month, withoutReading = false } = options
        const result = await closePeriods(context, { withoutReading, ...(month !== undefined && { month }) })
        if (result.ok) {
          if (result.summary.refused.length > 0) process.exitCode = 1
          return summaryText(result.summary)
        }
        throw new StartRefused(
          result.code === 'not-a-month' ? `${month ?? ''} is no month; write 2026-11` : 'that month is not over yet',
        )
      }),
    )
  const show = withPrint(withHouse(new Command('show')))
    .description('one statement, by its number or by account and month')
    .addArgument(new Argument('[number]', 'such as 70001-202611'))
    .option('--account <number>', 'with --month: the newest statement of that account and month')
    .option('--month <month>', 'such as 2026-11')
    .action(
      async (number: string | undefined, options: Options & Print & Readonly<{ account?: string; month?: string }>) =>
        atHome(options, async ({ database }) => {
          const { account, month, language } = options
          const document =
            number !== undefined
              ? await statementByNumber(database, number)
              : account !== undefined && month !== undefined
                ? await statementOfMonth(database, account, month)
                : refuse('name a statement, or give both --account and --month')
          if (document === null) return refuse('there is no such statement; "xianfu statement list" shows all')
          const words = language ?? document.account.language
          return printed(options, document, statementText(document, words), async () => printStatement(document, words))
        }),
    )
  const list = withHouse(new Command('list'))
    .description('the statements of an account, the newest first')
    .requiredOption('--account <number>', 'account number')
    .action(async (options: Options & Readonly<{ account: string }>) =>
      atHome(options, async (context) => listText(context, options.account)),
    )
  return new Command('statement')
    .description('monthly statements: close, show, print')
    .addCommand(close)
    .addCommand(show)
    .addCommand(list)
    .exitOverride()
}

export const receiptCommand = (): Command =>
  withPrint(withHouse(new Command('receipt')))
    .description('the receipt of a payment')
    .addArgument(new Argument('<payment>', 'id of the payment, or number of the receipt such as R20261125-42'))
    .action(async (payment: string, options: Options & Print) =>
      atHome(options, async ({ database }) => {
        const document = await findReceipt(database, payment)
        if (document === null) return refuse(`there is no payment or receipt ${payment}`)
        const words = options.language ?? document.account.language
        return printed(options, document, receiptText(document, words), async () => printReceipt(document, words))
      }),
    )

const refuse = (words: string): never => {
  throw new StartRefused(words)
}

const listText = async ({ database }: CommandContext, account: string): Promise<string> => {
  const accountId = await findAccountByNumber(database, account)
  if (accountId === null) return refuse(`there is no account ${account}`)
  const heads = await statementsOf(database, accountId)
  return heads.length === 0 ? `account ${account} has no statement yet` : heads.map(headText).join('\n')
}

const printed = async (
  { pdf, json = false }: Print,
  document: unknown,
  text: string,
  print: () => Promise<Paper>,
): Promise<string> => {
  if (pdf !== undefined) {
    const { bytes, missing } = await print()
    await writeFile(pdf, bytes)
    if (missing.length > 0)
      process.stderr.write(`the font has no sign for ${missing.join(', ')}: printed as their numbers\n`)
    if (!json) return `${pdf}: ${String(bytes.length)} bytes`
  }
  return json ? JSON.stringify(document, null, 2) : text
}

const summaryText = ({ closed, corrected, waiting, refused }: CloseSummary): string =>
  [
    `${String(closed.length)} closed, ${String(corrected.length)} corrected, ${String(waiting.length)} waiting for a reading, ${String(refused.length)} refused`,
    ...[...closed, ...corrected].map((number) => `  ${number}`),
    ...waiting.map(({ account, because }) => `  waiting  ${account}: ${because}`),
    ...refused.map(({ account, because }) => `  REFUSED  ${account}: ${because}`),
  ].join('\n')
