import { useQuery } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { App as AntApp, ConfigProvider, Spin, type ThemeConfig } from 'antd'
import { Suspense, useEffect, useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { whenIdle } from '../live/browser-clock.ts'
import { Problem } from '../parts/problem.tsx'
import { componentWordsOf } from '../words/i18n.ts'
import { isSignedOut } from './call.ts'
import { fetchAhead } from './fetch-ahead.ts'
import { lazyPage } from './lazy-page.ts'
import { pagesToFetch, router } from './router.tsx'
import { sessionQuery } from './session-query.ts'
import { SiteContext, siteOf } from './site.ts'

/** Dense, still, and dark enough to be read: every text has a contrast of at least 4.5 to what is behind it. */
const theme: ThemeConfig = {
  token: {
    borderRadius: 4,
    fontSize: 13,
    fontSizeSM: 12,
    motion: false,
    colorPrimary: '#1668dc',
    colorError: '#cf1322',
    colorLink: '#0958d9',
    colorTextDescription: '#5a6878',
    colorTextPlaceholder: '#6b7785',
    colorTextTertiary: '#5a6878',
    colorTextDisabled: '#6b7785',
  },
}

export const App = () => {
  const { i18n } = useTranslation()
  return (
    <ConfigProvider locale={componentWordsOf(i18n)} button={{ autoInsertSpace: false }} theme={theme}>
      <AntApp style={{ height: '100%' }}>
        <Door />
      </AntApp>
    </ConfigProvider>
  )
}

const SignInPage = lazyPage(async () => (await import('../pages/sign-in/sign-in-page.tsx')).SignInPage)

const lookEveryMs = 3_000

/** The sign-in page, or the console for whoever is signed in. */
const Door = () => {
  const session = useQuery({
    ...sessionQuery,
    // A server that is away is looked for; one that has refused is not asked again.
    refetchInterval: ({ state: { data, error } }) =>
      data === undefined && error !== null && !isSignedOut(error) ? lookEveryMs : false,
  })
  const { data, dataUpdatedAt } = session
  const site = useMemo(() => (data === undefined ? null : siteOf(data, dataUpdatedAt)), [data, dataUpdatedAt])
  if (session.isPending) return <Spin fullscreen />
  if (isSignedOut(session.error))
    return (
      <Suspense fallback={<Spin fullscreen />}>
        <SignInPage />
        <PagesAhead />
      </Suspense>
    )
  if (site === null)
    return (
      <div className="alone">
        <Problem error={session.error} onRetry={() => void session.refetch()} />
      </div>
    )
  return (
    <SiteContext value={site}>
      <RouterProvider router={router} />
      <PagesAhead />
    </SiteContext>
  )
}

/** Fetches all pages while nothing else is on its way; at the door, while somebody types a password. */
const PagesAhead = () => {
  useEffect(() => fetchAhead(pagesToFetch(), whenIdle), [])
  return null
}
