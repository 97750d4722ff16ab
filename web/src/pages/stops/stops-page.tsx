import { listStops, type StopRow } from '@xianfu/contract'
import { Tag } from 'antd'
import { useTranslation } from 'react-i18next'
import { call } from '../../app/call.ts'
import { useSite } from '../../app/site.ts'
import { formatInstant } from '../../format/time.ts'
import { stopsKey } from '../../live/query-keys.ts'
import { useRead } from '../../live/use-read.ts'
import { MeterLink } from '../../parts/meter-link.tsx'
import { Choice } from '../../parts/row-list/choice.tsx'
import { oneOf } from '../../parts/row-list/list-search.ts'
import { RowList } from '../../parts/row-list/row-list.tsx'
import { useListAddress } from '../../parts/row-list/use-list-address.ts'
import { useRowList } from '../../parts/row-list/use-row-list.ts'
import { Money, StageTag } from '../../parts/states.tsx'
import { approvalColor } from './approval-cell.tsx'
import { NoTripCard } from './no-trip-card.tsx'
import { StopDetail } from './stop-detail.tsx'
import { selectStops, stopStages } from './stop-list.ts'
import './stops.css'

const noRows: readonly StopRow[] = []
const idOf = ({ account }: StopRow): string => String(account.id)

/** Who has used up the money: waiting for a decision, kept from a stop, or told of one; and the days without trips. */
export const StopsPage = () => {
  const { t } = useTranslation()
  const { system } = useSite()
  const address = useListAddress<'stage'>()
  const stops = useRead(stopsKey, async () => call(listStops))
  const list = useRowList({ place: 'stops', address, rows: stops.data?.rows ?? noRows, select: selectStops, idOf })
  const short = (at: number): string => formatInstant(at, system.timeZone, 'short')
  return (
    <div className="stops">
      <h1 className="unseen">{t('stop.title')}</h1>
      <RowList<StopRow>
        list={list}
        read={stops}
        label={t('stop.rows')}
        columns={[
          {
            title: t('stop.place'),
            width: 110,
            render: (_, { meter }) => meter !== null && <MeterLink meterId={meter.id}>{meter.place}</MeterLink>,
          },
          {
            title: t('stop.account'),
            responsive: ['md'],
            render: (_, { account }) => `${account.number} · ${account.customer}`,
          },
          { title: t('stop.stage'), width: 110, render: (_, { stage }) => <StageTag stage={stage} /> },
          {
            title: t('stop.since'),
            width: 100,
            className: 'number',
            responsive: ['md'],
            render: (_, { since }) => short(since),
          },
          { title: t('stop.balance'), width: 100, render: (_, { balance }) => <Money amount={balance} /> },
          {
            title: t('stop.earliest'),
            width: 110,
            className: 'number',
            responsive: ['md'],
            render: (_, { earliestStopAt }) => (earliestStopAt === null ? '—' : short(earliestStopAt)),
          },
          {
            title: t('stop.approval'),
            width: 110,
            render: (_, { approval }) =>
              approval !== null && (
                <Tag color={approvalColor[approval.state]}>{t(`approvalState.${approval.state}`)}</Tag>
              ),
          },
        ]}
        hint={t('stop.search')}
        filters={
          <Choice
            label={t('stop.stage')}
            all={t('stop.allStages')}
            value={oneOf(stopStages, address.search.stage)}
            onChange={(stage) => address.change({ stage })}
            options={stopStages.map((value) => ({ value, label: t(`stage.${value}`) }))}
          />
        }
        count={t('stop.count', { shown: list.shown.length, total: list.all.length })}
        empty={t('stop.empty')}
        emptyFilter={t('stop.emptyFilter')}
        detail={<StopDetail row={list.chosen} />}
        detailLabel={t('stop.detail')}
      />
      <NoTripCard />
    </div>
  )
}
