import { randomUUID } from 'node:crypto'
import { Argument, Command, Option } from 'commander'
import type { AgreementVersion } from '../../domain/agreement.ts'
import { formatMoney } from '../../domain/quantity.ts'
import { createSignAgreement } from '../../flow/sign-agreement.ts'
import { agreementHistory } from '../../store/agreements.ts'
import { findAccountByNumber } from '../../store/accounts.ts'
import type { Sql } from '../../store/database.ts'
import { planVersionsOf } from '../../store/tariffs.ts'
import { agreementSchema, termsOf } from '../enrolment-file.ts'
import { StartRefused } from '../one-server.ts'
import { instantOf, withDatabaseOptions } from './house-command.ts'
import { atHome } from './in-house.ts'
import { readJsonFile } from './json-file.ts'

type Options = Readonly<Record<string, unknown>>

/** `xianfu agreement …`: what was agreed with a customer, version by version. */
export const agreementCommand = (): Command => {
  const account = new Argument('<account>', 'account number')
  const sign = withDatabaseOptions(new Command('sign'))
    .description('sign the next version from a file: keys as under "agreement" in docs/enrolment.md')
    .addArgument(account)
    .addArgument(new Argument('<file>', 'the agreement as JSON'))
    .addOption(new Option('--from <instant>', 'in force from then (default: from now on)').argParser(instantOf))
    .addOption(new Option('--reason <text>', 'why there is a new version').makeOptionMandatory())
    .action(async (number: string, file: string, options: Options & Readonly<{ from?: number; reason: string }>) => {
      const read = await readJsonFile(file)
      if (!read.ok) throw new StartRefused(read.words)
      const parsed = agreementSchema.safeParse(read.json)
      if (!parsed.success)
        throw new StartRefused(
          parsed.error.issues
            .map(({ path, message }) => `${path.map(String).join('.') || 'file'}: ${message}`)
            .join('; '),
        )
      await atHome(options, async (context) => {
        const accountId = await idOf(context.database, number)
        const { pricePlan, ...terms } = termsOf(parsed.data)
        const plan = (await planVersionsOf(context.database, pricePlan)).at(-1)
        if (plan === undefined) throw new StartRefused(`there is no plan ${pricePlan}; "xianfu plan list" shows all`)
        const latest = (await agreementHistory(context.database, accountId)).at(-1)
        const signed = await createSignAgreement(context)({
          key: randomUUID(),
          reason: options.reason,
          operatorId: null,
          accountId,
          terms: {
            ...terms,
            pricePlanId: plan.id,
            settlementMode: latest?.settlementMode ?? 'remote',
            supplyContract: latest?.supplyContract ?? '',
            legalPath: terms.stop.legalPath,
          },
          effectiveFrom: options.from ?? null,
        })
        if (!signed.ok) throw new StartRefused(`not signed: ${signed.code}`)
        return `account ${number}: version ${String(signed.result.version)}, in force from ${new Date(signed.result.effectiveFrom).toISOString()}`
      })
    })
  const show = withDatabaseOptions(new Command('show'))
    .description('all versions, the newest last')
    .addArgument(account)
    .action(async (number: string, options: Options) =>
      atHome(options, async ({ database }) =>
        (await agreementHistory(database, await idOf(database, number))).map(lineOf).join('\n'),
      ),
    )
  return new Command('agreement').description('what was agreed with a customer').addCommand(sign).addCommand(show)
}

const idOf = async (sql: Sql, number: string): Promise<number> => {
  const id = await findAccountByNumber(sql, number)
  if (id === null) throw new StartRefused(`there is no account ${number}`)
  return id
}

const lineOf = ({
  version,
  effectiveFrom,
  effectiveTo,
  thresholds,
  noticeLeadMs,
  stop,
  legalPath,
}: AgreementVersion): string => {
  const { alarm1, alarm2, cutOff, restore } = thresholds
  const span = `${new Date(effectiveFrom).toISOString()} … ${effectiveTo === null ? '' : new Date(effectiveTo).toISOString()}`
  return [
    `v${String(version)}  ${span}`,
    `${stop?.mode ?? 'prepaid'}, ${legalPath}, ${stop?.approval ?? 'automatic'}`,
    `alarms ${formatMoney(alarm1)} and ${formatMoney(alarm2)}, cut-off ${formatMoney(cutOff)}, restore ${formatMoney(restore)}`,
    `lead ${String(noticeLeadMs / 60_000)} min, emergency credit ${formatMoney(stop?.emergencyCredit ?? (0n as typeof cutOff))}`,
  ].join('  ')
}
