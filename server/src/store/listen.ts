import { Client, type ClientConfig } from 'pg'
import type { Clock } from '../domain/clock.ts'
import { StoreError, toStoreError } from './store-error.ts'

/** What a listener needs of its database. */
export type ListenContext = Readonly<{
  config: ClientConfig
  place: string
  delay: Clock['delay']
  onError: (error: unknown) => void
}>

/** First and longest pause between two attempts to connect again. */
const firstBackOffMs = 200
const longestBackOffMs = 10_000
/** A silent listener asks the server this often whether it is still there: a dead network does not say so by itself. */
const livenessMs = 30_000
const channelPattern = /^[a-z_][a-z0-9_]{0,62}$/

/**
 * Resolves once the channel is listened to, and goes on in the background until `signal` aborts. The first connection
 * is tried as long as any later one: a database that comes up after us is no reason to fail.
 */
export const keepListening = async (
  context: ListenContext,
  channel: string,
  onNotice: (payload: string) => void,
  signal: AbortSignal,
): Promise<void> => {
  if (!channelPattern.test(channel)) throw new StoreError('statement-failed', `not a channel name: ${channel}`)
  return new Promise((resolve) => {
    const run = async (): Promise<void> => {
      let connectedBefore = false
      let backOffMs = firstBackOffMs
      while (!signal.aborted) {
        try {
          await listenOnce(context, channel, onNotice, signal, () => {
            if (connectedBefore) onNotice('')
            connectedBefore = true
            backOffMs = firstBackOffMs
            resolve()
          })
        } catch (error) {
          if (!signal.aborted) context.onError(toStoreError(error, context.place))
        }
        await pause(context, backOffMs, signal)
        backOffMs = Math.min(backOffMs * 2, longestBackOffMs)
      }
      resolve()
    }
    void run()
  })
}

/** One connection's life. Returns when aborted, throws when the connection is lost. */
const listenOnce = async (
  context: ListenContext,
  channel: string,
  onNotice: (payload: string) => void,
  signal: AbortSignal,
  onListening: () => void,
): Promise<void> => {
  const client = new Client(context.config)
  const over = new AbortController()
  const ended = new Promise<void>((resolve, reject) => {
    client.on('error', reject)
    client.on('end', () => {
      reject(new StoreError('unreachable', `the listening connection to ${context.place} has ended`))
    })
    signal.addEventListener(
      'abort',
      () => {
        resolve()
      },
      { signal: over.signal },
    )
    if (signal.aborted) resolve()
  })
  // It is awaited by the races below; without this a rejection before them would count as unhandled.
  ended.catch(() => undefined)
  client.on('notification', ({ payload }) => {
    onNotice(payload ?? '')
  })
  try {
    await Promise.race([client.connect(), ended])
    if (signal.aborted) return
    await Promise.race([client.query(`listen ${channel}`), ended])
    onListening()
    while (!signal.aborted) {
      await Promise.race([pause(context, livenessMs, signal), ended])
      if (!signal.aborted) await Promise.race([client.query('select 1'), ended])
    }
  } finally {
    over.abort()
    await hangUp(client, context)
  }
}

/** Longest wait for a polite goodbye. */
const goodbyeMs = 1_000

const hangUp = async (client: Client, context: ListenContext): Promise<void> => {
  const timeUp = new AbortController()
  await Promise.race([client.end().catch(() => undefined), pause(context, goodbyeMs, timeUp.signal)])
  timeUp.abort()
}

const pause = async ({ delay }: ListenContext, elapsedMs: number, signal: AbortSignal): Promise<void> => {
  await delay(elapsedMs, signal).catch(() => undefined)
}
