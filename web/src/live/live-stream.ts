import type { BrowserClock } from './browser-clock.ts'

/** A stream that has failed for good (a refusal, not a lost connection) is opened again after this. */
const REOPEN_MS = 2_000

/** What is used of the browser's `EventSource`. */
export type EventStream = Readonly<{
  readyState: number
  addEventListener: (kind: 'open' | 'error' | 'change', listener: (event: { readonly data?: unknown }) => void) => void
  close: () => void
}>

const CLOSED = 2

export type LiveStream = Readonly<{ stop: () => void }>

/**
 * Keeps a stream open for ever: the browser itself comes back after a lost connection but not after a refusal, as from a
 * proxy while the server restarts.
 */
export const createLiveStream = (options: {
  readonly open: () => EventStream
  readonly clock: BrowserClock
  readonly onChange: (data: string) => void
  /** `again` when the stream had been there before: what happened meanwhile is unknown. */
  readonly onOpen: (again: boolean) => void
  readonly onLost: () => void
}): LiveStream => {
  let opened = false
  let stopped = false
  let callOff = (): void => undefined
  let stream: EventStream

  const begin = (): void => {
    if (stopped) return
    const current = options.open()
    stream = current
    current.addEventListener('open', () => {
      options.onOpen(opened)
      opened = true
    })
    current.addEventListener('change', ({ data }) => options.onChange(String(data)))
    current.addEventListener('error', () => {
      options.onLost()
      if (current.readyState !== CLOSED || stopped) return
      callOff()
      callOff = options.clock.after(REOPEN_MS, begin)
    })
  }
  begin()
  return {
    stop: () => {
      stopped = true
      callOff()
      stream.close()
    },
  }
}
