import { livePath } from '@xianfu/contract'
import type { FastifyInstance } from 'fastify'
import type { ServerResponse } from 'node:http'
import type { Clock } from '../domain/clock.ts'
import type { ApiAbilities } from './abilities.ts'
import { topicsWithin } from './live-topics.ts'
import { ApiProblem } from './problem.ts'
import { permitted, type WhoIs } from './register.ts'
import { tokenOf } from './session-routes.ts'
import { tellChanges } from './tell-changes.ts'

/** Streams that may be open at once. */
const maximumStreams = 500
/** Of these, one operator's: consoles left open on many machines must not shut the others out. */
const maximumStreamsOfOne = 20
/** A comment so often keeps proxies from closing, and ends the stream of a session that is over; elapsed time. */
const keepAliveMs = 15_000

/** `GET /api/live`: server-sent events that say what to read again. */
export const liveRoute = (
  app: FastifyInstance,
  { live, clock, log, door, database }: ApiAbilities,
  whoIs: WhoIs,
): void => {
  const streams = new Map<AbortController, number>()
  app.addHook('preClose', async () => {
    for (const stream of streams.keys()) stream.abort()
  })
  app.get(livePath, async (request, reply) => {
    const { id, sites } = await permitted(whoIs, request, 'view')
    let reach = sites
    const own = [...streams.values()].filter((operatorId) => operatorId === id).length
    if (streams.size >= maximumStreams || own >= maximumStreamsOfOne) throw new ApiProblem('too-many-requests')
    reply.hijack()
    const { raw } = reply
    const over = new AbortController()
    streams.set(over, id)
    raw.on('close', () => over.abort())
    raw.on('error', () => over.abort())
    raw.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store', 'x-accel-buffering': 'no' })
    raw.write('retry: 2000\n\n')
    /** A fresh look each time: the one made for this request is remembered. */
    const stillSignedIn = async (): Promise<boolean> => {
      const caller = await door.whoHolds(tokenOf(request) ?? '')
      if (caller !== null) reach = caller.sites
      return caller !== null
    }
    const tell = tellChanges(raw)
    // Who reaches all is told at once, in words that are the same for all; others hear only what is theirs.
    const waiting = new Set<string>()
    let isAsking = false
    const hear = async (topics: readonly string[], within: readonly number[]): Promise<void> => {
      for (const topic of topics) waiting.add(topic)
      // One question at a time: what comes meanwhile is asked about together.
      if (isAsking) return
      isAsking = true
      while (waiting.size > 0 && !over.signal.aborted) await tellWithin(within)
      isAsking = false
    }
    const unsubscribe = live.subscribe((topics) => {
      if (reach === null) tell(topics)
      else void hear(topics, reach)
    })
    const tellWithin = async (within: readonly number[]): Promise<void> => {
      const gathered = [...waiting]
      waiting.clear()
      const told = await topicsWithin(database, gathered, within).catch((error: unknown) => {
        log(error)
        // Names nothing, and loses nothing: whoever hears it reads again what is theirs.
        return ['all']
      })
      if (told.length > 0 && !over.signal.aborted) tell(told)
    }
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
