import { livePath } from '@xianfu/contract'
import type { FastifyInstance } from 'fastify'
import type { ApiAbilities } from './abilities.ts'
import { ApiProblem } from './problem.ts'
import { permitted, type WhoIs } from './register.ts'

/** Streams that may be open at once. */
const maximumStreams = 500
/** Changes of so long are told together. */
const gatherMs = 200
/** A comment so often keeps proxies from closing, and ends the stream of a session that is over. */
const keepAliveMs = 15_000

/** `GET /api/live`: server-sent events that say what to read again. */
export const liveRoute = (app: FastifyInstance, { live, log }: ApiAbilities, whoIs: WhoIs): void => {
  const closers = new Set<() => void>()
  app.addHook('preClose', async () => {
    for (const close of closers) close()
  })
  app.get(livePath, async (request, reply) => {
    await permitted(whoIs, request, 'view')
    if (closers.size >= maximumStreams) throw new ApiProblem('too-many-requests')
    reply.hijack()
    const { raw } = reply
    raw.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store', 'x-accel-buffering': 'no' })
    raw.write('retry: 2000\n\n')
    const topics = new Set<string>()
    const unsubscribe = live.subscribe((changed) => {
      for (const topic of changed) topics.add(topic)
    })
    const gather = setInterval(() => {
      if (topics.size === 0) return
      raw.write(`event: change\ndata: ${JSON.stringify({ topics: [...topics] })}\n\n`)
      topics.clear()
    }, gatherMs)
    const keepAlive = setInterval(() => {
      // A fresh look each time: the one made for this request is remembered.
      void app
        .inject({ method: 'GET', url: '/api/session', headers: { cookie: request.headers.cookie ?? '' } })
        .then(({ statusCode }) => (statusCode === 401 ? close() : raw.write(': here\n\n')))
        .catch(log)
    }, keepAliveMs)
    const close = (): void => {
      clearInterval(gather)
      clearInterval(keepAlive)
      unsubscribe()
      closers.delete(close)
      raw.end()
    }
    closers.add(close)
    raw.on('close', close)
    raw.on('error', close)
  })
}
