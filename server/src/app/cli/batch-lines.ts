import type { BatchItem, BatchMeter, BatchSummary } from '@xianfu/contract'

/** Batches as lines of text, the same from the database and over HTTP. */

export const lineOfBatch = (batch: BatchSummary): string => {
  const { id, kind, override, state, at, requestedBy, reason, counts } = batch
  const { done, failed, leftOut, total } = counts
  const count = `${String(done)} done, ${String(failed)} failed, ${String(leftOut)} left out of ${String(total)}`
  const what = override ? `${kind} (whatever the balance)` : kind
  return `${id}  ${instant(at)}  ${state.padEnd(9)} ${what}  by ${requestedBy.login}: ${reason}  [${count}]`
}

const instant = (at: number): string => new Date(at).toISOString()

export const linesOfBatch = (batch: BatchSummary, items: readonly BatchItem[]): readonly string[] => [
  lineOfBatch(batch),
  ...(batch.decision === null
    ? []
    : [`  decided by ${batch.decision.by.login} at ${instant(batch.decision.at)}: ${batch.decision.reason ?? ''}`]),
  ...(batch.stop === null
    ? []
    : [
        `  stopped by ${batch.stop.by?.login ?? 'the command line'} at ${instant(batch.stop.at)}: ${batch.stop.reason}`,
      ]),
  ...batch.parameters.map(({ item, value }) => `  writes ${item} = ${value}`),
  ...items.map(lineOfItem),
]

const lineOfItem = ({ place, address, state, because, command }: BatchItem): string =>
  `  ${place.padEnd(16)} ${address}  ${(command?.state ?? state).padEnd(12)} ${command?.failure ?? because ?? ''}`.trimEnd()

/** Before anything is asked for or approved: whom it concerns, what their money is, and who is left out. */
export const lineOfMeter = ({ place, address, accountNumber, balance, stage, skip }: BatchMeter): string => {
  const account = accountNumber === null ? 'no account' : `${accountNumber} ${balance ?? ''} ${stage ?? ''}`
  return `  ${place.padEnd(16)} ${address}  ${account.padEnd(32)} ${skip === null ? '' : `left out: ${skip}`}`.trimEnd()
}
