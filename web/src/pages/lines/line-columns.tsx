import type { LineRow } from '@xianfu/contract'
import { Tag, Tooltip, type TableColumnsType } from 'antd'
import { useTranslation } from 'react-i18next'
import { answeredShare, minutes, missedCount, percent, toldAgo } from './line-list.ts'

export const stateColor = { good: 'green', impaired: 'orange', down: 'red', unknown: 'default' } as const
const verdictColor = { holds: 'green', tight: 'orange', fails: 'red' } as const

/** The process that holds a line, and how old its word is. */
export const useHolderWords = (): ((holder: LineRow['holder']) => string) => {
  const { t } = useTranslation()
  return (holder) => {
    const ago = toldAgo(holder)
    if (holder === null) return '—'
    if (ago === null) return holder.name
    return `${holder.name} · ${ago === 'nothing' ? t('line.toldNothing') : t('line.toldAgo', { count: ago })}`
  }
}

/** @param withHolder where lines are in the hands of several processes */
export const useLineColumns = (withHolder: boolean): TableColumnsType<LineRow> => {
  const { t } = useTranslation()
  const holderWords = useHolderWords()
  const holderColumn: TableColumnsType<LineRow> = withHolder
    ? [{ title: t('line.holder'), width: 200, responsive: ['lg'], render: (_, { holder }) => holderWords(holder) }]
    : []
  return [
    { title: t('line.code'), width: 120, render: (_, { gateway }) => gateway.code },
    { title: t('line.site'), responsive: ['xxl'], render: (_, { site }) => site.name },
    {
      title: t('line.state'),
      width: 96,
      render: (_, { health }) => <Tag color={stateColor[health.state]}>{t(`lineState.${health.state}`)}</Tag>,
    },
    {
      title: t('line.cause'),
      width: 130,
      responsive: ['sm'],
      render: (_, { health }) => t(`lineCause.${health.cause}`),
    },
    {
      title: t('line.rate'),
      className: 'number',
      width: 76,
      responsive: ['md'],
      render: (_, { baudRate }) => String(baudRate),
    },
    {
      title: t('line.meters'),
      className: 'number',
      width: 80,
      render: (_, { meters: { total, failing, backingOff } }) => (
        <Tooltip title={t('line.metersHint', { failing, backingOff })}>
          {failing === 0 ? String(total) : `${String(total - failing)} / ${String(total)}`}
        </Tooltip>
      ),
    },
    {
      title: t('line.answered'),
      className: 'number',
      width: 84,
      render: (_, row) => percent(answeredShare(row)),
    },
    {
      title: t('line.response'),
      className: 'number',
      width: 96,
      responsive: ['lg'],
      render: (_, { measured: { responseMs } }) => (responseMs === null ? '—' : responseMs.toFixed(0)),
    },
    {
      title: t('line.planned'),
      className: 'number',
      width: 96,
      responsive: ['sm'],
      render: (_, { airtime }) => percent(airtime?.share ?? null),
    },
    {
      title: t('line.measured'),
      className: 'number',
      width: 124,
      responsive: ['md'],
      render: (_, { measured }) => percent(measured.busyShare),
    },
    {
      title: t('line.round'),
      className: 'number',
      width: 110,
      responsive: ['lg'],
      render: (_, { airtime }) =>
        airtime?.energyIntervalMs == null
          ? '—'
          : t('line.roundOf', {
              round: minutes(airtime.energyRoundMs),
              interval: String(airtime.energyIntervalMs / 60_000),
            }),
    },
    {
      title: t('line.promise'),
      width: 110,
      render: (_, { airtime }) =>
        airtime === null ? '—' : <Tag color={verdictColor[airtime.verdict]}>{t(`lineVerdict.${airtime.verdict}`)}</Tag>,
    },
    {
      title: t('line.missed'),
      className: 'number',
      width: 96,
      responsive: ['sm'],
      render: (_, row) => String(missedCount(row)),
    },
    ...holderColumn,
  ]
}
