import { Command } from 'commander'
import { livingHeadends } from '../../store/headends.ts'
import { startHeadend } from '../start-headend.ts'
import { configOf, inHouse, withDatabaseOptions, withOptions } from './house-command.ts'
import { stopSignal } from './stop-signal.ts'

/** `xianfu headend`: further processes that hold gateways of the same database. */
export const headendCommand = (): Command =>
  withOptions(new Command('headend'), [
    'data',
    'databaseUrl',
    'gatewayHost',
    'gatewayPort',
    'gatewayTlsPort',
    'gatewayTlsCertificate',
    'gatewayTlsKey',
    'gatewayTlsClients',
    'securityModule',
    'securityKeyFile',
    'allowTestSecurity',
    'logLevel',
  ])
    .description('hold gateways beside a running house: read, settle, command those that dial in here')
    .action(async (options: Readonly<Record<string, unknown>>) => {
      const asked = stopSignal()
      const running = await startHeadend(configOf(options))
      await asked
      process.stdout.write('stopping …\n')
      await running.stop()
      process.stdout.write('stopped.\n')
    })
    .addCommand(
      withDatabaseOptions(new Command('list'))
        .description('the processes that live, and how many gateways each holds')
        .action(async (options: Readonly<Record<string, unknown>>) =>
          inHouse(options, async (database) => {
            for (const { kind, name, startedAt, gateways } of await livingHeadends(database))
              process.stdout.write(
                `${kind.padEnd(8)} ${name.padEnd(32)} since ${new Date(startedAt).toISOString()}  ${String(gateways)} gateways\n`,
              )
          }),
        ),
    )
