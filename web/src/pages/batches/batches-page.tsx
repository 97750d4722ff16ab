import { listBatches, type BatchSummary } from '@xianfu/contract'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { Button, Progress, Table } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { call } from '../../app/call.ts'
import { useSite } from '../../app/site.ts'
import { formatInstant } from '../../format/time.ts'
import { useKeys } from '../../keys/use-keys.ts'
import { batchesKey } from '../../live/query-keys.ts'
import { useRead } from '../../live/use-read.ts'
import { Problem } from '../../parts/problem.tsx'
import { stepTo } from '../console/meter-list.ts'
import { BatchDetail } from './batch-detail.tsx'
import { BatchForm } from './batch-form.tsx'
import { BatchStateTag, KindTag } from './batch-kind.tsx'
import { percentOf } from './batch-list.ts'
import './batches.css'

const noBatches: readonly BatchSummary[] = []

/** Orders over many meters: what waits for a second person, what runs, and what came of it, meter by meter. */
export const BatchesPage = () => {
  const { t } = useTranslation()
  const { system, operator } = useSite()
  const navigate = useNavigate()
  const { id = null } = useSearch({ from: '/batches' })
  const [making, setMaking] = useState(false)
  const { data, error, isPending, again } = useRead(batchesKey, async () => call(listBatches))
  const batches = data?.batches ?? noBatches
  const chosen = id ?? batches[0]?.id ?? null
  const choose = (next: string): void => void navigate({ to: '/batches', search: { id: next }, replace: true })
  const step = (count: number): void => {
    const next = stepTo(
      batches.map((batch) => batch.id),
      chosen,
      count,
    )
    if (next !== null) choose(next)
  }
  const mayControl = operator.permissions.includes('control')
  useKeys('batches', {
    next: () => step(1),
    previous: () => step(-1),
    'new-batch': () => mayControl && setMaking(true),
  })
  return (
    <div className="batches">
      <h1 className="unseen">{t('nav.batches')}</h1>
      {error !== null && <Problem error={error} onRetry={again} />}
      <section>
        {mayControl && (
          <Button type="primary" className="make" onClick={() => setMaking(true)} aria-keyshortcuts="n">
            {t('batch.new')} <kbd>N</kbd>
          </Button>
        )}
        <Table<BatchSummary>
          size="small"
          aria-label={t('batch.label')}
          rowKey="id"
          loading={isPending}
          dataSource={batches}
          pagination={false}
          locale={{ emptyText: data === undefined ? ' ' : t('batch.empty') }}
          rowClassName={(batch) => (batch.id === chosen ? 'row chosen' : 'row')}
          onRow={(batch) => ({ onClick: () => choose(batch.id), 'aria-selected': batch.id === chosen })}
          columns={[
            {
              title: t('batch.at'),
              className: 'number',
              width: 100,
              render: (_, { at }) => formatInstant(at, system.timeZone, 'short'),
            },
            { title: t('batch.what'), render: (_, batch) => <KindTag kind={batch.kind} override={batch.override} /> },
            { title: t('batch.requester'), width: 110, render: (_, { requestedBy }) => requestedBy.name },
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
        />
      </section>
      <section className="detail">
        {chosen === null ? <p className="small">{t('batch.pick')}</p> : <BatchDetail key={chosen} id={chosen} />}
      </section>
      {making && (
        <BatchForm
          onClose={() => setMaking(false)}
          onMade={(made) => {
            setMaking(false)
            choose(made)
          }}
        />
      )}
    </div>
  )
}
