import { readRestorations, type Restoration } from '@xianfu/contract'
import { Link } from '@tanstack/react-router'
import { Modal, Skeleton, Table, Tag } from 'antd'
import { useTranslation } from 'react-i18next'
import { call } from '../../app/call.ts'
import { useSite } from '../../app/site.ts'
import { yuan } from '../../format/decimal.ts'
import { formatInstant, secondsText } from '../../format/time.ts'
import { restorationsKey } from '../../live/query-keys.ts'
import { useRead } from '../../live/use-read.ts'
import { Problem } from '../../parts/problem.tsx'

const hours = 24
const lookEveryMs = 2_000
const steps = ['queued', 'sent', 'acknowledged', 'verified'] as const

/** Each step from the payment to the proven close with its percentiles; what runs now, and what was late. */
export const PowerDialog = ({ onClose }: { readonly onClose: () => void }) => {
  const { t } = useTranslation()
  const { data, error, again } = useRead(restorationsKey, async () => call(readRestorations, { query: { hours } }), {
    refetchInterval: lookEveryMs,
  })
  return (
    <Modal open footer={null} width={760} title={t('power.title', { hours })} onCancel={onClose}>
      {data === undefined && error === null && <Skeleton active />}
      {data === undefined && error !== null && <Problem error={error} onRetry={again} />}
      {data !== undefined && (
        <>
          <p className="small quiet">{t('power.count', { count: data.count, late: data.lateCount })}</p>
          <Table
            size="small"
            rowKey="step"
            pagination={false}
            dataSource={steps.map((step) => ({ step, ...data[step] }))}
            columns={[
              {
                title: t('power.step'),
                dataIndex: 'step',
                render: (step: (typeof steps)[number]) => t(`power.steps.${step}`),
              },
              ...(['p50Ms', 'p95Ms', 'p99Ms', 'worstMs'] as const).map((name) => ({
                title: name === 'worstMs' ? 'max' : name.slice(0, 3),
                dataIndex: name,
                align: 'right' as const,
                className: 'number',
                render: (ms: number | null) => (ms === null ? '—' : `${secondsText(ms)} ${t('overview.seconds')}`),
              })),
            ]}
          />
          <Cases title={t('power.running')} cases={data.running} />
          <Cases title={t('power.late')} cases={data.late} />
        </>
      )}
    </Modal>
  )
}

const Cases = ({ title, cases }: { readonly title: string; readonly cases: readonly Restoration[] }) => {
  const { t } = useTranslation()
  const { system } = useSite()
  return (
    <>
      <h3>{title}</h3>
      <Table<Restoration>
        size="small"
        rowKey="id"
        pagination={{ pageSize: 10, hideOnSinglePage: true, size: 'small' }}
        dataSource={cases}
        locale={{ emptyText: t('power.none') }}
        columns={[
          {
            title: t('power.place'),
            render: (_, { meter }) => (
              <Link to="/meters/$meterId" params={{ meterId: String(meter.id) }}>
                {meter.place}
              </Link>
            ),
          },
          { title: t('power.since'), render: (_, { openedAt }) => formatInstant(openedAt, system.timeZone, 'short') },
          {
            title: t('power.took'),
            align: 'right',
            className: 'number',
            render: (_, { verifiedMs }) =>
              verifiedMs === null ? '—' : `${secondsText(verifiedMs)} ${t('overview.seconds')}`,
          },
          {
            title: t('power.state'),
            render: (_, { state, online }) => (
              <>
                {t(`power.states.${state}`)} {!online && <Tag>{t('power.offline')}</Tag>}
              </>
            ),
          },
          {
            title: t('power.compensation'),
            align: 'right',
            className: 'number',
            render: (_, { compensation }) => (compensation === null ? '' : yuan(compensation)),
          },
        ]}
      />
    </>
  )
}
