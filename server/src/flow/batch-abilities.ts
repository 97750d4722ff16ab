import { createApproveBatch, createRefuseBatch, createStopBatch } from './decide-batch.ts'
import type { FlowContext } from './process.ts'
import { createPreviewBatch, createRequestBatch } from './request-batch.ts'
import type { Door } from './sign-in.ts'

export type BatchAbilities = ReturnType<typeof createBatchAbilities>

/** Everything that people may do with batches. */
export const createBatchAbilities = (
  context: Pick<FlowContext, 'database' | 'clock' | 'ids'>,
  door: Pick<Door, 'isPassword'>,
) => ({
  preview: createPreviewBatch(context),
  request: createRequestBatch(context),
  approve: createApproveBatch({ ...context, door }),
  refuse: createRefuseBatch(context),
  stop: createStopBatch(context),
})
