import type { WorkItem } from '@xianfu/contract'
import { Tag, type TableColumnsType } from 'antd'
import { useTranslation } from 'react-i18next'
import { useSite } from '../../app/site.ts'
import { formatInstant } from '../../format/time.ts'
import { MeterLink } from '../../parts/meter-link.tsx'
import { useSaying } from '../../words/saying.ts'
import { timeLeft } from './work-list.ts'

export const severityColor = { critical: 'red', warning: 'orange', notice: 'blue' } as const

export const whereOf = (item: WorkItem): string =>
  item.meter?.place ?? item.gateway ?? item.account?.number ?? item.site ?? cashierOf(item) ?? item.subject

/** Of a difference in a drawer: whose drawer. */
const cashierOf = ({ detail }: WorkItem): string | undefined =>
  typeof detail['cashier'] === 'string' ? detail['cashier'] : undefined

export const useWorkColumns = (): TableColumnsType<WorkItem> => {
  const { t } = useTranslation()
  const { system } = useSite()
  const say = useSaying()
  return [
    {
      title: t('work.kind'),
      width: 150,
      render: (_, { kind, severity }) => <Tag color={severityColor[severity]}>{say.workItem(kind)}</Tag>,
    },
    {
      title: t('work.where'),
      render: (_, item) =>
        item.meter === null ? whereOf(item) : <MeterLink meterId={item.meter.id}>{item.meter.place}</MeterLink>,
    },
    {
      title: t('work.customer'),
      responsive: ['md'],
      render: (_, { account }) => (account === null ? '' : `${account.customer} · ${account.number}`),
    },
    {
      title: t('work.opened'),
      className: 'number',
      width: 100,
      responsive: ['md'],
      render: (_, { openedAt }) => formatInstant(openedAt, system.timeZone, 'short'),
    },
    { title: t('work.due'), className: 'number', width: 110, render: (_, item) => <Due item={item} /> },
    {
      title: t('work.owner'),
      width: 120,
      responsive: ['sm'],
      render: (_, { owner, roleToLook, closed, acknowledgedAt }) =>
        closed !== null ? (
          (closed.by ?? t('work.byItself'))
        ) : owner === null ? (
          <span className="small">{say.role(roleToLook)}</span>
        ) : (
          `${owner}${acknowledgedAt === null ? '' : ' ✓'}`
        ),
    },
  ]
}

const Due = ({ item }: { readonly item: WorkItem }) => {
  const { t } = useTranslation()
  const { now, system } = useSite()
  if (item.closed !== null) return formatInstant(item.closed.at, system.timeZone, 'short')
  if (item.dueAt === null) return '—'
  const { late, unit, count } = timeLeft(item.dueAt, now())
  const time = t(`work.time.${unit}`, { count })
  return (
    <span className={late ? 'late' : item.escalation > 0 ? 'soon' : undefined}>
      {late ? t('work.late', { time }) : t('work.left', { time })}
    </span>
  )
}
