import { readSession } from '@xianfu/contract'
import { useQuery } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { App as AntApp, ConfigProvider, Spin, type ThemeConfig } from 'antd'
import english from 'antd/locale/en_US'
import chinese from 'antd/locale/zh_CN'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { sessionKey } from '../live/query-keys.ts'
import { Problem } from '../parts/problem.tsx'
import { SignInPage } from '../pages/sign-in/sign-in-page.tsx'
import { languageOf } from '../words/i18n.ts'
import { call, isSignedOut } from './call.ts'
import { router } from './router.tsx'
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
    <ConfigProvider
      locale={languageOf(i18n) === 'zh' ? chinese : english}
      button={{ autoInsertSpace: false }}
      theme={theme}
    >
      <AntApp style={{ height: '100%' }}>
        <Door />
      </AntApp>
    </ConfigProvider>
  )
}

const lookEveryMs = 3_000

/** The sign-in page, or the console for whoever is signed in. */
const Door = () => {
  const session = useQuery({
    queryKey: sessionKey,
    queryFn: async () => call(readSession),
    retry: false,
    // A server that is away is looked for; one that has refused is not asked again.
    refetchInterval: ({ state: { data, error } }) =>
      data === undefined && error !== null && !isSignedOut(error) ? lookEveryMs : false,
  })
  const { data, dataUpdatedAt } = session
  const site = useMemo(() => (data === undefined ? null : siteOf(data, dataUpdatedAt)), [data, dataUpdatedAt])
  if (session.isPending) return <Spin fullscreen />
  if (isSignedOut(session.error)) return <SignInPage />
  if (site === null)
    return (
      <div className="alone">
        <Problem error={session.error} onRetry={() => void session.refetch()} />
      </div>
    )
  return (
    <SiteContext value={site}>
      <RouterProvider router={router} />
    </SiteContext>
  )
}
