import type { Gap } from '@xianfu/contract'
import { useNavigate } from '@tanstack/react-router'
import { Tag } from 'antd'
import { useTranslation } from 'react-i18next'
import { useSite } from '../../app/site.ts'
import { formatInstant } from '../../format/time.ts'
import type { Read } from '../../live/use-read.ts'
import { MeterLink } from '../../parts/meter-link.tsx'
import { Choice } from '../../parts/row-list/choice.tsx'
import { oneOf } from '../../parts/row-list/list-search.ts'
import { RowList } from '../../parts/row-list/row-list.tsx'
import type { ListAddress } from '../../parts/row-list/use-list-address.ts'
import { useRowList } from '../../parts/row-list/use-row-list.ts'
import { selectGaps } from './gap-list.ts'
import { cellStates } from './grid.ts'

const tagOf = { open: 'red', lost: 'magenta', estimated: 'orange', 're-read': 'green' } as const
const idOf = ({ meterId, from }: Gap): string => `${String(meterId)}-${String(from)}`
/** As many as the server gives. */
const mostGiven = 500

type Props = Readonly<{
  gaps: readonly Gap[]
  read: Omit<Read<unknown>, 'data'>
  address: ListAddress<'days' | 'state'>
}>

/** Every stretch without readings: of which meter, why, and what came of it. */
export const GapTable = ({ gaps, read, address }: Props) => {
  const { t } = useTranslation()
  const { system } = useSite()
  const navigate = useNavigate()
  const list = useRowList({
    place: 'completeness',
    address,
    rows: gaps,
    select: selectGaps,
    idOf,
    onOpen: ({ meterId }) => void navigate({ to: '/meters/$meterId', params: { meterId: String(meterId) } }),
  })
  const time = (at: number): string => formatInstant(at, system.timeZone, 'short')
  return (
    <RowList<Gap>
      list={list}
      read={read}
      label={t('completeness.gaps')}
      columns={[
        {
          title: t('completeness.meter'),
          render: (_, { meterId, place }) => <MeterLink meterId={meterId}>{place}</MeterLink>,
        },
        { title: t('completeness.gateway'), dataIndex: 'gateway', responsive: ['md'] },
        { title: t('completeness.from'), className: 'number', render: (_, { from }) => time(from) },
        { title: t('completeness.to'), className: 'number', render: (_, { to }) => time(to) },
        {
          title: t('completeness.intervals'),
          className: 'number',
          align: 'right',
          width: 80,
          dataIndex: 'intervals',
          responsive: ['md'],
        },
        { title: t('completeness.reason'), render: (_, { reason }) => t(`gapReason.${reason}`) },
        {
          title: t('completeness.state'),
          render: (_, { state, because, unknownSide }) => (
            <>
              <Tag color={tagOf[state]}>{t(`gapState.${state}`)}</Tag>
              {because !== null && <span className="small">{t(`lossReason.${because}`)}</span>}
              {unknownSide !== null && <span className="small"> · {t(`unknownSide.${unknownSide}`)}</span>}
            </>
          ),
        },
      ]}
      hint={t('completeness.search')}
      filters={
        <Choice
          label={t('completeness.state')}
          all={t('completeness.allStates')}
          value={oneOf(cellStates, address.search.state)}
          onChange={(state) => address.change({ state })}
          options={cellStates.map((value) => ({ value, label: t(`gapState.${value}`) }))}
        />
      }
      count={
        <>
          {t('completeness.count', { shown: list.shown.length, total: gaps.length })}
          {gaps.length === mostGiven && ` · ${t('completeness.first', { count: mostGiven })}`}
        </>
      }
      empty={t('completeness.noGaps')}
      emptyFilter={t('completeness.emptyFilter')}
    />
  )
}
