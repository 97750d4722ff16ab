import cookie from '@fastify/cookie'
import helmet from '@fastify/helmet'
import rateLimit from '@fastify/rate-limit'
import { fastify, type FastifyInstance } from 'fastify'
import type { ApiAbilities } from './abilities.ts'
import { accountRoutes } from './account-routes.ts'
import { eventRoutes } from './event-routes.ts'
import { counterRoutes } from './counter-routes.ts'
import { reconciliationRoutes } from './reconciliation-routes.ts'
import { shiftRoutes } from './shift-routes.ts'
import { serveConsole } from './serve-console.ts'
import { completenessRoutes } from './completeness-routes.ts'
import { batchRoutes } from './batch-routes.ts'
import { createDaySoFar } from './day-so-far.ts'
import { dryRunRoutes } from './dry-run-routes.ts'
import { feedRoutes } from './feed-routes.ts'
import { halfHourRoutes } from './half-hour-routes.ts'
import { measurementRoutes } from './measurement-routes.ts'
import { heldReadingRoutes } from './held-reading-routes.ts'
import { lineRoutes } from './line-routes.ts'
import { liveRoute } from './live-route.ts'
import { loadRoutes } from './load-routes.ts'
import { meterRoutes } from './meter-routes.ts'
import { ApiProblem } from './problem.ts'
import { purchaseRoutes } from './purchase-routes.ts'
import { lineLossRoutes } from './line-loss-routes.ts'
import { purseRoutes } from './purse-routes.ts'
import { guardRoutes } from './guard-routes.ts'
import { answerProblem, handleErrors } from './register.ts'
import { createWhoIs, sessionRoutes } from './session-routes.ts'
import { restorationRoutes } from './restoration-routes.ts'
import { siteRoutes } from './site-routes.ts'
import { statementRoutes } from './statement-routes.ts'
import { stopRoutes } from './stop-routes.ts'
import { workItemRoutes } from './work-item-routes.ts'

const bodyLimitBytes = 64 * 1024
const requestTimeoutMs = 30_000
/** Sockets of consoles and programs at once; further ones are closed as they come. */
const maximumConnections = 4_000
const yearSeconds = 31_536_000

/** The HTTP face: the contract's routes, the live stream, and the console's files. */
export const createApi = async (abilities: ApiAbilities): Promise<FastifyInstance> => {
  const app = fastify({
    bodyLimit: bodyLimitBytes,
    requestTimeout: requestTimeoutMs,
    forceCloseConnections: true,
    // Nobody but these may say on whose behalf they ask, and that TLS is in front.
    trustProxy: abilities.trustedProxies === undefined ? false : [...abilities.trustedProxies],
    // What the server refuses before it knows the route is answered in the same words as everything else.
    frameworkErrors: (error, _, reply) => void answerProblem(reply, error),
  })
  app.server.maxConnections = maximumConnections
  app.removeContentTypeParser('text/plain')
  handleErrors(app, abilities.log)
  await app.register(helmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'self'"],
        scriptSrc: ["'self'"],
        // The console's component library writes its styles at run time.
        styleSrc: ["'self'", "'unsafe-inline'"],
        imgSrc: ["'self'", 'data:'],
        fontSrc: ["'self'", 'data:'],
        objectSrc: ["'none'"],
        frameAncestors: ["'none'"],
        baseUri: ["'none'"],
        formAction: ["'self'"],
      },
    },
    // Plain HTTP inside a local network is served as it is; `guardAnswers` says it behind TLS.
    strictTransportSecurity: false,
    crossOriginOpenerPolicy: false,
    originAgentCluster: false,
  })
  await app.register(cookie)
  await app.register(rateLimit, { global: false, errorResponseBuilder: () => new ApiProblem('too-many-requests') })
  refuseOtherSites(app)
  guardAnswers(app)
  const whoIs = createWhoIs(abilities)
  sessionRoutes(app, abilities, whoIs)
  meterRoutes(app, abilities, whoIs)
  const daySoFar = createDaySoFar(abilities)
  accountRoutes(app, abilities, whoIs, daySoFar)
  purchaseRoutes(app, abilities, whoIs)
  counterRoutes(app, abilities, whoIs)
  shiftRoutes(app, abilities, whoIs)
  reconciliationRoutes(app, abilities, whoIs)
  purseRoutes(app, abilities, whoIs)
  lineLossRoutes(app, abilities, whoIs)
  feedRoutes(app, abilities, whoIs, daySoFar)
  statementRoutes(app, abilities, whoIs)
  restorationRoutes(app, abilities, whoIs)
  guardRoutes(app, abilities, whoIs)
  siteRoutes(app, abilities, whoIs)
  stopRoutes(app, abilities, whoIs)
  completenessRoutes(app, abilities, whoIs)
  heldReadingRoutes(app, abilities, whoIs)
  halfHourRoutes(app, abilities, whoIs)
  measurementRoutes(app, abilities, whoIs)
  dryRunRoutes(app, abilities, whoIs)
  loadRoutes(app, abilities, whoIs)
  batchRoutes(app, abilities, whoIs)
  lineRoutes(app, abilities, whoIs)
  workItemRoutes(app, abilities, whoIs)
  eventRoutes(app, abilities, whoIs)
  liveRoute(app, abilities, whoIs)
  app.get('/api/health', async () => {
    await abilities.database.ping()
    return { ok: true }
  })
  await serveConsole(app, abilities.webRoot)
  return app
}

/** A page of another site must not act in the name of who is signed in here. */
const refuseOtherSites = (app: FastifyInstance): void => {
  app.addHook('onRequest', async (request) => {
    if (request.method === 'GET' || request.method === 'HEAD') return
    const { origin, 'sec-fetch-site': from } = request.headers
    if (from === 'cross-site' || from === 'same-site') throw new ApiProblem('not-permitted')
    if (origin === undefined) return
    if (!URL.canParse(origin) || new URL(origin).host !== request.host) throw new ApiProblem('not-permitted')
  })
}

/** What the API says is for who asked, and kept by nobody between; once reached by TLS, only by TLS. */
const guardAnswers = (app: FastifyInstance): void => {
  app.addHook('onSend', async (request, reply) => {
    if (request.url.startsWith('/api/') && !reply.hasHeader('cache-control')) reply.header('cache-control', 'no-store')
    if (request.protocol === 'https') reply.header('strict-transport-security', `max-age=${String(yearSeconds)}`)
  })
}
