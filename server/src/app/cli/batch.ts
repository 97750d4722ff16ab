import type { BatchSummary } from '@xianfu/contract'
import { Argument, Command } from 'commander'
import { presentBatch, presentItem } from '../../api/present-batch.ts'
import { createStopBatch } from '../../flow/decide-batch.ts'
import { viewBatch, viewBatches, viewBatchItems } from '../../store/view/batches.ts'
import { StartRefused } from '../one-server.ts'
import { lineOfBatch, linesOfBatch } from './batch-lines.ts'
import { listSigned, showSigned, signedBatchCommands } from './batch-signed.ts'
import { examples } from './command.ts'
import { atDesk, type Desk } from './desk.ts'
import { withDatabaseOptions } from './house-command.ts'
import { atHome, type CommandContext } from './in-house.ts'
import { calledWrongly } from './refusal.ts'
import { serverOption, signedIn, type AtWork, type SignInFlags } from './signed-in.ts'
import { terminalDesk } from './terminal-desk.ts'

const idPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/u

type Options = Readonly<Record<string, unknown>>

/**
 * `xianfu batch …`: `list`, `show` and `stop` beside the database, for when the console is not at hand; `request`,
 * `approve`, `reject` and `cancel` over HTTP, because each of the two persons has to be signed in.
 */
export const batchCommand = (openDesk: () => Desk = terminalDesk): Command => {
  const id = new Argument('<id>', 'of the batch, as the list shows it')
  const elsewhere = async (options: Options, work: (at: AtWork) => Promise<void>): Promise<void> => {
    const desk = openDesk()
    const { operator } = options
    process.exitCode = await atDesk(desk, async () => {
      if (typeof operator !== 'string') throw calledWrongly('say who asks the server: --operator LOGIN')
      return signedIn(options as SignInFlags, desk, work)
    })
  }
  const list = readable(new Command('list'))
    .description('the last 100 batches, those that wait or run first')
    .action(async (options: Options) => {
      if (options['server'] !== undefined) return elsewhere(options, listSigned)
      return atHome(options, async ({ database }) => {
        const batches = await viewBatches(database)
        return batches.length === 0
          ? 'there is no batch'
          : batches.map((batch) => lineOfBatch(presentBatch(batch))).join('\n')
      })
    })
  const show = readable(new Command('show'))
    .description('one batch, meter by meter')
    .addArgument(id)
    .action(async (given: string, options: Options) => {
      if (options['server'] !== undefined) return elsewhere(options, async (at) => showSigned(at, given))
      return atHome(options, async ({ database }) => {
        const batch = await knownBatch({ database }, given)
        return linesOfBatch(batch, (await viewBatchItems(database, batch.id)).map(presentItem)).join('\n')
      })
    })
  const stop = withDatabaseOptions(new Command('stop'))
    .description('stop a batch beside the database: what has not been sent is cancelled')
    .addArgument(id)
    .requiredOption('--reason <text>', 'why, for the audit log')
    .action(async (given: string, options: Options & { reason: string }) =>
      atHome(options, async (context) => {
        const { id: batchId } = await knownBatch(context, given)
        const stopped = await createStopBatch(context)({ batchId, operator: null, reason: options.reason })
        if (!stopped.ok) throw new StartRefused('this batch is over; there is nothing left to stop')
        return `stopped; ${String(stopped.cancelled)} queued commands were cancelled`
      }),
    )
  const command = new Command('batch').description('orders over many meters')
  for (const part of [list, show, ...signedBatchCommands(openDesk), stop]) command.addCommand(part)
  return examples(command, [
    [
      'batch request trip --site "East street" --place 3- --override --reason "works on the riser" --operator li',
      'asks',
    ],
    ['batch approve ID --override-seen --reason "read the list" --operator wang', 'the second person lets it go'],
    ['batch show ID --server http://10.0.0.7:8480 --operator li --password-env MY_PASSWORD', 'of a server elsewhere'],
  ])
}

/** Beside the database, or signed in at a server that is elsewhere. */
const readable = (command: Command): Command =>
  withDatabaseOptions(command)
    .addOption(serverOption())
    .option('--operator <login>', 'with --server: who asks')
    .option('--password-env <name>', 'with --server: environment variable that holds their password')

const knownBatch = async ({ database }: Pick<CommandContext, 'database'>, id: string): Promise<BatchSummary> => {
  const batch = idPattern.test(id) ? await viewBatch(database, id) : null
  if (batch === null) throw new StartRefused(`there is no batch ${id}; "xianfu batch list" shows all`)
  return presentBatch(batch)
}
