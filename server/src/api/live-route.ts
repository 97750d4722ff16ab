import { livePath } from '@xianfu/contract'
import type { FastifyInstance } from 'fastify'
import type { ServerResponse } from 'node:http'
import type { Clock } from '../domain/clock.ts'
import type { ApiAbilities } from './abilities.ts'
import { topicsWithin } from './live-topics.ts'
import { ApiProblem } from './problem.ts'
import { permitted, type WhoIs } from './register.ts'
import { tokenOf } from './session-routes.ts'

/** Streams that may be open at once. */
const maximumStreams = 500
/** Of these, one operator's: consoles left open on many machines must not shut the others out. */
const maximumStreamsOfOne = 20
/** Changes of so long are told together, elapsed time. */
const gatherMs = 200
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
    const mayKnow = async (topics: readonly string[]) =>
      topicsWithin(database, topics, reach).catch((error: unknown) => {
        log(error)
        // Names nothing, and loses nothing: whoever hears it reads again what is theirs.
        return ['all']
      })
    const telling = tellChanges(raw, live, clock, mayKnow, over.signal)
    void keepAlive(raw, clock, over, stillSignedIn)
      .catch(log)
      .then(async () => telling)
      .finally(() => {
        streams.delete(over)
        raw.end()
      })
  })
}

/** Gathers what changes and tells it, until the stream is over. */
const tellChanges = async (
  raw: ServerResponse,
  live: ApiAbilities['live'],
  clock: Clock,
  mayKnow: (topics: readonly string[]) => Promise<readonly string[]>,
  signal: AbortSignal,
): Promise<void> => {
  const topics = new Set<string>()
  const unsubscribe = live.subscribe((changed) => {
    for (const topic of changed) topics.add(topic)
  })
  while (!signal.aborted) {
    await clock.delay(gatherMs, signal).catch(() => undefined)
    if (topics.size === 0 || signal.aborted) continue
    const gathered = [...topics]
    topics.clear()
    const told = await mayKnow(gathered)
    if (told.length > 0) raw.write(`event: change\ndata: ${JSON.stringify({ topics: told })}\n\n`)
  }
  unsubscribe()
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
      if (over.signal.aborted || !(await stillSignedIn())) return
      raw.write(': here\n\n')
    }
  } finally {
    over.abort()
  }
}
