import { Argument, Command, Option } from 'commander'
import { formatKwh, formatMoney, microYuan, type MicroYuan } from '../../domain/quantity.ts'
import { explainAccount, type Explanation } from '../../flow/explain-account.ts'
import { StartRefused } from '../one-server.ts'
import { inHouse, instantOf, withDatabaseOptions } from './house-command.ts'
import { topUpCommand } from './top-up.ts'

/** `xianfu account …`: what an accountant or a customer asks of one account. */
export const accountCommand = (): Command =>
  new Command('account')
    .description('one account: why its balance is what it is, and what is bought for it')
    .addCommand(topUpCommand())
    .addCommand(
      withDatabaseOptions(new Command('explain'))
        .description('why the balance is what it is: every line, each with what it rests on, added up anew')
        .addArgument(new Argument('<number>', 'account number'))
        .addOption(new Option('--at <instant>', 'as it stood then (default: now)').argParser(instantOf))
        .addOption(new Option('--json', 'as one JSON text'))
        .action(async (number: string, options: Readonly<{ at?: number; json?: boolean }>) =>
          inHouse(options, async (database) => {
            // A demonstration's clock runs ahead of this machine's, so "now" is simply all that there is.
            const result = await explainAccount(database, number, options.at ?? endOfTime)
            if (!result.ok) throw new StartRefused(`there is no account ${number}`)
            const { explanation } = result
            process.stdout.write(options.json === true ? `${jsonOf(explanation)}\n` : textOf(explanation))
            process.exitCode = explanation.wrong.length === 0 ? 0 : 1
          }),
        ),
    )
    .exitOverride()

const endOfTime = Date.UTC(9999, 0, 1)

/** Money in yuan and energy in watt-hours, both as text: exact in any reader. */
const jsonOf = (explanation: Explanation): string =>
  JSON.stringify(explanation, (name, value: unknown) => {
    if (typeof value !== 'bigint') return value
    return moneyNames.has(name) ? formatMoney(microYuan(value)) : value.toString()
  })

const moneyNames = new Set(['amount', 'balance', 'effect', 'balanceAfter'])

const textOf = ({ number, at, balance, elsewhere, lines, wrong }: Explanation): string => {
  const when = at === endOfTime ? 'now' : new Date(at).toISOString()
  const rows = lines.map((line) =>
    [
      line.entry.toString().padStart(7),
      new Date(line.postedAt).toISOString(),
      line.kind.padEnd(18),
      signed(line.effect).padStart(14),
      formatMoney(line.balanceAfter).padStart(14),
      ` ${because(line)}`,
    ].join(' '),
  )
  return [
    `account ${number}, ${when}: ${formatMoney(balance)} yuan, from ${String(lines.length)} lines`,
    ...elsewhere.map(
      ({ code, owner, balance: there }) =>
        `  ${code}${owner === null ? '' : ` of meter ${owner}`}: ${formatMoney(there)}`,
    ),
    ...rows,
    ...(wrong.length === 0 ? ['every line adds up'] : wrong.map((line) => `WRONG ${line}`)),
    '',
  ].join('\n')
}

const signed = (amount: MicroYuan): string => `${amount > 0n ? '+' : ''}${formatMoney(amount)}`

/** What a line rests on, in one line. */
const because = ({ charge, payment, operation, refersTo, at }: Explanation['lines'][number]): string => {
  if (charge !== null) {
    const { place, address, used, registers, plan, agreementVersion } = charge
    const shown = registers === null ? '' : ` to ${formatKwh(registers.totalWh)} kWh`
    return `${place} (${address}) ${formatKwh(used)} kWh${shown} read ${new Date(at).toISOString()}; ${plan.name} v${String(plan.version)}; agreement v${String(agreementVersion)}`
  }
  const by = operation?.operator === null || operation === null ? '' : ` by ${operation.operator}`
  if (payment !== null) return `${payment.channel}${by}, payment ${payment.id}`
  const why = operation === null || operation.reason === '' ? '' : `: ${operation.reason}`
  const reference = refersTo === null ? '' : `, refers to ${refersTo}`
  return `${operation?.kind ?? 'by itself'}${by}${why}${reference}`
}
