import { lazyRouteComponent, type AsyncRouteComponent } from '@tanstack/react-router'
import type { ComponentType } from 'react'
import { NotLoaded } from './not-loaded.ts'

/** A page that is fetched when somebody goes to it, or before. A failed fetch is tried again by the next visit. */
export const lazyPage = (fetchPage: () => Promise<ComponentType>): AsyncRouteComponent<object> =>
  lazyRouteComponent(async () => {
    try {
      return { page: await fetchPage() }
    } catch (cause) {
      throw new NotLoaded(cause)
    }
  }, 'page')
