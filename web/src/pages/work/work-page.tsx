import { listWorkItems, type WorkItem } from '@xianfu/contract'
import { useNavigate } from '@tanstack/react-router'
import { Segmented } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { call } from '../../app/call.ts'
import { useKeys } from '../../keys/use-keys.ts'
import { workItemsKey } from '../../live/query-keys.ts'
import { useRead } from '../../live/use-read.ts'
import { Problem } from '../../parts/problem.tsx'
import { Choice } from '../../parts/row-list/choice.tsx'
import { RowList } from '../../parts/row-list/row-list.tsx'
import { useListAddress } from '../../parts/row-list/use-list-address.ts'
import { useRowList } from '../../parts/row-list/use-row-list.ts'
import { useSaying } from '../../words/saying.ts'
import { CloseDialog } from './close-dialog.tsx'
import { useHandleItem } from './use-handle-item.ts'
import { useWorkColumns } from './work-columns.tsx'
import { WorkDetail } from './work-detail.tsx'
import { kindsIn, selectItems } from './work-list.ts'
import './work.css'

const noItems: readonly WorkItem[] = []
const idOf = ({ id }: WorkItem): string => String(id)

/** Everything that waits for a person, the most pressing first. */
export const WorkPage = () => {
  const { t } = useTranslation()
  const say = useSaying()
  const navigate = useNavigate()
  const [closing, setClosing] = useState<WorkItem | null>(null)
  const address = useListAddress<'state' | 'kind'>()
  const state = address.search.state === 'closed' ? 'closed' : 'open'
  const items = useRead([...workItemsKey, state], async () => call(listWorkItems, { query: { state } }))
  const handling = useHandleItem()
  const columns = useWorkColumns()
  const all = items.data?.items ?? noItems
  const openMeter = ({ meter }: WorkItem): void => {
    if (meter !== null) void navigate({ to: '/meters/$meterId', params: { meterId: String(meter.id) } })
  }
  const list = useRowList({
    place: 'work',
    address,
    rows: all,
    select: selectItems,
    idOf,
    onOpen: openMeter,
  })
  const item = list.chosen
  const may = handling.mayWork && item !== undefined && item.closed === null
  useKeys('work', {
    take: () => may && handling.handle(item, 'take'),
    acknowledge: () => may && item.acknowledgedAt === null && handling.handle(item, 'acknowledge'),
    'close-item': () => may && setClosing(item),
  })
  return (
    <div className="work">
      <h1 className="unseen">{t('nav.work')}</h1>
      {handling.error !== null && <Problem error={handling.error} />}
      <RowList<WorkItem>
        list={list}
        read={items}
        label={t('nav.work')}
        columns={columns}
        hint={t('work.search')}
        before={
          <Segmented
            aria-label={t('work.state')}
            value={state}
            onChange={(next) => address.change({ state: next === 'open' ? '' : next, id: '' })}
            options={[
              { value: 'open', label: t('work.open', { count: items.data?.counts.open ?? 0 }) },
              { value: 'closed', label: t('work.closed') },
            ]}
          />
        }
        filters={
          <Choice
            label={t('work.kind')}
            all={t('work.allKinds')}
            value={address.search.kind ?? null}
            onChange={(kind) => address.change({ kind })}
            options={kindsIn(all).map((value) => ({ value, label: say.workItem(value) }))}
          />
        }
        count={items.data !== undefined && state === 'open' && t('work.counts', items.data.counts)}
        empty={t('work.empty')}
        emptyFilter={t('work.emptyFilter')}
        detail={<WorkDetail item={item} handling={handling} onClose={setClosing} />}
        detailLabel={t('work.item')}
      />
      {closing !== null && <CloseDialog item={closing} handling={handling} onDone={() => setClosing(null)} />}
    </div>
  )
}
