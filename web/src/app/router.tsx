import { createRootRoute, createRoute, createRouter, stringifySearchWith } from '@tanstack/react-router'
import { batchSearchOf } from '../pages/batches/batch-list.ts'
import { consoleSearchOf } from '../pages/console/console-search.ts'
import { completenessSearchOf } from '../pages/completeness/gap-list.ts'
import { counterSearchOf } from '../pages/counter/counter-search.ts'
import { dryRunSearchOf } from '../pages/dry-run/dry-run-input.ts'
import { lineSearchOf } from '../pages/lines/line-list.ts'
import { messageSearchOf } from '../pages/messages/message-list.ts'
import { stopSearchOf } from '../pages/stops/stop-list.ts'
import { workSearchOf } from '../pages/work/work-list.ts'
import { siteSearchOf } from '../pages/sites/site-list.ts'
import { Crashed } from './crashed.tsx'
import { lazyPage } from './lazy-page.ts'
import { NotFound } from './not-found.tsx'
import { Pending } from './pending.tsx'
import { Shell } from './shell.tsx'

/** A page that is there sooner than this is not announced by an empty one. */
const pendingAfterMs = 200

const root = createRootRoute({ component: Shell, notFoundComponent: NotFound })
// Each page is fetched by itself. What is read from its address stands in a small file of its own, which is not.
const consoleRoute = createRoute({
  getParentRoute: () => root,
  path: '/',
  component: lazyPage(async () => (await import('../pages/console/console-page.tsx')).ConsolePage),
  validateSearch: consoleSearchOf,
})
const messagesRoute = createRoute({
  getParentRoute: () => root,
  path: '/messages',
  component: lazyPage(async () => (await import('../pages/messages/messages-page.tsx')).MessagesPage),
  validateSearch: messageSearchOf,
})
const batchesRoute = createRoute({
  getParentRoute: () => root,
  path: '/batches',
  component: lazyPage(async () => (await import('../pages/batches/batches-page.tsx')).BatchesPage),
  validateSearch: batchSearchOf,
})
const counterRoute = createRoute({
  getParentRoute: () => root,
  path: '/counter',
  component: lazyPage(async () => (await import('../pages/counter/counter-page.tsx')).CounterPage),
  validateSearch: counterSearchOf,
})
const dryRunRoute = createRoute({
  getParentRoute: () => root,
  path: '/dry-run',
  component: lazyPage(async () => (await import('../pages/dry-run/dry-run-page.tsx')).DryRunPage),
  validateSearch: dryRunSearchOf,
})
const workRoute = createRoute({
  getParentRoute: () => root,
  path: '/work',
  component: lazyPage(async () => (await import('../pages/work/work-page.tsx')).WorkPage),
  validateSearch: workSearchOf,
})
const stopsRoute = createRoute({
  getParentRoute: () => root,
  path: '/stops',
  component: lazyPage(async () => (await import('../pages/stops/stops-page.tsx')).StopsPage),
  validateSearch: stopSearchOf,
})
const completenessRoute = createRoute({
  getParentRoute: () => root,
  path: '/completeness',
  component: lazyPage(async () => (await import('../pages/completeness/completeness-page.tsx')).CompletenessPage),
  validateSearch: completenessSearchOf,
})
const linesRoute = createRoute({
  getParentRoute: () => root,
  path: '/lines',
  component: lazyPage(async () => (await import('../pages/lines/lines-page.tsx')).LinesPage),
  validateSearch: lineSearchOf,
})
const meterRoute = createRoute({
  getParentRoute: () => root,
  path: '/meters/$meterId',
  component: lazyPage(async () => (await import('../pages/meter/meter-page.tsx')).MeterPage),
})
const sitesRoute = createRoute({
  getParentRoute: () => root,
  path: '/sites',
  component: lazyPage(async () => (await import('../pages/sites/sites-page.tsx')).SitesPage),
  validateSearch: siteSearchOf,
})

export const router = createRouter({
  routeTree: root.addChildren([
    consoleRoute,
    counterRoute,
    messagesRoute,
    workRoute,
    stopsRoute,
    completenessRoute,
    batchesRoute,
    dryRunRoute,
    meterRoute,
    linesRoute,
    sitesRoute,
  ]),
  // `?id=7` and not `?id=%227%22`: whoever reads an address takes a number where a text may look like one.
  stringifySearch: stringifySearchWith(JSON.stringify),
  defaultErrorComponent: Crashed,
  defaultPendingComponent: Pending,
  defaultPendingMs: pendingAfterMs,
  // Nor does the empty one stay any longer than it has to.
  defaultPendingMinMs: 0,
  // A page is fetched as soon as a link to it is pointed at or has the focus.
  defaultPreload: 'intent',
})

declare module '@tanstack/react-router' {
  // The library's own way to have links checked by the compiler.
  interface Register {
    router: typeof router
  }
}

/** All pages, each as a step that fetches it. */
export const pagesToFetch = (): readonly (() => Promise<void>)[] =>
  Object.values(router.routesById).map((route) => async () => router.loadRouteChunk(route))
