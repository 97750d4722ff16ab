import { livePath } from '@xianfu/contract'
import type { FastifyInstance } from 'fastify'
import type { ServerResponse } from 'node:http'
import type { Clock } from '../domain/clock.ts'
import type { ApiAbilities } from './abilities.ts'
import { ApiProblem } from './problem.ts'
import { permitted, type WhoIs } from './register.ts'
import { tellChanges } from './tell-changes.ts'

/** Streams that may be open at once. */
const maximumStreams = 500
/** A comment so often keeps proxies from closing, and ends the stream of a session that is over; elapsed time. */
const keepAliveMs = 15_000

/** `GET /api/live`: server-sent events that say what to read again. */
export const liveRoute = (app: FastifyInstance, { live, clock, log }: ApiAbilities, whoIs: WhoIs): void => {
  const streams = new Set<AbortController>()
  app.addHook('preClose', async () => {
    for (const stream of streams) stream.abort()
  })
  app.get(livePath, async (request, reply) => {
    await permitted(whoIs, request, 'view')
    if (streams.size >= maximumStreams) throw new ApiProblem('too-many-requests')
    reply.hijack()
    const { raw } = reply
    const over = new AbortController()
    streams.add(over)
    raw.on('close', () => over.abort())
    raw.on('error', () => over.abort())
    raw.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store', 'x-accel-buffering': 'no' })
    raw.write('retry: 2000\n\n')
    /** A fresh look each time: the one made for this request is remembered. */
    const stillSignedIn = async (): Promise<boolean> => {
      const headers = { cookie: request.headers.cookie ?? '' }
      return (await app.inject({ method: 'GET', url: '/api/session', headers })).statusCode !== 401
    }
    const unsubscribe = live.subscribe(tellChanges(raw))
    void keepAlive(raw, clock, over, stillSignedIn)
      .catch(log)
      .finally(() => {
        unsubscribe()
        streams.delete(over)
        raw.end()
      })
  })
}

const keepAlive = async (
  raw: ServerResponse,
  clock: Clock,
  over: AbortController,
  stillSignedIn: () => Promise<boolean>,
): Promise<void> => {
  try {
    while (!over.signal.aborted) {
      await clock.delay(keepAliveMs, over.signal).catch(() => undefined)
      // One that has not even taken in what was written so long ago may come back when it can.
      if (over.signal.aborted || raw.writableNeedDrain || !(await stillSignedIn())) return
      raw.write(': here\n\n')
    }
  } finally {
    over.abort()
  }
}
