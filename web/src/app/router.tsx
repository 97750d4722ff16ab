import { createRootRoute, createRoute, createRouter } from '@tanstack/react-router'
import { CompletenessPage } from '../pages/completeness/completeness-page.tsx'
import { ConsolePage } from '../pages/console/console-page.tsx'
import { consoleSearchOf } from '../pages/console/console-search.ts'
import { LinesPage } from '../pages/lines/lines-page.tsx'
import { MessagesPage } from '../pages/messages/messages-page.tsx'
import { MeterPage } from '../pages/meter/meter-page.tsx'
import { StopsPage } from '../pages/stops/stops-page.tsx'
import { WorkPage } from '../pages/work/work-page.tsx'
import { Crashed } from './crashed.tsx'
import { NotFound } from './not-found.tsx'
import { Shell } from './shell.tsx'

const root = createRootRoute({ component: Shell, notFoundComponent: NotFound })
const consoleRoute = createRoute({
  getParentRoute: () => root,
  path: '/',
  component: ConsolePage,
  validateSearch: consoleSearchOf,
})
const messagesRoute = createRoute({ getParentRoute: () => root, path: '/messages', component: MessagesPage })
const workRoute = createRoute({ getParentRoute: () => root, path: '/work', component: WorkPage })
const stopsRoute = createRoute({ getParentRoute: () => root, path: '/stops', component: StopsPage })
const completenessRoute = createRoute({
  getParentRoute: () => root,
  path: '/completeness',
  component: CompletenessPage,
})
const linesRoute = createRoute({ getParentRoute: () => root, path: '/lines', component: LinesPage })
const meterRoute = createRoute({ getParentRoute: () => root, path: '/meters/$meterId', component: MeterPage })

export const router = createRouter({
  routeTree: root.addChildren([
    consoleRoute,
    messagesRoute,
    workRoute,
    stopsRoute,
    completenessRoute,
    meterRoute,
    linesRoute,
  ]),
  defaultErrorComponent: Crashed,
})

declare module '@tanstack/react-router' {
  // The library's own way to have links checked by the compiler.
  interface Register {
    router: typeof router
  }
}
