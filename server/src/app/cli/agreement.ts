import { Argument, Command, InvalidArgumentError, Option } from 'commander'
import { formatMoney, parseMoney, type MicroYuan } from '../../domain/quantity.ts'
import type { StopTerms } from '../../domain/stop-terms.ts'
import { createSignChange, type AgreementChange } from '../../flow/sign-change.ts'
import { agreementHistory } from '../../store/agreements.ts'
import { operatorByLogin } from '../../store/reconciliation.ts'
import { findAccountByNumber } from '../../store/tariffs.ts'
import { StartRefused } from '../one-server.ts'
import { stopSchema } from '../stop-document.ts'
import { deedWords } from './buying-words.ts'
import { instantOf, withDatabaseOptions } from './house-command.ts'
import { atHome, type CommandContext } from './in-house.ts'
import { readJsonFile } from './json-file.ts'

type Options = Readonly<Record<string, unknown>>
type SignOptions = Options &
  Readonly<{ mode?: 'remote' | 'local'; plan?: string; contract?: string; legalPath?: 'agreement' | 'overdue-30' }> &
  Readonly<{
    alarm1?: MicroYuan
    alarm2?: MicroYuan
    cutOff?: MicroYuan
    restore?: MicroYuan
    noticeMinutes?: number
  }> &
  Readonly<{
    reconnect?: 'direct-close' | 'permit-close'
    from?: number
    key?: string
    operator?: string
    reason: string
    stop?: string
  }>

/** `xianfu agreement …`: versions of what was signed. */
export const agreementCommand = (): Command =>
  new Command('agreement')
    .description('prepayment agreements: sign the next version, see all of them')
    .addCommand(signCommand())
    .addCommand(listCommand())
    .exitOverride()

const money = (flag: string, words: string): Option => new Option(flag, words).argParser(parseThreshold)

const signCommand = (): Command =>
  withDatabaseOptions(new Command('sign'))
    .description('sign the next version by what changes in it; what is not given stays as it is')
    .addArgument(new Argument('<number>', 'account number'))
    .addOption(
      new Option('--mode <mode>', 'where the balance lives: here, or in the meter (本地费控)').choices([
        'remote',
        'local',
      ]),
    )
    .option('--plan <name>', 'price plan')
    .option('--contract <number>', 'number of the supply contract')
    .addOption(new Option('--legal-path <path>', 'what a stop rests on').choices(['agreement', 'overdue-30']))
    .addOption(money('--alarm1 <yuan>', 'first alarm'))
    .addOption(money('--alarm2 <yuan>', 'second alarm'))
    .addOption(money('--cut-off <yuan>', 'supply may be stopped at or below it; below zero is credit'))
    .addOption(money('--restore <yuan>', 'supply comes back above it'))
    .addOption(new Option('--notice-minutes <n>', 'least time between notice and trip').argParser(parseMinutes))
    .addOption(new Option('--reconnect <way>', 'how supply comes back').choices(['direct-close', 'permit-close']))
    .addOption(new Option('--from <instant>', 'in force from then on (default: now)').argParser(instantOf))
    .option('--stop <file>', 'the whole way to a stop, as JSON (docs/stopping.md)')
    .option('--reason <words>', 'for the audit log', '')
    .option('--key <key>', 'the same key again signs nothing twice (default: a new one)')
    .option('--operator <login>', 'in whose name')
    .action(async (number: string, options: SignOptions) =>
      atHome(options, async (context) => {
        const accountId = await known(context, number)
        const { key = context.ids.uuid(), operator, reason, from: effectiveFrom = null } = options
        const operatorId = operator === undefined ? null : await operatorByLogin(context.database, operator)
        if (operator !== undefined && operatorId === null) throw new StartRefused(`there is no login ${operator}`)
        const change = { ...changeOf(options), ...(options.stop !== undefined && { stop: await stopOf(options.stop) }) }
        const signed = await createSignChange(context)({ key, reason, operatorId, accountId, change, effectiveFrom })
        if (!signed.ok) throw new StartRefused(deedWords(signed.code))
        const { version, effectiveFrom: since } = signed.result
        return `account ${number}: version ${String(version)} ${signed.fresh ? 'signed' : 'had been signed before'}, in force from ${new Date(since).toISOString()}`
      }),
    )

const changeOf = (options: SignOptions): AgreementChange => {
  const { mode, plan, contract, legalPath, alarm1, alarm2, cutOff, restore, noticeMinutes, reconnect } = options
  return {
    ...(mode !== undefined && { settlementMode: mode }),
    ...(plan !== undefined && { pricePlan: plan }),
    ...(contract !== undefined && { supplyContract: contract }),
    ...(legalPath !== undefined && { legalPath }),
    ...(alarm1 !== undefined && { alarm1 }),
    ...(alarm2 !== undefined && { alarm2 }),
    ...(cutOff !== undefined && { cutOff }),
    ...(restore !== undefined && { restore }),
    ...(noticeMinutes !== undefined && { noticeLeadMs: noticeMinutes * 60_000 }),
    ...(reconnect !== undefined && { reconnect }),
  }
}

const stopOf = async (file: string): Promise<StopTerms> => {
  const read = await readJsonFile(file)
  if (!read.ok) throw new StartRefused(read.words)
  const parsed = stopSchema.safeParse(read.json)
  if (parsed.success) return parsed.data
  throw new StartRefused(
    parsed.error.issues.map(({ path, message }) => `${path.map(String).join('.') || 'file'}: ${message}`).join('; '),
  )
}

const listCommand = (): Command =>
  withDatabaseOptions(new Command('list'))
    .description('all versions of an account, oldest first')
    .addArgument(new Argument('<number>', 'account number'))
    .action(async (number: string, options: Options) =>
      atHome(options, async (context) => {
        const versions = await agreementHistory(context.database, await known(context, number))
        if (versions.length === 0) return `account ${number} has no agreement`
        return versions
          .map(({ version, settlementMode, effectiveFrom, effectiveTo, thresholds, supplyContract, legalPath, stop }) =>
            [
              `version ${String(version)}`,
              settlementMode,
              `${stop?.mode ?? 'prepaid'}, ${legalPath}, ${stop?.approval ?? 'automatic'}`,
              `${new Date(effectiveFrom).toISOString()} – ${effectiveTo === null ? '' : new Date(effectiveTo).toISOString()}`,
              `alarms ${formatMoney(thresholds.alarm1)}/${formatMoney(thresholds.alarm2)}, cut-off ${formatMoney(thresholds.cutOff)}, restore ${formatMoney(thresholds.restore)}`,
              `contract ${supplyContract}`,
            ].join('  '),
          )
          .join('\n')
      }),
    )

const known = async ({ database }: CommandContext, number: string): Promise<number> => {
  const accountId = await findAccountByNumber(database, number)
  if (accountId === null) throw new StartRefused(`there is no account ${number}`)
  return accountId
}

const parseThreshold = (text: string): MicroYuan => {
  const amount = parseMoney(text)
  if (amount === null) throw new InvalidArgumentError('A threshold is money like 20 or -50.00.')
  return amount
}

const mostMinutes = 43_200

const parseMinutes = (text: string): number => {
  const minutes = Number(text)
  if (!/^\d{1,5}$/u.test(text) || minutes > mostMinutes)
    throw new InvalidArgumentError('Minutes are a whole number up to 43200.')
  return minutes
}
