import { readLineLoss, type LineLoss } from '@xianfu/contract'
import { Card, Descriptions, Table, Tag } from 'antd'
import { useTranslation } from 'react-i18next'
import { call } from '../../app/call.ts'
import { useSite } from '../../app/site.ts'
import { roundDecimal } from '../../format/decimal.ts'
import { formatInstant } from '../../format/time.ts'
import { lossKey } from '../../live/query-keys.ts'
import { useRead } from '../../live/use-read.ts'
import { MeterLink } from '../../parts/meter-link.tsx'
import { panelPages } from '../../parts/table-pages.ts'

type Span = LineLoss['spans'][number]
const rowsShown = 6

const kwh = (energy: string | null): string => (energy === null ? '—' : roundDecimal(energy, 0, 2))

/** A master meter's line loss, month by month, and who is behind it; nothing for a meter that stands alone. */
export const LossPanel = ({ meterId }: { readonly meterId: number }) => {
  const { t } = useTranslation()
  const { system } = useSite()
  const { data } = useRead(lossKey(meterId), async () => call(readLineLoss, { params: { id: meterId } }))
  if (data === undefined || (data.master === null && data.subs.length === 0)) return null
  const day = (at: number): string => formatInstant(at, system.timeZone, 'short')
  const items = [
    ...(data.master === null
      ? []
      : [
          [
            t('loss.master'),
            <MeterLink key="master" meterId={data.master.id}>
              {data.master.place}
            </MeterLink>,
          ] as const,
        ]),
    ...(data.ratio === 1 ? [] : [[t('loss.ratio'), String(data.ratio)] as const]),
    ...(data.limitPercent === null ? [] : [[t('loss.limit'), `${data.limitPercent} %`] as const]),
    ...(data.subs.length === 0
      ? []
      : [
          [
            t('loss.subs', { count: data.subs.filter(({ to }) => to === null).length }),
            <span key="subs" className="subs">
              {data.subs.map((sub) => (
                <span key={`${String(sub.id)} ${String(sub.from)}`}>
                  <MeterLink meterId={sub.id}>{sub.place}</MeterLink>
                  {sub.to !== null && <span className="small"> {t('loss.until', { at: day(sub.to) })}</span>}{' '}
                </span>
              ))}
            </span>,
          ] as const,
        ]),
  ]
  return (
    <Card size="small" title={t('loss.title')}>
      <Descriptions
        size="small"
        column={1}
        items={items.map(([label, children]) => ({ key: label, label, children }))}
      />
      {data.subs.length > 0 && (
        <Table<Span>
          size="small"
          rowKey={({ from, to }) => `${String(from)} ${String(to)}`}
          dataSource={[...data.spans]}
          locale={{ emptyText: t('loss.empty') }}
          pagination={panelPages(rowsShown)}
          columns={[
            { title: t('loss.span'), className: 'number', render: (_, { from, to }) => `${day(from)} – ${day(to)}` },
            { title: t('loss.masterKwh'), align: 'right', render: (_, { masterKwh }) => kwh(masterKwh) },
            { title: t('loss.subsKwh'), align: 'right', render: (_, { subsKwh }) => kwh(subsKwh) },
            {
              title: t('loss.percent'),
              align: 'right',
              render: (_, { lossPercent, findings }) => (
                <Tag color={findings > 0 ? 'error' : 'success'}>
                  {lossPercent === null ? t('loss.unknown') : `${roundDecimal(lossPercent, 0, 2)} %`}
                </Tag>
              ),
            },
          ]}
        />
      )}
    </Card>
  )
}
