import { readCompleteness, readGaps, type DayCompleteness, type Gap } from '@xianfu/contract'
import { Segmented, Table } from 'antd'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { call } from '../../app/call.ts'
import { completenessKey } from '../../live/query-keys.ts'
import { useRead } from '../../live/use-read.ts'
import { Problem } from '../../parts/problem.tsx'
import { useListAddress } from '../../parts/row-list/use-list-address.ts'
import { GapHeatMap } from './gap-heat-map.tsx'
import { GapTable } from './gap-table.tsx'
import { HeldTable } from './held-table.tsx'
import { completePercent, sumByDay, type DaySum } from './grid.ts'
import './completeness.css'

const spans = [1, 7, 14] as const
const usualSpan = 7
const noParts: readonly DayCompleteness[] = []
const noGaps: readonly Gap[] = []

/** Which half hours were read, which were found later in the meters, and which are missing, with the reason. */
export const CompletenessPage = () => {
  const { t } = useTranslation()
  const address = useListAddress<'days' | 'state'>()
  const days = spans.find((span) => String(span) === address.search.days) ?? usualSpan
  const query = { query: { days } }
  const sums = useRead([...completenessKey, days], async () => call(readCompleteness, query))
  const gaps = useRead([...completenessKey, 'gaps', days], async () => call(readGaps, query))
  const parts = sums.data?.days ?? noParts
  const byDay = useMemo(() => sumByDay(parts), [parts])
  const dayNames = useMemo(() => byDay.map(({ day }) => day), [byDay])
  const error = sums.error ?? gaps.error
  const again = (): void => {
    sums.again()
    gaps.again()
  }
  return (
    <div className="completeness">
      <h1 className="unseen">{t('nav.completeness')}</h1>
      <div className="filters">
        <Segmented
          aria-label={t('completeness.days')}
          value={days}
          onChange={(next) => address.change({ days: next === usualSpan ? '' : String(next) })}
          options={spans.map((value) => ({ value, label: t('completeness.lastDays', { count: value }) }))}
        />
        <span className="count">{t('completeness.hint')}</span>
      </div>
      {error !== null && <Problem error={error} onRetry={again} />}
      {gaps.data !== undefined && dayNames.length > 0 && <GapHeatMap data={gaps.data} days={dayNames} />}
      <HeldTable />
      <DayTable days={byDay} parts={parts} loading={sums.isPending} />
      <GapTable gaps={gaps.data?.gaps ?? noGaps} read={{ ...gaps, error: null }} address={address} />
    </div>
  )
}

const useReasons = () => {
  const { t } = useTranslation()
  return (byReason: DaySum['byReason']): string =>
    (Object.entries(byReason) as [keyof typeof byReason, number][])
      .map(([reason, count]) => `${t(`gapReason.${reason}`)} ${String(count)}`)
      .join(' · ')
}

type DayRow = DaySum & Readonly<{ key: string; name: string; children?: readonly DayRow[] }>

const DayTable = ({
  days,
  parts,
  loading,
}: {
  readonly days: readonly DaySum[]
  readonly parts: readonly DayCompleteness[]
  readonly loading: boolean
}) => {
  const { t } = useTranslation()
  const reasons = useReasons()
  const rows = days.map((sum): DayRow => ({
    ...sum,
    key: sum.day,
    name: sum.day,
    children: parts
      .filter(({ day }) => day === sum.day)
      .map((part) => ({
        ...part,
        key: `${part.day} ${String(part.gatewayId)}`,
        name: `${part.site} · ${part.gateway}`,
      })),
  }))
  const number = { className: 'number', align: 'right' as const, width: 90 }
  return (
    <Table<DayRow>
      size="small"
      aria-label={t('completeness.byDay')}
      loading={loading}
      dataSource={rows}
      pagination={false}
      locale={{ emptyText: loading ? ' ' : t('completeness.nothingYet') }}
      columns={[
        { title: t('completeness.day'), dataIndex: 'name' },
        { ...number, title: t('completeness.complete'), render: (_, row) => completePercent(row) },
        { ...number, title: t('completeness.expected'), dataIndex: 'expected', responsive: ['md'] },
        { ...number, title: t('completeness.read'), dataIndex: 'read', responsive: ['md'] },
        { ...number, title: t('gapState.re-read'), dataIndex: 'reRead', responsive: ['md'] },
        { ...number, title: t('gapState.estimated'), dataIndex: 'estimated', responsive: ['md'] },
        { ...number, title: t('gapState.open'), dataIndex: 'missing' },
        { ...number, title: t('gapState.lost'), dataIndex: 'lost' },
        { title: t('completeness.reasons'), responsive: ['md'], render: (_, { byReason }) => reasons(byReason) },
      ]}
    />
  )
}
