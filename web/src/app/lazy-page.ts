import { lazyRouteComponent, type AsyncRouteComponent } from '@tanstack/react-router'
import type { ComponentType } from 'react'
import { NotLoaded } from './not-loaded.ts'

/**
 * A page that is fetched when somebody goes to it, or before. What failed once is remembered by the browser
 * until the console is loaded anew, which is what the error offers.
 */
export const lazyPage = (fetchPage: () => Promise<ComponentType>): AsyncRouteComponent<object> =>
  lazyRouteComponent(async () => {
    try {
      return { page: await fetchPage() }
    } catch (cause) {
      throw new NotLoaded(cause)
    }
  }, 'page')
