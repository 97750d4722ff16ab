import { listMeterEvents, type MeterEvent } from '@xianfu/contract'
import { Card, Table, Tag, Tooltip } from 'antd'
import { useTranslation } from 'react-i18next'
import { call } from '../../app/call.ts'
import { useSite } from '../../app/site.ts'
import { formatInstant } from '../../format/time.ts'
import { meterEventsKey } from '../../live/query-keys.ts'
import { useRead } from '../../live/use-read.ts'
import { Frame } from '../../parts/frame-bytes.tsx'
import { Problem } from '../../parts/problem.tsx'
import { useSaying } from '../../words/saying.ts'
import { detailLines, lostIn } from './event-detail.ts'
import { panelPages } from '../../parts/table-pages.ts'

const rowsShown = 8

/** What the meter recorded, counted or showed for a while, newest first; opened, a row shows its record and its bytes. */
export const EventsPanel = ({ meterId }: { readonly meterId: number }) => {
  const { t } = useTranslation()
  const { system } = useSite()
  const say = useSaying()
  const { data, error, isPending, again } = useRead(meterEventsKey(meterId), async () =>
    call(listMeterEvents, { params: { id: meterId } }),
  )
  if (data === undefined && error !== null) return <Problem error={error} onRetry={again} />
  const instant = (at: number): string => formatInstant(at, system.timeZone, 'short')
  return (
    <Card size="small" title={t('event.title')} className="events">
      <Table<MeterEvent>
        size="small"
        rowKey="id"
        loading={isPending}
        dataSource={data?.events ?? []}
        pagination={panelPages(rowsShown)}
        locale={{ emptyText: data === undefined ? ' ' : t('event.empty') }}
        expandable={{ expandRowByClick: true, expandedRowRender }}
        columns={[
          {
            title: t('event.at'),
            className: 'number',
            render: (_, { beganAt, seenAt }) => (
              <Tooltip title={t('event.seen', { at: instant(seenAt) })}>
                <span>{instant(beganAt ?? seenAt)}</span>
              </Tooltip>
            ),
          },
          {
            title: t('event.kind'),
            render: (_, { kind, phase }) => (
              <>
                {say.meterEvent(kind)}
                {phase !== null && <span className="small"> {t(`event.phase.${phase}`)}</span>}
              </>
            ),
          },
          { title: t('event.what'), render: (_, row) => <span className="small">{<About event={row} />}</span> },
          {
            title: t('event.alarm'),
            render: (_, { alarm }) =>
              alarm === null ? null : (
                <Tag color={alarm === 'theft-sign' ? 'red' : 'orange'}>{say.workItem(alarm)}</Tag>
              ),
          },
        ]}
      />
    </Card>
  )
}

const expandedRowRender = (event: MeterEvent) => <EventBody event={event} />

const About = ({ event }: { readonly event: MeterEvent }) => {
  const { t } = useTranslation()
  const { system } = useSite()
  const { origin, endedAt, byUs, operatorCode, wasThere } = event
  const parts = [
    t(`event.origin.${origin}`),
    ...(endedAt === null
      ? origin === 'status'
        ? [t('event.lasts')]
        : []
      : [t('event.until', { at: formatInstant(endedAt, system.timeZone, 'short') })]),
    ...(byUs ? [t('event.byUs')] : operatorCode === null ? [] : [t('event.operator', { code: operatorCode })]),
    ...(wasThere ? [t('event.history')] : []),
  ]
  return parts.join(' · ')
}

const EventBody = ({ event }: { readonly event: MeterEvent }) => {
  const { t } = useTranslation()
  const lines = detailLines(event.detail)
  const lost = lostIn(event.detail)
  return (
    <div className="event-body">
      {event.sequence !== null && (
        <p className="small">
          {t('event.number')} {event.sequence}
        </p>
      )}
      {lost !== null && <p className="small">{t('event.lost', { count: lost })}</p>}
      {lost === null && lines.length > 0 && (
        <p className="small">
          {t('event.detail')}: {lines.join(' · ')}
        </p>
      )}
      {event.raw === null ? (
        <p className="small">{t('event.noBytes')}</p>
      ) : (
        <div className="small">
          {t('event.bytes')}: <Frame hex={event.raw} />
        </div>
      )}
    </div>
  )
}
