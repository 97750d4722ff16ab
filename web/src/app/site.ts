import type { Session } from '@xianfu/contract'
import { createContext, use } from 'react'

/** Who is signed in on which system, and the server's wall clock as of now. */
export type Site = Session & Readonly<{ now(): number }>

export const SiteContext = createContext<Site | null>(null)

export const useSite = (): Site => {
  const site = use(SiteContext)
  if (site === null) throw new Error('there is no session around this')
  return site
}

/** The server's clock, which may run faster than ours, reckoned from its last word. */
export const siteOf = (session: Session, answeredAt: number): Site => ({
  ...session,
  now: () => session.system.now + (Date.now() - answeredAt) * session.system.clockRate,
})
