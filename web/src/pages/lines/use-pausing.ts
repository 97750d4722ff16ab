import { endPause, listPauses, pauseReading, type LineRow } from '@xianfu/contract'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { call } from '../../app/call.ts'
import { useSite } from '../../app/site.ts'
import { linesKey } from '../../live/query-keys.ts'
import { useRead } from '../../live/use-read.ts'

const hourMs = 3_600_000

export type Pausing = Readonly<{
  mayPause: boolean
  pause: (line: LineRow, hours: number, reason: string, onDone: () => void) => void
  /** A pause of the whole site is not ended from one line. */
  canResume: (line: LineRow) => boolean
  resume: (line: LineRow) => void
  isPending: boolean
  error: unknown
}>

/** Lets the collection of a line rest and go on again, and reads the list again whatever came of it. */
export const usePausing = (): Pausing => {
  const { operator, now } = useSite()
  const queries = useQueryClient()
  const { data } = useRead([...linesKey, 'pauses'], async () => call(listPauses))
  const mutation = useMutation({
    mutationFn: async (deed: () => Promise<unknown>) => deed(),
    onSettled: async () => queries.invalidateQueries({ queryKey: [...linesKey] }),
  })
  const pausesOf = (line: LineRow): readonly number[] =>
    (data?.pauses ?? [])
      .filter(({ scope, subjectId, from }) => scope === 'line' && subjectId === line.gateway.id && from <= now())
      .map(({ id }) => id)
  return {
    mayPause: operator.permissions.includes('control'),
    pause: ({ gateway }, hours, reason, onSuccess) => {
      if (mutation.isPending) return
      const body = { scope: 'line', subjectId: gateway.id, to: now() + Math.round(hours * hourMs), reason } as const
      mutation.mutate(async () => call(pauseReading, { body }), { onSuccess })
    },
    canResume: (line) => pausesOf(line).length > 0,
    resume: (line) => {
      if (!mutation.isPending)
        mutation.mutate(async () => Promise.all(pausesOf(line).map(async (id) => call(endPause, { params: { id } }))))
    },
    isPending: mutation.isPending,
    error: mutation.error,
  }
}
