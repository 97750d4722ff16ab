import { listStops, type StopRow } from '@xianfu/contract'
import { Table, Tag } from 'antd'
import { useTranslation } from 'react-i18next'
import { call } from '../../app/call.ts'
import { useSite } from '../../app/site.ts'
import { formatInstant } from '../../format/time.ts'
import { stopsKey } from '../../live/query-keys.ts'
import { useRead } from '../../live/use-read.ts'
import { MeterLink } from '../../parts/meter-link.tsx'
import { Problem } from '../../parts/problem.tsx'
import { Money, StageTag } from '../../parts/states.tsx'
import { useSaying } from '../../words/saying.ts'
import { ApprovalCell } from './approval-cell.tsx'
import { NoTripCard } from './no-trip-card.tsx'
import './stops.css'

const noRows: readonly StopRow[] = []
const pageSize = 50

/** Who has used up the money: waiting for a decision, kept from a stop, or told of one; and the days without trips. */
export const StopsPage = () => {
  const { t } = useTranslation()
  const { system } = useSite()
  const say = useSaying()
  const { data, error, isPending, again } = useRead(stopsKey, async () => call(listStops))
  const short = (at: number): string => formatInstant(at, system.timeZone, 'short')
  return (
    <div className="stops">
      <h1 className="unseen">{t('stop.title')}</h1>
      {error !== null && <Problem error={error} onRetry={again} />}
      <Table<StopRow>
        size="small"
        aria-label={t('stop.rows')}
        rowKey={({ account }) => account.id}
        loading={isPending}
        dataSource={data?.rows ?? noRows}
        pagination={{ defaultPageSize: pageSize, hideOnSinglePage: true, size: 'small' }}
        locale={{ emptyText: data === undefined ? ' ' : t('stop.empty') }}
        columns={[
          {
            title: t('stop.place'),
            width: 110,
            render: (_, { meter }) => meter !== null && <MeterLink meterId={meter.id}>{meter.place}</MeterLink>,
          },
          {
            title: t('stop.account'),
            width: 170,
            render: (_, { account }) => `${account.number} · ${account.customer}`,
          },
          { title: t('stop.stage'), width: 110, render: (_, { stage }) => <StageTag stage={stage} /> },
          { title: t('stop.since'), width: 100, className: 'number', render: (_, { since }) => short(since) },
          { title: t('stop.balance'), width: 100, render: (_, { balance }) => <Money amount={balance} /> },
          {
            title: t('stop.why'),
            render: (_, { reasons }) => reasons.map((code) => <Tag key={code}>{say.reason(code)}</Tag>),
          },
          {
            title: t('stop.earliest'),
            width: 110,
            className: 'number',
            render: (_, { earliestStopAt }) => (earliestStopAt === null ? '—' : short(earliestStopAt)),
          },
          {
            title: t('stop.approval'),
            render: (_, { approval, account }) =>
              approval === null ? null : <ApprovalCell approval={approval} account={account} />,
          },
        ]}
      />
      <NoTripCard />
    </div>
  )
}
