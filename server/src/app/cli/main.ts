import { Command, CommanderError } from 'commander'
import { audit } from '../../flow/audit.ts'
import { StoreError } from '../../store/store-error.ts'
import { settings, type Config } from '../config.ts'
import { StartRefused } from '../one-server.ts'
import { start } from '../start.ts'
import { accountCommand } from './account.ts'
import { batchCommand } from './batch.ts'
import { agreementCommand } from './agreement.ts'
import { airtimeCommand } from './airtime.ts'
import { strictly } from './command.ts'
import { completenessCommand } from './completeness.ts'
import { dryRunCommand } from './dry-run.ts'
import { enrolCommand } from './enrol.ts'
import { eventsCommand } from './events.ts'
import { headendCommand } from './headend.ts'
import { stopSignal } from './stop-signal.ts'
import { fieldCommands } from './field-main.ts'
import { configOf, inHouse, withDatabaseOptions, withOptions } from './house-command.ts'
import { ledgerCommand } from './ledger.ts'
import { loadCommand } from './load.ts'
import { malignantLoadCommand } from './malignant-load.ts'
import { lossCommand } from './loss.ts'
import { noTripCommand } from './no-trip.ts'
import { operatorCommand } from './operator.ts'
import { pauseCommand } from './pause.ts'
import { planCommand } from './plan.ts'
import { priceCommand } from './price.ts'
import { purseCommand } from './purse.ts'
import { reconcileCommand } from './reconcile.ts'
import { readingsCommand } from './readings.ts'
import { scheduleCommand } from './schedule.ts'
import { shiftCommand } from './shift.ts'
import { siteCommand } from './site.ts'
import { receiptCommand, statementCommand } from './statement.ts'
import { stopCommand } from './stop.ts'

/** Runs the command line; resolves with the exit code: 0 done, 1 failed, 2 called wrongly. */
export const main = async (argv: readonly string[]): Promise<number> => {
  const program = new Command('xianfu')
    .description('Remote electricity prepayment management. 遠程預付費管理系統')
    .exitOverride()
    .addCommand(startCommand())
    .addCommand(headendCommand())
    .addCommand(auditCommand())
    .addCommand(enrolCommand())
    .addCommand(operatorCommand())
    .addCommand(noTripCommand())
    .addCommand(eventsCommand())
    .addCommand(siteCommand())
    .addCommand(batchCommand())
    .addCommand(dryRunCommand())
    .addCommand(malignantLoadCommand())
    .addCommand(loadCommand())
    .addCommand(scheduleCommand())
    .addCommand(pauseCommand())
    .addCommand(airtimeCommand())
    .addCommand(ledgerCommand())
    .addCommand(accountCommand())
    .addCommand(shiftCommand())
    .addCommand(stopCommand())
    .addCommand(statementCommand())
    .addCommand(receiptCommand())
    .addCommand(reconcileCommand())
    .addCommand(planCommand())
    .addCommand(priceCommand())
    .addCommand(completenessCommand())
    .addCommand(readingsCommand())
    .addCommand(agreementCommand())
    .addCommand(purseCommand())
    .addCommand(lossCommand())
  for (const command of fieldCommands()) program.addCommand(command)
  try {
    await strictly(program).parseAsync([...argv])
    return Number(process.exitCode ?? 0)
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
    process.stderr.write(`xianfu: ${lineOf(error)}\n`)
    return 1
  }
}

const lineOf = (error: unknown): string => {
  if (error instanceof StartRefused || error instanceof StoreError) return error.message
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}

const startCommand = (): Command =>
  withOptions(new Command('start'), Object.keys(settings) as (keyof Config)[])
    .description('run the server: database, gateways, console; a demonstration village unless told otherwise')
    .action(async (options: Record<string, unknown>) => {
      const asked = stopSignal()
      const running = await start(configOf(options))
      const displaced = await Promise.race([asked.then(() => null), running.displaced])
      if (displaced !== null) {
        process.stderr.write(`xianfu: ${displaced}\n`)
        process.exitCode = 1
      }
      process.stdout.write('stopping …\n')
      await running.stop()
      process.stdout.write('stopped.\n')
    })

const auditCommand = (): Command =>
  withDatabaseOptions(new Command('audit'))
    .description('prove the books: every transfer, charge, payment and verified command, from first entries')
    .action(async (options: Record<string, unknown>) =>
      inHouse(options, async (database) => {
        let wrong = 0
        for (const check of await audit(database)) {
          process.stdout.write(`${check.wrong.length === 0 ? 'ok   ' : 'WRONG'} ${check.name} (${check.counted})\n`)
          for (const line of check.wrong) process.stdout.write(`        ${line}\n`)
          wrong += check.wrong.length
        }
        process.exitCode = wrong === 0 ? 0 : 1
      }),
    )
