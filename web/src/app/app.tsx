import { readSession } from '@xianfu/contract'
import { useQuery } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { App as AntApp, Button, ConfigProvider, Result, Spin } from 'antd'
import english from 'antd/locale/en_US'
import chinese from 'antd/locale/zh_CN'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { sessionKey } from '../live/query-keys.ts'
import { SignInPage } from '../pages/sign-in/sign-in-page.tsx'
import { languageOf } from '../words/i18n.ts'
import { call, isSignedOut, problemText } from './call.ts'
import { router } from './router.tsx'
import { SiteContext, siteOf } from './site.ts'

export const App = () => {
  const { i18n } = useTranslation()
  return (
    <ConfigProvider
      locale={languageOf(i18n) === 'zh' ? chinese : english}
      button={{ autoInsertSpace: false }}
      theme={{ token: { borderRadius: 4, fontSize: 13, motion: false } }}
    >
      <AntApp style={{ height: '100%' }}>
        <Door />
      </AntApp>
    </ConfigProvider>
  )
}

/** The sign-in page, or the console for whoever is signed in. */
const Door = () => {
  const { t, i18n } = useTranslation()
  const session = useQuery({ queryKey: sessionKey, queryFn: async () => call(readSession), retry: false })
  const { data, dataUpdatedAt } = session
  const site = useMemo(() => (data === undefined ? null : siteOf(data, dataUpdatedAt)), [data, dataUpdatedAt])
  if (session.isPending) return <Spin fullscreen />
  if (isSignedOut(session.error)) return <SignInPage />
  if (site === null)
    return (
      <Result
        status="warning"
        title={problemText(session.error, languageOf(i18n)) ?? t('error.unreachable')}
        extra={<Button onClick={() => void session.refetch()}>{t('error.retry')}</Button>}
      />
    )
  return (
    <SiteContext value={site}>
      <RouterProvider router={router} />
    </SiteContext>
  )
}
