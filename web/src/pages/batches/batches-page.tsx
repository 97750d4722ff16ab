import { listBatches, type BatchSummary } from '@xianfu/contract'
import { Button, Progress } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { call } from '../../app/call.ts'
import { useSite } from '../../app/site.ts'
import { formatInstant } from '../../format/time.ts'
import { useKeys } from '../../keys/use-keys.ts'
import { batchesKey } from '../../live/query-keys.ts'
import { useRead } from '../../live/use-read.ts'
import { Choice } from '../../parts/row-list/choice.tsx'
import { oneOf } from '../../parts/row-list/list-search.ts'
import { RowList } from '../../parts/row-list/row-list.tsx'
import { useListAddress } from '../../parts/row-list/use-list-address.ts'
import { useRowList } from '../../parts/row-list/use-row-list.ts'
import { BatchDetail } from './batch-detail.tsx'
import { BatchForm } from './batch-form.tsx'
import { BatchStateTag, KindTag } from './batch-kind.tsx'
import { batchStates, percentOf, selectBatches } from './batch-list.ts'
import './batches.css'

const noBatches: readonly BatchSummary[] = []
const idOf = ({ id }: BatchSummary): string => id

/** Orders over many meters: what waits for a second person, what runs, and what came of it, meter by meter. */
export const BatchesPage = () => {
  const { t } = useTranslation()
  const { system, operator } = useSite()
  const [making, setMaking] = useState(false)
  const address = useListAddress<'state'>()
  const batches = useRead(batchesKey, async () => call(listBatches))
  const list = useRowList({
    place: 'batches',
    address,
    rows: batches.data?.batches ?? noBatches,
    select: selectBatches,
    idOf,
    // Older ones are not in the list, and links to them lead here.
    beyondList: true,
  })
  const mayControl = operator.permissions.includes('control')
  useKeys('batches', { 'new-batch': () => mayControl && setMaking(true) })
  return (
    <div className="batches">
      <h1 className="unseen">{t('nav.batches')}</h1>
      <RowList<BatchSummary>
        list={list}
        read={batches}
        label={t('batch.label')}
        columns={[
          {
            title: t('batch.at'),
            className: 'number',
            width: 100,
            render: (_, { at }) => formatInstant(at, system.timeZone, 'short'),
          },
          { title: t('batch.what'), render: (_, batch) => <KindTag kind={batch.kind} override={batch.override} /> },
          {
            title: t('batch.requester'),
            width: 110,
            responsive: ['md'],
            render: (_, { requestedBy }) => requestedBy.name,
          },
          { title: t('batch.state'), width: 120, render: (_, { state }) => <BatchStateTag state={state} /> },
          {
            title: t('batch.progress'),
            width: 110,
            render: (_, batch) =>
              batch.state === 'waiting' ? null : (
                <Progress
                  size="small"
                  percent={percentOf(batch.counts)}
                  status={batch.counts.failed > 0 ? 'exception' : batch.state === 'running' ? 'active' : 'normal'}
                />
              ),
          },
        ]}
        hint={t('batch.search')}
        before={
          mayControl && (
            <Button type="primary" onClick={() => setMaking(true)} aria-keyshortcuts="n">
              {t('batch.new')} <kbd>N</kbd>
            </Button>
          )
        }
        filters={
          <Choice
            label={t('batch.state')}
            all={t('batch.allStates')}
            value={oneOf(batchStates, address.search.state)}
            onChange={(state) => address.change({ state })}
            options={batchStates.map((value) => ({ value, label: t(`batchState.${value}`) }))}
          />
        }
        count={t('batch.count', { shown: list.shown.length, total: list.all.length })}
        empty={t('batch.empty')}
        emptyFilter={t('batch.emptyFilter')}
        detail={
          list.chosenId === null ? (
            <p className="small">{t('batch.pick')}</p>
          ) : (
            <BatchDetail key={list.chosenId} id={list.chosenId} />
          )
        }
        detailLabel={t('batch.detail')}
        detailWidth="half"
      />
      {making && (
        <BatchForm
          onClose={() => setMaking(false)}
          onMade={(made) => {
            setMaking(false)
            list.choose(made)
          }}
        />
      )}
    </div>
  )
}
