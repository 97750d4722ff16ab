import { addNoTrip, listNoTrip, removeNoTrip } from '@xianfu/contract'
import { Button, Card, Tag } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { call } from '../../app/call.ts'
import { useSite } from '../../app/site.ts'
import { noTripKey } from '../../live/query-keys.ts'
import { useRead } from '../../live/use-read.ts'
import { DeedDialog, type Deed } from '../../parts/deed-dialog.tsx'
import { Problem } from '../../parts/problem.tsx'
import { useSaying } from '../../words/saying.ts'

const kinds = ['holiday', 'weather', 'event'] as const
const isKind = (text: string): text is (typeof kinds)[number] => kinds.some((kind) => kind === text)

/** The calendar: days on which nobody is tripped, written down here or known to the program. */
export const NoTripCard = () => {
  const { t } = useTranslation()
  const { operator } = useSite()
  const say = useSaying()
  const [deed, setDeed] = useState<Deed | null>(null)
  const { data, error, again } = useRead(noTripKey, async () => call(listNoTrip))
  const may = operator.permissions.includes('control-trip')
  const add = (): void =>
    setDeed({
      title: t('stop.noTripTitle'),
      ok: t('stop.noTripAdd'),
      fields: [
        { name: 'firstDay', label: t('stop.firstDay'), kind: 'day' },
        { name: 'lastDay', label: t('stop.lastDay'), kind: 'day', optional: true },
        {
          name: 'kind',
          label: t('stop.why'),
          kind: 'choice',
          start: 'holiday',
          choices: kinds.map((value) => ({ value, label: t(`noTripKind.${value}`) })),
        },
        { name: 'reason', label: t('stop.reason'), kind: 'text' },
      ],
      send: async ({ firstDay = '', lastDay = '', kind = '', reason = '' }) =>
        call(addNoTrip, {
          body: {
            site: null,
            kind: isKind(kind) ? kind : 'event',
            firstDay,
            lastDay: lastDay === '' ? firstDay : lastDay,
            reason,
          },
        }),
      touches: [noTripKey],
    })
  const remove = (id: number): void =>
    setDeed({
      title: t('stop.noTripTitle'),
      ok: t('stop.noTripRemove'),
      danger: true,
      fields: [],
      send: async () => call(removeNoTrip, { params: { id } }),
      touches: [noTripKey],
    })
  const spanText = (firstDay: string, lastDay: string): string =>
    firstDay === lastDay ? firstDay : `${firstDay} – ${lastDay}`
  return (
    <Card
      size="small"
      title={t('stop.noTrip')}
      extra={
        may && (
          <Button size="small" onClick={add}>
            {t('stop.noTripAdd')}
          </Button>
        )
      }
    >
      {error !== null && <Problem error={error} onRetry={again} />}
      {data?.spans.length === 0 && <p className="small">{t('stop.noTripEmpty')}</p>}
      {(data?.spans ?? []).map((span) => (
        <p key={span.id} className="stop-line">
          <span className="number">{spanText(span.firstDay, span.lastDay)}</span>
          <Tag>{t(`noTripKind.${span.kind}`)}</Tag>
          <span>
            {span.reason} · {span.site}
          </span>
          {may && (
            <Button size="small" type="link" onClick={() => remove(span.id)}>
              {t('stop.noTripRemove')}
            </Button>
          )}
        </p>
      ))}
      <p className="small">{t('stop.holidays')}</p>
      {(data?.holidays ?? []).map(({ firstDay, lastDay, name }) => (
        <p key={firstDay} className="stop-line small">
          <span className="number">{spanText(firstDay, lastDay)}</span>
          <span>{say.holiday(name)}</span>
        </p>
      ))}
      {deed !== null && <DeedDialog deed={deed} onClose={() => setDeed(null)} />}
    </Card>
  )
}
