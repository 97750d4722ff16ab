import { Argument, Command } from 'commander'
import { createStopBatch } from '../../flow/decide-batch.ts'
import type { CommandContext } from './in-house.ts'
import { viewBatch, viewBatches, viewBatchItems, type BatchView } from '../../store/view/batches.ts'
import { StartRefused } from '../one-server.ts'
import { withDatabaseOptions } from './house-command.ts'
import { atHome } from './in-house.ts'

const idPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/u

/**
 * `xianfu batch …`: what batches do, and the stop button for when the console is not at hand. Asking and approving are
 * left to the console, where each of the two persons is signed in.
 */
export const batchCommand = (): Command => {
  const id = new Argument('<id>', 'of the batch, as the list shows it')
  const list = withDatabaseOptions(new Command('list'))
    .description('the last 100 batches, those that wait or run first')
    .action(async (options: Readonly<Record<string, unknown>>) =>
      atHome(options, async ({ database }) => {
        const batches = await viewBatches(database)
        return batches.length === 0 ? 'there is no batch' : batches.map(lineOf).join('\n')
      }),
    )
  const show = withDatabaseOptions(new Command('show'))
    .description('one batch, meter by meter')
    .addArgument(id)
    .action(async (given: string, options: Readonly<Record<string, unknown>>) =>
      atHome(options, async ({ database }) => {
        const batch = await knownBatch({ database }, given)
        const items = (await viewBatchItems(database, batch.id)).map((item) => {
          const { place, address, state, command_state: ended, because, failure } = item
          return `  ${place.padEnd(16)} ${address}  ${(ended ?? state).padEnd(12)} ${failure ?? because ?? ''}`.trimEnd()
        })
        return [lineOf(batch), ...decisionLines(batch), ...items].join('\n')
      }),
    )
  const stop = withDatabaseOptions(new Command('stop'))
    .description('stop a batch: what has not been sent is cancelled')
    .addArgument(id)
    .requiredOption('--reason <text>', 'why, for the audit log')
    .action(async (given: string, options: Readonly<Record<string, unknown>> & { reason: string }) =>
      atHome(options, async (context) => {
        const { id: batchId } = await knownBatch(context, given)
        const stopped = await createStopBatch(context)({ batchId, operator: null, reason: options.reason })
        if (!stopped.ok) throw new StartRefused('this batch is over; there is nothing left to stop')
        return `stopped; ${String(stopped.cancelled)} queued commands were cancelled`
      }),
    )
  return new Command('batch').description('orders over many meters').addCommand(list).addCommand(show).addCommand(stop)
}

const knownBatch = async ({ database }: Pick<CommandContext, 'database'>, id: string): Promise<BatchView> => {
  const batch = idPattern.test(id) ? await viewBatch(database, id) : null
  if (batch === null) throw new StartRefused(`there is no batch ${id}; "xianfu batch list" shows all`)
  return batch
}

const lineOf = (batch: BatchView): string => {
  const { id, kind, override, state, at, requester_login: requester, reason, done, failed, left_out, total } = batch
  const counts = `${String(done)} done, ${String(failed)} failed, ${String(left_out)} left out of ${String(total)}`
  const what = override ? `${kind} (whatever the balance)` : kind
  return `${id}  ${new Date(at).toISOString()}  ${state.padEnd(9)} ${what}  by ${requester}: ${reason}  [${counts}]`
}

const decisionLines = (batch: BatchView): string[] => [
  ...(batch.decided_at === null
    ? []
    : [
        `  decided by ${batch.decider_login ?? ''} at ${new Date(batch.decided_at).toISOString()}: ${batch.decision_reason ?? ''}`,
      ]),
  ...(batch.stopped_at === null
    ? []
    : [
        `  stopped by ${batch.stopper_login ?? 'the command line'} at ${new Date(batch.stopped_at).toISOString()}: ${batch.stop_reason ?? ''}`,
      ]),
]
