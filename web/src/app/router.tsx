import { createRootRoute, createRoute, createRouter } from '@tanstack/react-router'
import { CompletenessPage } from '../pages/completeness/completeness-page.tsx'
import { BatchesPage } from '../pages/batches/batches-page.tsx'
import { batchSearchOf } from '../pages/batches/batch-list.ts'
import { ConsolePage } from '../pages/console/console-page.tsx'
import { consoleSearchOf } from '../pages/console/console-search.ts'
import { CounterPage } from '../pages/counter/counter-page.tsx'
import { counterSearchOf } from '../pages/counter/counter-deeds.ts'
import { dryRunSearchOf } from '../pages/dry-run/dry-run-input.ts'
import { DryRunPage } from '../pages/dry-run/dry-run-page.tsx'
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
const batchesRoute = createRoute({
  getParentRoute: () => root,
  path: '/batches',
  component: BatchesPage,
  validateSearch: batchSearchOf,
})
const counterRoute = createRoute({
  getParentRoute: () => root,
  path: '/counter',
  component: CounterPage,
  validateSearch: counterSearchOf,
})
const dryRunRoute = createRoute({
  getParentRoute: () => root,
  path: '/dry-run',
  component: DryRunPage,
  validateSearch: dryRunSearchOf,
})
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
    counterRoute,
    messagesRoute,
    workRoute,
    stopsRoute,
    completenessRoute,
    batchesRoute,
    dryRunRoute,
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
