import type { LineRow } from '@xianfu/contract'
import { Button, Descriptions, Space, Tag } from 'antd'
import { useTranslation } from 'react-i18next'
import { useSite } from '../../app/site.ts'
import { formatInstant } from '../../format/time.ts'
import { MeterLink } from '../../parts/meter-link.tsx'
import type { Words } from '../../words/zh.ts'
import { stateColor, useHolderWords } from './line-columns.tsx'
import { percent } from './line-list.ts'
import type { Pausing } from './use-pausing.ts'

type Props = Readonly<{ line: LineRow | undefined; pausing: Pausing; onPause: (line: LineRow) => void }>

/** One line in full: why it is judged so, what takes its time, what was missed, and whether it rests. */
export const LineDetail = ({ line, pausing, onPause }: Props) => {
  const { t, i18n } = useTranslation()
  const { system } = useSite()
  const holderWords = useHolderWords()
  if (line === undefined) return <p className="small">{t('line.hint')}</p>
  const instant = (at: number): string => formatInstant(at, system.timeZone, 'minute')
  const { airtime, health } = line
  const missedWords = (reason: string): string =>
    i18n.exists(`lineMissed.${reason}`) ? t(`lineMissed.${reason as keyof Words['lineMissed']}`) : reason
  const link = line.online ? t('line.online') : t('line.offline')
  const rows = [
    [t('line.site'), line.site.name],
    [t('line.rate'), `${String(line.baudRate)} bit/s · ${line.parity}`],
    [t('line.code'), line.since === null ? link : `${link} · ${t('line.since', { at: instant(line.since) })}`],
    ...(line.holder === null ? [] : [[t('line.holder'), holderWords(line.holder)]]),
    ...(line.pausedUntil === null ? [] : [[t('line.pauses'), t('line.paused', { at: instant(line.pausedUntil) })]]),
    ...(airtime === null
      ? [[t('line.planned'), t('line.unknownModel')]]
      : [
          ...airtime.sets.map(({ dataSet, share }) => [t(`dataSet.${dataSet}`), percent(share)]),
          ...(airtime.silentShare === 0 ? [] : [[t('line.silent'), percent(airtime.silentShare)]]),
          [t('line.reserve'), percent(airtime.reserve)],
          [t('line.longest'), `${airtime.longestExchangeMs.toFixed(0)} ms`],
        ]),
    [t('line.queue'), String(line.queueLength)],
    [
      t('line.missed'),
      line.missed.length === 0
        ? t('line.none')
        : line.missed.map(({ reason, count }) => `${missedWords(reason)} ${String(count)}`).join(' · '),
    ],
  ]
  return (
    <>
      <h2>
        {line.gateway.code} <Tag color={stateColor[health.state]}>{t(`lineState.${health.state}`)}</Tag>
      </h2>
      <h3>{t('line.reasons')}</h3>
      {health.reasons.length === 0 && <p className="small">{t('line.noReasons')}</p>}
      <ul className="reasons">
        {health.reasons.map(({ code, count, of, meterIds }) => (
          <li key={code}>
            {t(`lineReason.${code}`, { count, of })}
            {meterIds.map((id) => (
              <span key={id}>
                {' '}
                <MeterLink meterId={id}>#{id}</MeterLink>
              </span>
            ))}
          </li>
        ))}
      </ul>
      <Descriptions size="small" column={1} items={rows.map(([label, children], key) => ({ key, label, children }))} />
      {pausing.mayPause && (
        <Space wrap>
          {line.pausedUntil === null ? (
            <Button size="small" aria-keyshortcuts="p" onClick={() => onPause(line)}>
              {t('line.pause')} <kbd>P</kbd>
            </Button>
          ) : (
            <Button size="small" disabled={!pausing.canResume(line)} onClick={() => pausing.resume(line)}>
              {t('line.resume')}
            </Button>
          )}
        </Space>
      )}
    </>
  )
}
