import { countWorkItems, signOut } from '@xianfu/contract'
import { useQueryClient } from '@tanstack/react-query'
import { Link, Outlet, useLocation, useNavigate } from '@tanstack/react-router'
import { Badge, Button, Tag, Tooltip } from 'antd'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { formatInstant } from '../format/time.ts'
import { KeyHelp } from '../keys/key-help.tsx'
import { useKeys } from '../keys/use-keys.ts'
import { browserClock } from '../live/browser-clock.ts'
import { workItemsKey } from '../live/query-keys.ts'
import { useLive } from '../live/use-live.ts'
import { useRead } from '../live/use-read.ts'
import { call } from './call.ts'
import { ConnectionBanner } from './connection-banner.tsx'
import { GuardBanner } from './guard-banner.tsx'
import { LanguageSwitch, useChangeLanguage } from './language-switch.tsx'
import { useSite } from './site.ts'

const clockEveryMs = 1_000

/** What surrounds every page: where one is, whose clock it is, and whether figures are live. */
export const Shell = () => {
  const { t } = useTranslation()
  const live = useLive()
  const navigate = useNavigate()
  const changeLanguage = useChangeLanguage()
  const [helping, setHelping] = useState(false)
  useKeys('everywhere', {
    help: () => setHelping(true),
    language: changeLanguage,
    'go-console': () => void navigate({ to: '/', search: {} }),
    'go-counter': () => void navigate({ to: '/counter', search: {} }),
    'go-messages': () => void navigate({ to: '/messages' }),
    'go-batches': () => void navigate({ to: '/batches', search: {} }),
    'go-dry-run': () => void navigate({ to: '/dry-run', search: {} }),
    'go-work': () => void navigate({ to: '/work' }),
    'go-stops': () => void navigate({ to: '/stops' }),
    'go-completeness': () => void navigate({ to: '/completeness' }),
    'go-lines': () => void navigate({ to: '/lines' }),
    'go-sites': () => void navigate({ to: '/sites', search: {} }),
  })
  return (
    <div className="shell">
      <a className="skip" href="#content">
        {t('nav.skip')}
      </a>
      <Bar connected={live.connected} onHelp={() => setHelping(true)} />
      {live.lostAt !== null && <ConnectionBanner lostAt={live.lostAt} />}
      <GuardBanner />
      <main className="page" id="content">
        <Outlet />
      </main>
      {helping && <KeyHelp onClose={() => setHelping(false)} />}
    </div>
  )
}

const Bar = ({ connected, onHelp }: { readonly connected: boolean; readonly onHelp: () => void }) => {
  const { t } = useTranslation()
  const { system, operator } = useSite()
  const queries = useQueryClient()
  const nav = useRef<HTMLElement>(null)
  const { pathname } = useLocation()
  useEffect(() => {
    // On a narrow screen the pages are a strip, in which the one that is open must be seen.
    const links = [...(nav.current?.querySelectorAll('a') ?? [])]
    links.find((link) => link.pathname === pathname)?.scrollIntoView({ block: 'nearest', inline: 'center' })
  }, [pathname])
  const leave = async (): Promise<void> => {
    await call(signOut).catch(() => undefined)
    queries.clear()
    window.location.assign('/')
  }
  return (
    <header className="bar">
      <Link to="/" search={{}} className="brand" aria-label={t('product')}>
        <img src="/mark.svg" alt="" width={22} height={22} />
        <strong>{t('product')}</strong>
      </Link>
      <span className="site">{system.name}</span>
      <nav aria-label={t('nav.main')} ref={nav}>
        <Link
          to="/"
          search={{}}
          activeOptions={{ exact: true, includeSearch: false }}
          activeProps={{ className: 'here' }}
        >
          {t('nav.console')}
        </Link>
        <Link to="/counter" search={{}} activeOptions={{ includeSearch: false }} activeProps={{ className: 'here' }}>
          {t('nav.counter')}
        </Link>
        <Link to="/messages" activeProps={{ className: 'here' }}>
          {t('nav.messages')}
        </Link>
        <Link to="/batches" search={{}} activeOptions={{ includeSearch: false }} activeProps={{ className: 'here' }}>
          {t('nav.batches')}
        </Link>
        <Link to="/dry-run" search={{}} activeOptions={{ includeSearch: false }} activeProps={{ className: 'here' }}>
          {t('nav.dryRun')}
        </Link>
        <Link to="/work" activeProps={{ className: 'here' }}>
          {t('nav.work')} <OpenItems />
        </Link>
        <Link to="/stops" activeProps={{ className: 'here' }}>
          {t('stop.title')}
        </Link>
        <Link to="/completeness" activeProps={{ className: 'here' }}>
          {t('nav.completeness')}
        </Link>
        <Link to="/lines" activeProps={{ className: 'here' }}>
          {t('nav.lines')}
        </Link>
        <Link to="/sites" search={{}} activeOptions={{ includeSearch: false }} activeProps={{ className: 'here' }}>
          {t('nav.sites')}
        </Link>
      </nav>
      <span className="space" />
      {system.demonstration && (
        <Tooltip title={t('demonstrationHint', { rate: system.clockRate })}>
          <Tag color="gold">{t('demonstration', { rate: system.clockRate })}</Tag>
        </Tooltip>
      )}
      <WallClock />
      <Tooltip title={connected ? t('live.onHint') : t('live.offHint')}>
        <span className="live" role="status">
          <Badge status={connected ? 'success' : 'error'} />
          {connected ? t('live.on') : t('live.off')}
        </span>
      </Tooltip>
      <Button size="small" ghost onClick={onHelp} className="help" aria-label={t('keys.title')}>
        ?
      </Button>
      <LanguageSwitch />
      <span className="operator">
        {operator.name} · {t(`role.${operator.role}`)}
      </span>
      <Button size="small" ghost onClick={() => void leave()}>
        {t('nav.signOut')}
      </Button>
    </header>
  )
}

/** How many items wait for a person; red when one is critical or late. */
const OpenItems = () => {
  const { data } = useRead([...workItemsKey, 'counts'], async () => call(countWorkItems))
  if (data === undefined || data.open === 0) return null
  const pressing = data.critical + data.late > 0
  return <Badge size="small" count={data.open} color={pressing ? 'red' : 'orange'} />
}

const WallClock = () => {
  const { now, system } = useSite()
  const [at, setAt] = useState(now)
  useEffect(() => browserClock.every(clockEveryMs, () => setAt(now())), [now])
  return <time className="number clock">{formatInstant(at, system.timeZone, 'minute')}</time>
}
