import { createApproveBatch, createRefuseBatch, createStopBatch } from './decide-batch.ts'
import type { FlowContext } from './process.ts'
import { createPreviewBatch, createRequestBatch } from './request-batch.ts'

export type BatchAbilities = ReturnType<typeof createBatchAbilities>

/** Everything that people may do with batches. */
export const createBatchAbilities = (context: Pick<FlowContext, 'database' | 'clock' | 'ids'>) => ({
  preview: createPreviewBatch(context),
  request: createRequestBatch(context),
  approve: createApproveBatch(context),
  refuse: createRefuseBatch(context),
  stop: createStopBatch(context),
})
