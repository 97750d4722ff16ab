import { readLoad, type LoadStanding } from '@xianfu/contract'
import { Alert, Button, Card, Descriptions, Space, Tag } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { call } from '../../app/call.ts'
import { useSite } from '../../app/site.ts'
import { formatInstant } from '../../format/time.ts'
import { loadKey } from '../../live/query-keys.ts'
import { useRead } from '../../live/use-read.ts'
import { LoadDeed, type Deed } from './load-deed.tsx'
import { LoadEditor } from './load-editor.tsx'
import { spanText } from './load-form.ts'

/** What holds the supply of a meter off beside money, by which rules, and what a person can do about it. */
export const LoadPanel = ({ meterId }: { readonly meterId: number }) => {
  const { t } = useTranslation()
  const { operator } = useSite()
  const [editing, setEditing] = useState(false)
  const [deed, setDeed] = useState<Deed | null>(null)
  const { data } = useRead(loadKey(meterId), async () => call(readLoad, { params: { id: meterId } }))
  if (data === undefined) return null
  const { load } = data
  const mayControl = operator.permissions.includes('control')
  return (
    <Card
      size="small"
      title={t('load.title')}
      extra={
        operator.permissions.includes('control-trip') && (
          <Button size="small" onClick={() => setEditing(true)}>
            {t('load.edit')}
          </Button>
        )
      }
    >
      {load === null ? t('load.none') : <Standing load={load} />}
      {load !== null && mayControl && (
        <Space wrap size={4} style={{ marginTop: 8 }}>
          {load.rules.singleRun !== undefined && (
            <Button size="small" onClick={() => setDeed(load.run === null ? 'start' : 'stop')}>
              {load.run === null ? t('load.start') : t('load.stop')}
            </Button>
          )}
          {load.overload.trips + load.malignantLoad.trips > 0 && (
            <Button size="small" onClick={() => setDeed('reset')}>
              {t('load.reset')}
            </Button>
          )}
        </Space>
      )}
      {editing && <LoadEditor meterId={meterId} rules={load?.rules ?? null} onClose={() => setEditing(false)} />}
      {deed !== null && <LoadDeed meterId={meterId} deed={deed} onClose={() => setDeed(null)} />}
    </Card>
  )
}

const Standing = ({ load }: { readonly load: LoadStanding }) => {
  const { t } = useTranslation()
  const { system } = useSite()
  const instant = (at: number): string => formatInstant(at, system.timeZone, 'short')
  const { rules, holds, run, sample } = load
  const { overload, schedule, singleRun, malignantLoad } = rules
  const items: readonly (readonly [string, React.ReactNode])[] = [
    ...(overload === undefined
      ? []
      : [
          [
            t('load.overload'),
            <>
              {t('load.overloadRule', {
                watts: overload.limitWatts,
                minutes: overload.forMinutes,
                after: overload.recloseAfterMinutes,
                times: overload.recloseTimes,
              })}{' '}
              {load.overload.trips > 0 && <Tag color="orange">{t('load.trips', { count: load.overload.trips })}</Tag>}
            </>,
          ] as const,
        ]),
    ...(schedule === undefined
      ? []
      : [[t('load.schedule'), `${t('load.scheduleRule')}: ${schedule.on.map(spanText).join('; ')}`] as const]),
    ...(singleRun === undefined
      ? []
      : [
          [
            t('load.singleRun'),
            [
              t('load.singleRunRule', { minutes: singleRun.mostMinutes }),
              ...(singleRun.mostEnergyWh === null
                ? []
                : [t('load.singleRunEnergy', { energy: singleRun.mostEnergyWh })]),
              ...(singleRun.startsOnPayment ? [t('load.onPayment')] : []),
            ].join(' · '),
          ] as const,
        ]),
    ...(malignantLoad === undefined
      ? []
      : [
          [
            t('load.malignantLoad'),
            <>
              {t('load.malignantRule', {
                watts: malignantLoad.stepWatts,
                seconds: malignantLoad.withinSeconds,
                factor: (malignantLoad.leastPowerFactor / 1_000).toFixed(3),
              })}{' '}
              · {t(`load.act.${malignantLoad.act}`)}{' '}
              {load.malignantLoad.trips > 0 && (
                <Tag color="orange">{t('load.trips', { count: load.malignantLoad.trips })}</Tag>
              )}
            </>,
          ] as const,
        ]),
  ]
  return (
    <>
      <p>
        {holds.length === 0 ? (
          t('load.supplyFree')
        ) : (
          <>
            {t('load.supplyHeld')}{' '}
            {holds.map((hold) => (
              <Tag key={hold} color="purple">
                {t(`loadHold.${hold}`)}
              </Tag>
            ))}
          </>
        )}
      </p>
      {(load.overload.needsPerson || load.malignantLoad.needsPerson) && (
        <Alert type="warning" title={t('load.needsPerson')} />
      )}
      {run !== null && (
        <p>
          {t('load.run', { at: instant(run.askedAt), minutes: run.forMinutes })} ·{' '}
          {run.startedAt === null ? t('load.notRunning') : t('load.running', { at: instant(run.startedAt) })}
        </p>
      )}
      <Descriptions
        size="small"
        column={1}
        items={items.map(([label, children]) => ({ key: label, label, children }))}
      />
      {sample !== null && (
        <p className="small">
          {t('load.sample', { at: instant(sample.at), watts: sample.watts })}
          {sample.powerFactor !== null && ` · ${t('load.factor', { factor: (sample.powerFactor / 1_000).toFixed(3) })}`}
        </p>
      )}
    </>
  )
}
