import { signOut } from '@xianfu/contract'
import { useQueryClient } from '@tanstack/react-query'
import { Link, Outlet } from '@tanstack/react-router'
import { Badge, Button, Tag, Tooltip } from 'antd'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { formatInstant } from '../format/time.ts'
import { useLive } from '../live/use-live.ts'
import { languageOf, rememberLanguage } from '../words/i18n.ts'
import { call } from './call.ts'
import { useSite } from './site.ts'

const clockEveryMs = 1_000

/** What surrounds every page: where one is, whose clock it is, and whether figures are live. */
export const Shell = () => {
  const { t } = useTranslation()
  const live = useLive()
  const { system, operator } = useSite()
  const queries = useQueryClient()
  const leave = async (): Promise<void> => {
    await call(signOut).catch(() => undefined)
    queries.clear()
    await queries.invalidateQueries()
    window.location.assign('/')
  }
  return (
    <div className="shell">
      <header className="bar">
        <strong>{t('product')}</strong>
        <span>{system.name}</span>
        <nav aria-label={t('nav.main')} style={{ display: 'flex', gap: 16 }}>
          <Link to="/" activeProps={{ className: 'here' }}>
            {t('nav.console')}
          </Link>
          <Link to="/messages" activeProps={{ className: 'here' }}>
            {t('nav.messages')}
          </Link>
        </nav>
        <span className="space" />
        {system.demonstration && (
          <Tooltip title={t('demonstrationHint', { rate: system.clockRate })}>
            <Tag color="gold">{t('demonstration', { rate: system.clockRate })}</Tag>
          </Tooltip>
        )}
        <WallClock />
        <Tooltip title={live ? t('live.onHint') : t('live.offHint')}>
          <Badge
            status={live ? 'success' : 'error'}
            text={<span style={{ color: '#fff' }}>{live ? t('live.on') : t('live.off')}</span>}
          />
        </Tooltip>
        <LanguageSwitch />
        <span>
          {operator.name} · {t(`role.${operator.role}`)}
        </span>
        <Button size="small" ghost onClick={() => void leave()}>
          {t('nav.signOut')}
        </Button>
      </header>
      <main className="page">
        <Outlet />
      </main>
    </div>
  )
}

const WallClock = () => {
  const { now, system } = useSite()
  const [at, setAt] = useState(now)
  useEffect(() => {
    const timer = setInterval(() => setAt(now()), clockEveryMs)
    return () => clearInterval(timer)
  }, [now])
  return <span className="number">{formatInstant(at, system.timeZone, 'minute')}</span>
}

export const LanguageSwitch = () => {
  const { t, i18n } = useTranslation()
  const change = (): void => {
    const language = languageOf(i18n) === 'zh' ? 'en' : 'zh'
    rememberLanguage(window.localStorage, language)
    document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en'
    void i18n.changeLanguage(language)
  }
  return (
    <Button size="small" ghost onClick={change} aria-label={t('language.label')}>
      {t('language.switch')}
    </Button>
  )
}
