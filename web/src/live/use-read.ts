import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { QueryKey } from './query-keys.ts'

/** What was read. `error` stands until an answer comes; with `data` beside it, the data are the last good ones. */
export type Read<T> = Readonly<{
  data: T | undefined
  error: unknown
  /** Neither data nor an error yet. */
  isPending: boolean
  again: () => void
}>

type Options<T> = Readonly<{
  refetchInterval?: number
  /** Shown while another span or filter of the same is on its way. */
  placeholderData?: (before: T | undefined) => T | undefined
}>

/**
 * Reads, and keeps what was read fresh with the live stream. The library forgets an error as soon as it tries again; on
 * a live page that would be a blinking, so it is kept here until it is over.
 */
export const useRead = <T>(queryKey: QueryKey, read: () => Promise<T>, options: Options<NoInfer<T>> = {}): Read<T> => {
  const { data, error, refetch } = useQuery<T>({ queryKey, queryFn: read, ...options } as Parameters<
    typeof useQuery<T>
  >[0])
  const [last, setLast] = useState<Error | null>(null)
  if (error !== null && error !== last) setLast(error)
  if (error === null && data !== undefined && last !== null) setLast(null)
  const shown = error ?? (data === undefined ? last : null)
  return { data, error: shown, isPending: data === undefined && shown === null, again: () => void refetch() }
}
