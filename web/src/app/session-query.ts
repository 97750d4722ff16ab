import { readSession } from '@xianfu/contract'
import { queryOptions } from '@tanstack/react-query'
import { sessionKey } from '../live/query-keys.ts'
import { call } from './call.ts'

/** Who is signed in: asked for at once when the console starts, and kept by the door. */
export const sessionQuery = queryOptions({
  queryKey: sessionKey,
  queryFn: async () => call(readSession),
  retry: false,
  // The refusal that came before the door was drawn is the answer, not a reason to ask again.
  retryOnMount: false,
})
