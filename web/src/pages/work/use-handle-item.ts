import { handleWorkItem, type WorkItem } from '@xianfu/contract'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { call } from '../../app/call.ts'
import { useSite } from '../../app/site.ts'
import { workItemsKey } from '../../live/query-keys.ts'

export type ItemDeed = 'take' | 'acknowledge' | 'close'

export type Handling = Readonly<{
  mayWork: boolean
  handle: (item: WorkItem, deed: ItemDeed, reason?: string, onDone?: () => void) => void
  isPending: boolean
  error: unknown
}>

/** Takes, acknowledges or closes an item, and reads the list again whatever came of it. */
export const useHandleItem = (): Handling => {
  const { operator } = useSite()
  const queries = useQueryClient()
  const { mutate, isPending, error } = useMutation({
    mutationFn: async ({ id, deed, reason }: { id: number; deed: ItemDeed; reason: string }) =>
      call(handleWorkItem, { params: { id }, body: { deed, reason } }),
    onSettled: async () => queries.invalidateQueries({ queryKey: [...workItemsKey] }),
  })
  return {
    mayWork: operator.permissions.includes('work'),
    handle: ({ id }, deed, reason = '', onDone) => {
      if (!isPending) mutate({ id, deed, reason }, onDone === undefined ? {} : { onSuccess: onDone })
    },
    isPending,
    error,
  }
}
