import { listSites, type SiteRow } from '@xianfu/contract'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { Table, Tag, type InputRef, type TableColumnsType } from 'antd'
import { useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { call } from '../../app/call.ts'
import { useSite } from '../../app/site.ts'
import { useKeys } from '../../keys/use-keys.ts'
import { sitesKey } from '../../live/query-keys.ts'
import { useRead } from '../../live/use-read.ts'
import { Problem } from '../../parts/problem.tsx'
import { SearchField } from '../../parts/search-field.tsx'
import { stepTo } from '../../parts/row-list/row-step.ts'
import { InstallationDetail, SiteDetail } from './site-detail.tsx'
import { all, filterSites } from './site-list.ts'
import { tablePages } from '../../parts/table-pages.ts'
import './sites.css'

const noSites: readonly SiteRow[] = []
const pageSize = 50

/** Sites and the installation over them: what they are made of, what they are set to, whether their trips are frozen. */
export const SitesPage = () => {
  const { t } = useTranslation()
  const { operator } = useSite()
  const navigate = useNavigate()
  const { id } = useSearch({ from: '/sites' })
  const [search, setSearch] = useState('')
  const [editing, setEditing] = useState(false)
  const field = useRef<InputRef>(null)
  const { data, error, isPending, again } = useRead(sitesKey, async () => call(listSites))
  const sites = filterSites(data?.sites ?? noSites, search)
  const rows = [all, ...sites.map((site) => site.id)]
  const chosen = id ?? sites[0]?.id ?? all
  const choose = (next: number): void => {
    setEditing(false)
    void navigate({ to: '/sites', search: { id: next }, replace: true })
  }
  const step = (count: number): void => {
    const next = stepTo(rows, chosen, count)
    if (next !== null) choose(next)
  }
  useKeys('sites', {
    search: () => field.current?.focus({ cursor: 'all' }),
    next: () => step(1),
    previous: () => step(-1),
    'edit-site': () => operator.permissions.includes('set-site') && setEditing(true),
    clear: () => {
      setSearch('')
      field.current?.blur()
    },
  })
  const deeds = { editing, onEdit: () => setEditing(true), onDone: () => setEditing(false) }
  return (
    <div className="sites">
      <h1 className="unseen">{t('nav.sites')}</h1>
      <div className="filters">
        <SearchField field={field} hint={t('site.search')} value={search} onChange={setSearch} />
        <span className="count" role="status">
          {t('site.count', { shown: sites.length, total: data?.sites.length ?? 0 })}
        </span>
      </div>
      {error !== null && <Problem error={error} onRetry={again} />}
      <div className="two">
        <div>
          <button type="button" className={chosen === all ? 'whole chosen' : 'whole'} onClick={() => choose(all)}>
            {t('site.all')}
          </button>
          <Table<SiteRow>
            size="small"
            aria-label={t('nav.sites')}
            rowKey="id"
            loading={isPending}
            dataSource={sites}
            columns={useSiteColumns()}
            pagination={tablePages(pageSize)}
            locale={{ emptyText: data === undefined ? ' ' : t('site.empty') }}
            rowClassName={(site) => (site.id === chosen ? 'row chosen' : 'row')}
            onRow={(site) => ({ onClick: () => choose(site.id), 'aria-selected': site.id === chosen })}
          />
        </div>
        {chosen === all ? <InstallationDetail {...deeds} /> : <SiteDetail key={chosen} siteId={chosen} {...deeds} />}
      </div>
    </div>
  )
}

const useSiteColumns = (): TableColumnsType<SiteRow> => {
  const { t } = useTranslation()
  return [
    { title: t('site.name'), dataIndex: 'name' },
    { title: t('site.meters'), className: 'number', width: 80, dataIndex: 'meters' },
    { title: t('site.accounts'), className: 'number', width: 110, dataIndex: 'accounts' },
    {
      title: t('site.gateways'),
      className: 'number',
      width: 110,
      render: (_, { gateways: { online, total } }) => `${String(online)} / ${String(total)}`,
    },
    {
      title: t('site.interval'),
      className: 'number',
      width: 110,
      responsive: ['md'],
      render: (_, { intervalMinutes }) => t('site.minutes', { minutes: intervalMinutes }),
    },
    {
      title: t('site.tripsToday'),
      className: 'number',
      width: 120,
      render: (_, { trips: { sentToday, mostToday } }) => `${String(sentToday)} / ${String(mostToday ?? '—')}`,
    },
    {
      title: t('site.state'),
      width: 150,
      render: (_, { frozen }) =>
        frozen === null ? (
          <Tag color="green">{t('site.free')}</Tag>
        ) : (
          <Tag color="orange">{t(`guard.because.${frozen.because}`)}</Tag>
        ),
    },
    { title: t('site.timeZone'), dataIndex: 'timeZone', width: 130, responsive: ['xl'] },
  ]
}
