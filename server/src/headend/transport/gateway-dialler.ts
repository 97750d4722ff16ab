import type { Clock } from '../../domain/clock.ts'
import type { OpenTransport, Transport } from './transport.ts'

export type DiallerOptions = Readonly<{
  clock: Clock
  firstPauseMs: number
  longestPauseMs: number
  /** Connects to a gateway, or opens a serial port. */
  open: OpenTransport
  onOpen(transport: Transport): void
  onFailure(reason: string, nextTryMs: number): void
  signal: AbortSignal
}>

/**
 * Keeps one link open for as long as the signal allows: opens it, waits until it ends, opens it again. The pause
 * doubles with every failure and begins anew only after a link has outlived the longest pause, so that a gateway which
 * accepts and hangs up at once is not called in a tight loop.
 */
export const keepOpen = async (options: DiallerOptions): Promise<void> => {
  const { clock, firstPauseMs, longestPauseMs, signal } = options
  let pauseMs = firstPauseMs
  while (!signal.aborted) {
    const openedAtMs = clock.elapsedMs()
    try {
      const transport = await options.open(signal)
      if (signal.aborted) return transport.close('the headend stops')
      const ended = new Promise<void>((resolve) => {
        options.onOpen(closeTap(transport, resolve))
      })
      await ended
    } catch (error) {
      if (signal.aborted) return
      options.onFailure(error instanceof Error ? error.message : String(error), pauseMs)
    }
    if (clock.elapsedMs() - openedAtMs > longestPauseMs) pauseMs = firstPauseMs
    await clock.delay(pauseMs, signal).catch(() => undefined)
    pauseMs = Math.min(pauseMs * 2, longestPauseMs)
  }
}

/** The same transport; `closed` is called beside whoever listens for its end. */
const closeTap = (transport: Transport, closed: () => void): Transport => {
  let listener: ((reason: string) => void) | null = null
  let endedBecause: string | null = null
  transport.onClose((reason) => {
    endedBecause = reason
    listener?.(reason)
    closed()
  })
  return {
    ...transport,
    onClose: (given) => {
      listener = given
      if (endedBecause !== null) given(endedBecause)
    },
  }
}
