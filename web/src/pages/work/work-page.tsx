import { listWorkItems, type WorkItem } from '@xianfu/contract'
import { useNavigate } from '@tanstack/react-router'
import { Segmented, Select, Table, type InputRef } from 'antd'
import { useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { call } from '../../app/call.ts'
import { useKeys } from '../../keys/use-keys.ts'
import { workItemsKey } from '../../live/query-keys.ts'
import { useRead } from '../../live/use-read.ts'
import { Problem } from '../../parts/problem.tsx'
import { SearchField } from '../../parts/search-field.tsx'
import { useSaying } from '../../words/saying.ts'
import { stepTo } from '../console/meter-list.ts'
import { CloseDialog } from './close-dialog.tsx'
import { useHandleItem } from './use-handle-item.ts'
import { useWorkColumns } from './work-columns.tsx'
import { WorkDetail } from './work-detail.tsx'
import { everyItem, filterItems, kindsIn, type WorkFilter } from './work-list.ts'
import './work.css'

const noItems: readonly WorkItem[] = []
const pageSize = 50

/** Everything that waits for a person, the most pressing first. */
export const WorkPage = () => {
  const { t } = useTranslation()
  const say = useSaying()
  const navigate = useNavigate()
  const [state, setState] = useState<'open' | 'closed'>('open')
  const [filter, setFilter] = useState<WorkFilter>(everyItem)
  const [chosen, setChosen] = useState<number | null>(null)
  const [closing, setClosing] = useState<WorkItem | null>(null)
  const field = useRef<InputRef>(null)
  const read = async () => call(listWorkItems, { query: { state } })
  const { data, error, isPending, again } = useRead([...workItemsKey, state], read)
  const handling = useHandleItem()
  const columns = useWorkColumns()
  const all = data?.items ?? noItems
  const shown = useMemo(() => filterItems(all, filter), [all, filter])
  const item = shown.find(({ id }) => id === chosen) ?? shown[0]
  const ids = shown.map(({ id }) => id)
  const step = (count: number): void => setChosen(stepTo(ids, item?.id ?? null, count))
  const openMeter = (): void => {
    if (item?.meter) void navigate({ to: '/meters/$meterId', params: { meterId: String(item.meter.id) } })
  }
  const may = handling.mayWork && item !== undefined && item.closed === null
  useKeys('work', {
    search: () => field.current?.focus({ cursor: 'all' }),
    next: () => step(1),
    previous: () => step(-1),
    open: openMeter,
    take: () => may && handling.handle(item, 'take'),
    acknowledge: () => may && item.acknowledgedAt === null && handling.handle(item, 'acknowledge'),
    'close-item': () => may && setClosing(item),
    clear: () => {
      setFilter(everyItem)
      field.current?.blur()
    },
  })
  return (
    <div className="work">
      <h1 className="unseen">{t('nav.work')}</h1>
      <div className="filters">
        <Segmented
          aria-label={t('work.state')}
          value={state}
          onChange={setState}
          options={[
            { value: 'open', label: t('work.open', { count: data?.counts.open ?? 0 }) },
            { value: 'closed', label: t('work.closed') },
          ]}
        />
        <SearchField
          field={field}
          hint={t('work.search')}
          value={filter.search}
          onChange={(search) => setFilter({ ...filter, search })}
        />
        <Select
          className="choice"
          aria-label={t('work.kind')}
          value={filter.kind}
          onChange={(kind) => setFilter({ ...filter, kind })}
          options={[
            { value: null, label: t('work.allKinds') },
            ...kindsIn(all).map((value) => ({ value, label: say.workItem(value) })),
          ]}
        />
        {data !== undefined && state === 'open' && (
          <span className="count" role="status">
            {t('work.counts', data.counts)}
          </span>
        )}
      </div>
      {error !== null && <Problem error={error} onRetry={again} />}
      {handling.error !== null && <Problem error={handling.error} />}
      <div className="two">
        <Table<WorkItem>
          size="small"
          aria-label={t('nav.work')}
          rowKey="id"
          loading={isPending}
          dataSource={shown}
          columns={columns}
          pagination={{ defaultPageSize: pageSize, hideOnSinglePage: true, size: 'small' }}
          locale={{
            emptyText: data === undefined ? ' ' : all.length === 0 ? t('work.empty') : t('work.emptyFilter'),
          }}
          rowClassName={({ id }) => (id === item?.id ? 'row chosen' : 'row')}
          onRow={({ id }) => ({ onClick: () => setChosen(id), 'aria-selected': id === item?.id })}
        />
        <WorkDetail item={item} handling={handling} onClose={setClosing} />
      </div>
      {closing !== null && <CloseDialog item={closing} handling={handling} onDone={() => setClosing(null)} />}
    </div>
  )
}
