import type { BatchItem, BatchMeter, BatchSummary } from '@xianfu/contract'
import { approvalOf } from '../domain/batch.ts'
import type { PreviewedMeter } from '../flow/request-batch.ts'
import type { BatchItemView, BatchView } from '../store/view/batches.ts'
import { moneyText } from './present.ts'

export const presentMeter = (meter: PreviewedMeter): BatchMeter => ({
  ...meter,
  balance: meter.balance === null ? null : moneyText(BigInt(meter.balance)),
  stage: meter.stage as BatchMeter['stage'],
})

const personOf = (login: string | null, name: string | null): { login: string; name: string } | null =>
  login === null || name === null ? null : { login, name }

/** A batch as everybody outside sees it. */
export const presentBatch = (row: BatchView): BatchSummary => {
  const decider = personOf(row.decider_login, row.decider_name)
  return {
    id: row.id,
    kind: row.kind,
    override: row.override,
    parameters: row.parameters.map((one) => ({ ...one })),
    reason: row.reason,
    state: row.state,
    approval: approvalOf[row.kind],
    requestedBy: { login: row.requester_login, name: row.requester_name },
    at: row.at,
    decision:
      decider === null || row.decided_at === null
        ? null
        : { by: decider, at: row.decided_at, reason: row.decision_reason },
    stop:
      row.stopped_at === null
        ? null
        : { by: personOf(row.stopper_login, row.stopper_name), at: row.stopped_at, reason: row.stop_reason ?? '' },
    finishedAt: row.finished_at,
    counts: {
      total: row.total,
      waiting: row.waiting,
      underWay: row.under_way,
      done: row.done,
      failed: row.failed,
      leftOut: row.left_out,
    },
  }
}

export const presentItem = (row: BatchItemView): BatchItem => ({
  meterId: row.meter_id,
  place: row.place,
  address: row.address,
  seen: presentMeter(row.seen as PreviewedMeter),
  state: row.state,
  because: row.because,
  command:
    row.command_id === null || row.command_state === null
      ? null
      : { id: row.command_id, state: row.command_state, failure: row.failure, attempts: row.attempts ?? 0 },
  // As `flow/run-downloads` wrote it.
  written: (row.detail ?? []) as BatchItem['written'],
  finishedAt: row.finished_at,
})
