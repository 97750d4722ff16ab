import { createRootRoute, createRoute, createRouter } from '@tanstack/react-router'
import { ConsolePage } from '../pages/console/console-page.tsx'
import { MessagesPage } from '../pages/messages/messages-page.tsx'
import { MeterPage } from '../pages/meter/meter-page.tsx'
import { Shell } from './shell.tsx'

const root = createRootRoute({ component: Shell })
const consoleRoute = createRoute({ getParentRoute: () => root, path: '/', component: ConsolePage })
const messagesRoute = createRoute({ getParentRoute: () => root, path: '/messages', component: MessagesPage })
export const meterRoute = createRoute({ getParentRoute: () => root, path: '/meters/$meterId', component: MeterPage })

export const router = createRouter({ routeTree: root.addChildren([consoleRoute, messagesRoute, meterRoute]) })

declare module '@tanstack/react-router' {
  // The library's own way to have links checked by the compiler.
  interface Register {
    router: typeof router
  }
}
