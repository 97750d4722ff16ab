import type { WorkItem } from '@xianfu/contract'
import { Link } from '@tanstack/react-router'
import { Button, Descriptions, Space, Tag } from 'antd'
import { useTranslation } from 'react-i18next'
import { useSite } from '../../app/site.ts'
import { formatInstant } from '../../format/time.ts'
import { MeterLink } from '../../parts/meter-link.tsx'
import { useSaying } from '../../words/saying.ts'
import type { Handling } from './use-handle-item.ts'
import { severityColor, whereOf } from './work-columns.tsx'
import { detailText, signsIn } from './work-list.ts'
import { WorkSigns } from './work-signs.tsx'

type Props = Readonly<{ item: WorkItem | undefined; handling: Handling; onClose: (item: WorkItem) => void }>

/** Subjects of items that are about a batch begin so. */
const batchSubject = 'batch:'
/** Those about the counter are decided there. */
const counterKinds: ReadonlySet<string> = new Set(['approve-operation', 'cash-difference'])

/** One item in full, and what can be done with it. */
export const WorkDetail = ({ item, handling, onClose }: Props) => {
  const { t } = useTranslation()
  const { system } = useSite()
  const say = useSaying()
  if (item === undefined) return <p className="small">{t('work.hint')}</p>
  const instant = (at: number): string => formatInstant(at, system.timeZone, 'minute')
  const signs = signsIn(item.detail)
  const suspicions = say.meterSigns(item.detail.signs)
  const detail = detailText(item.detail, say.workDetail, say.asked)
  const rows = [
    [
      t('work.where'),
      item.subject.startsWith(batchSubject) ? (
        <Link key="b" to="/batches" search={{ id: item.subject.slice(batchSubject.length) }}>
          {t('nav.batches')}
        </Link>
      ) : counterKinds.has(item.kind) ? (
        <Link key="c" to="/counter" search={item.account === null ? {} : { account: item.account.id }}>
          {t('nav.counter')}
        </Link>
      ) : item.meter === null ? (
        whereOf(item)
      ) : (
        <MeterLink key="m" meterId={item.meter.id}>
          {item.meter.place}
        </MeterLink>
      ),
    ],
    ...(item.account === null ? [] : [[t('work.customer'), `${item.account.customer} · ${item.account.number}`]]),
    [t('work.opened'), instant(item.openedAt)],
    ...(item.seen > 1 ? [[t('work.seen'), t('work.seenTimes', { count: item.seen, at: instant(item.seenAt) })]] : []),
    ...(item.dueAt === null ? [] : [[t('work.due'), instant(item.dueAt)]]),
    [t('work.owner'), item.owner ?? t('work.nobody', { role: say.role(item.roleToLook) })],
    ...(item.acknowledgedAt === null ? [] : [[t('work.acknowledged'), instant(item.acknowledgedAt)]]),
    ...(detail === '' ? [] : [[t('work.detail'), detail]]),
    ...(signs === null ? [] : [[t('event.signs'), <WorkSigns key="s" signs={signs} />]]),
    ...(suspicions === '' ? [] : [[t('work.signs'), suspicions]]),
    ...(item.closed === null
      ? []
      : [
          [t('work.closed'), `${instant(item.closed.at)} · ${item.closed.by ?? t('work.byItself')}`],
          [t('work.reason'), say.reason(item.closed.because)],
        ]),
  ] as const
  return (
    <>
      <h2>
        <Tag color={severityColor[item.severity]}>{say.workItem(item.kind)}</Tag>
      </h2>
      <p className="small">{say.workAdvice(item.kind)}</p>
      <Descriptions size="small" column={1} items={rows.map(([label, children], key) => ({ key, label, children }))} />
      {handling.mayWork && item.closed === null && (
        <Space wrap>
          <Button size="small" aria-keyshortcuts="t" onClick={() => handling.handle(item, 'take')}>
            {t('work.take')} <kbd>T</kbd>
          </Button>
          <Button
            size="small"
            aria-keyshortcuts="a"
            disabled={item.acknowledgedAt !== null}
            onClick={() => handling.handle(item, 'acknowledge')}
          >
            {t('work.acknowledge')} <kbd>A</kbd>
          </Button>
          <Button size="small" type="primary" aria-keyshortcuts="x" onClick={() => onClose(item)}>
            {t('work.close')} <kbd>X</kbd>
          </Button>
        </Space>
      )}
    </>
  )
}
