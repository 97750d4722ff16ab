import fastifyStatic from '@fastify/static'
import type { FastifyInstance } from 'fastify'
import { ApiProblem } from './problem.ts'

/** Names in `assets` hold a hash of the content; all else is asked for again each time. */
const forEver = 'public, max-age=31536000, immutable'

/** The files of the console, each address of a page among them. `webRoot` is null when it is not built. */
export const serveConsole = async (app: FastifyInstance, webRoot: string | null): Promise<void> => {
  if (webRoot !== null)
    await app.register(fastifyStatic, {
      root: webRoot,
      // The build lays a .br and a .gz beside each text: nothing is compressed while it is served.
      preCompressed: true,
      // Its own header would be written over ours.
      cacheControl: false,
      setHeaders: (response, path) => {
        response.setHeader('vary', 'accept-encoding')
        response.setHeader('cache-control', path.includes('/assets/') ? forEver : 'no-cache')
      },
    })
  app.setNotFoundHandler(async (request, reply) => {
    const wantsPage =
      request.method === 'GET' &&
      !request.url.startsWith('/api/') &&
      (request.headers.accept ?? '').includes('text/html')
    if (!wantsPage) throw new ApiProblem('not-found')
    if (webRoot !== null) return reply.sendFile('index.html')
    return reply
      .code(503)
      .type('text/plain; charset=utf-8')
      .send('The console is not built: run `npm run build`.\n控制台尚未构建：请运行 npm run build。\n')
  })
}
